"""The settings file of a home: written once from a commented template, and kept to the ports that are asked for.

Operators edit this file, so a change of ports touches the values that follow from the ports and nothing else:
comments, order and whatever the operator wrote stay.
"""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from orthanc_plugin.stack import people, vault
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.ports import LOOPBACK, Ports

_PLACES = {
    "orthanc": ("stack", "orthanc_port"),
    "dicom": ("stack", "dicom_port"),
    "portal": ("portal", "port"),
    "engine": ("engine", "port"),
}


def ensure(path: Path) -> bool:
    """Write the settings file from the template where there is none yet.

    Returns
    -------
    bool
        Whether it was written now.
    """
    if path.exists():
        return False
    vault.write(path, template())
    return True


def template() -> str:
    """Return the commented settings that a new home begins with."""
    return (files("orthanc_plugin.stack") / "templates" / "aoa.toml").read_text(encoding="utf-8")


def read_ports(path: Path) -> Ports:
    """Return the ports that the settings file names; a default for each that it does not.

    Raises
    ------
    StackError
        If the file is not TOML, or a port is not one.
    """
    document = _read(path)
    named = {part: document.get(section, {}).get(name) for part, (section, name) in _PLACES.items()}
    faults = [
        f"[{_PLACES[part][0]}] {_PLACES[part][1]}: {value!r} is not a port; give a whole number from 1 to 65535."
        for part, value in named.items()
        if value is not None and not _is_port(value)
    ]
    if faults:
        raise StackError("\n".join([f"{path} cannot be used:", *faults]))
    return Ports(**{part: int(value) for part, value in named.items() if value is not None})


def set_ports(path: Path, new: Ports) -> None:
    """Change the ports in the settings file, and every address that follows from them.

    An address that the operator changed (a public name behind a proxy, say) is left alone.
    """
    old = read_ports(path)
    if old == new:
        return
    document = _read(path)
    for (section, name, value), (*_, wanted) in zip(_following(old), _following(new), strict=True):
        table = document.setdefault(section, tomlkit.table())
        if table.get(name) == value or (section, name) in _PLACES.values():
            table[name] = wanted
    vault.write(path, tomlkit.dumps(document))


def set_roles(path: Path, users: people.Users) -> None:
    """Write the roles of our parts' users to the gate's table, and take out what was written there of people once.

    People have their roles at the portal (docs/decisions/0120).
    """
    document = _read(path)
    table = document.setdefault("gate", tomlkit.table()).setdefault("roles", tomlkit.table())
    for user, row in users.items():
        if user not in people.SERVICES:
            table.pop(user, None)
        elif table.get(user) != row["role"]:
            table[user] = row["role"]
    vault.write(path, tomlkit.dumps(document))


def set_accounts(path: Path) -> None:
    """Name the portal's accounts where a home from before does not; what the operator wrote is left alone."""
    document = _read(path)
    portal = _following(read_ports(path))
    addresses = {(section, name): value for section, name, value in portal}
    wanted = {
        ("gate", "accounts_url"): addresses["gate", "accounts_url"],
        ("gate", "accounts_token_file"): "secrets/accounts-token",
        ("gate", "accounts_key_file"): "secrets/gate-key",
        ("gate", "accounts_store"): "gate/accounts.sealed",
        ("portal", "accounts_token_file"): "secrets/accounts-token",
    }
    for (section, name), value in wanted.items():
        document.setdefault(section, tomlkit.table()).setdefault(name, value)
    vault.write(path, tomlkit.dumps(document))


def set_pictures(path: Path) -> None:
    """Let the engine show pictures to the portal where a home from before does not; the operator's words stay.

    Where the portal has an engine of its own elsewhere, named or not, that is the operator's to set.
    """
    document = _read(path)
    addresses = {(section, name): value for section, name, value in _following(read_ports(path))}
    wanted = {
        ("engine", "pictures_token_file"): "secrets/pictures-token",
        ("portal", "engine_url"): addresses["portal", "engine_url"],
        ("portal", "pictures_token_file"): "secrets/pictures-token",
    }
    for (section, name), value in wanted.items():
        document.setdefault(section, tomlkit.table()).setdefault(name, value)
    vault.write(path, tomlkit.dumps(document))


def _following(ports: Ports) -> Iterator[tuple[str, str, int | str]]:
    """Yield section, name and value of every setting that follows from the ports."""
    orthanc, portal, engine = (f"http://{LOOPBACK}:{port}" for port in (ports.orthanc, ports.portal, ports.engine))
    yield "stack", "orthanc_port", ports.orthanc
    yield "stack", "dicom_port", ports.dicom
    yield "gate", "engine_url", engine
    yield "gate", "portal_url", portal
    yield "gate", "accounts_url", portal
    yield "engine", "port", ports.engine
    yield "engine", "portal_url", portal
    yield "engine", "orthanc_url", orthanc
    yield "portal", "port", ports.portal
    yield "portal", "public_url", portal
    yield "portal", "engine_url", engine
    yield "portal", "orthanc_url", orthanc
    yield "portal", "orthanc_public_url", orthanc


def _read(path: Path) -> Any:
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise StackError(f"{path} cannot be read as TOML: {error}. Mend it and start again.") from error


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535
