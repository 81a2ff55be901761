"""The folder of secrets: made once, kept for ever, readable by the owner only."""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from nacl.public import PrivateKey

from orthanc_plugin.stack import people
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home

TOKENS: dict[str, Callable[[], str]] = {
    "engine-token": lambda: secrets.token_urlsafe(32),
    "accounts-token": lambda: secrets.token_urlsafe(32),
    "gate-key": lambda: secrets.token_hex(32),
    "portal-token": lambda: secrets.token_urlsafe(32),
    "pictures-token": lambda: secrets.token_urlsafe(32),
    "consent-token": lambda: secrets.token_urlsafe(32),
    "portal-secret-key": lambda: secrets.token_urlsafe(48),
    "portal-password-salt": lambda: secrets.token_urlsafe(32),
    "project-key": lambda: secrets.token_hex(32),
}
PASSWORD_FILES = {user: f"{user}-password" for user in people.SERVICES}


def fill(home: Home, demo: bool) -> people.Users:
    """Make the secrets that are missing and return the users.

    Parameters
    ----------
    home
        Its folders exist.
    demo
        Whether every role gets a user.

    Returns
    -------
    people.Users
        All users, old and new.

    Raises
    ------
    StackError
        If ``users.json`` is there but is not what it should be.
    """
    users = people.completed(read_users(home), demo)
    write(home.users, json.dumps(users, indent=2, sort_keys=True) + "\n")
    for name, make in TOKENS.items():
        if not (home.secrets / name).exists():
            write(home.secrets / name, make() + "\n")
    for user, name in PASSWORD_FILES.items():
        write(home.secrets / name, users[user]["password"] + "\n")
    if demo:
        _hold_a_key(home)
    return users


def _hold_a_key(home: Home) -> None:
    """Make the key holder's pair of a demonstration; in earnest it is made elsewhere, by `aoa key holder`."""
    public, private = home.folder / "engine" / "mapping-key.pub", home.folder / "key-holder" / "mapping-key"
    if not public.exists():
        private.parent.mkdir(mode=0o700, exist_ok=True)
        made = PrivateKey.generate()
        write(private, bytes(made).hex() + "\n")
        write(public, bytes(made.public_key).hex() + "\n")


def read_users(home: Home) -> people.Users:
    """Return the users of `home`; none where the file does not exist yet."""
    if not home.users.exists():
        return {}
    try:
        users = json.loads(home.users.read_text(encoding="utf-8"))
        well_formed = all(
            isinstance(user["password"], str) and isinstance(user["role"], str) for user in users.values()
        )
    except (ValueError, AttributeError, KeyError, TypeError):
        well_formed = False
    if not well_formed:
        raise StackError(f"{home.users} is not the users' file it should be: "
                         '{"user": {"password": "...", "role": "..."}}. Mend it and start again.')  # fmt: skip
    return dict(users)


def write(path: Path, text: str) -> None:
    """Write `path` in one move, readable by the owner only; leave it alone where it says the same already."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        path.chmod(0o600)
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
