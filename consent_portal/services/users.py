"""Accounts from a list of users, as `secrets/users.json` has them. Needs an app context (Flask-Security hashes).

Checking a password costs as much as making its hash, on purpose. A list is applied at every start, so what was applied
is noted in a file beside it: a keyed fingerprint of name, role, password and stored hash. Where it still fits, the
account is as the list says and nothing is computed; where it does not, or is gone, the password is checked in full.
"""

import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Mapping
from pathlib import Path

from flask import current_app
from flask_security import hash_password, verify_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.accounts import ROLES, Role, User, placeholder_email
from consent_portal.database import Database

Listed = Mapping[str, Mapping[str, str]]


def apply(database: Database, listed: Listed, noted: Path | None = None) -> int:
    """Create the people in `listed` or bring their password and role up to date; service users are left out.

    Parameters
    ----------
    listed : mapping
        ``{user: {"password", "role"}}``.
    noted
        Where the fingerprints of what was applied are kept between runs; without it every password is checked.

    Returns
    -------
    int
        How many accounts were created or changed; 0 when the same list is applied again.
    """
    session = database.accounts()
    roles = {name: _role(session, name) for name in ROLES}
    people = {name: one for name, one in listed.items() if one["role"] in ROLES}
    marks = _read(noted)
    changed = sum(
        _apply_one(session, name, one["password"], roles[one["role"]], marks.get(name, ""))
        for name, one in people.items()
    )
    if noted is not None:
        _write(noted, {name: _mark(_user(session, name), one["password"]) for name, one in people.items()})
    return changed


def _user(session: Session, name: str) -> User | None:
    return session.scalar(select(User).where(User.username == name))


def _mark(user: User | None, password: str) -> str:
    """Return the fingerprint of an account and its password, under the installation's secret key."""
    if user is None:
        return ""
    told = json.dumps([user.username, user.role, user.password, user.active, password])
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()


def _read(noted: Path | None) -> dict[str, str]:
    try:
        found = json.loads(noted.read_text(encoding="utf-8")) if noted else {}
    except (OSError, ValueError):
        return {}
    return {str(name): str(mark) for name, mark in found.items()} if isinstance(found, dict) else {}


def _write(noted: Path, marks: dict[str, str]) -> None:
    fresh = noted.with_name(f"{noted.name}.new")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(marks, file)
        fresh.replace(noted)
    except OSError:
        return  # a folder that cannot be written to (a mounted secret): the next start checks every password again


def _role(session: Session, name: str) -> Role:
    role = session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name, description=ROLES[name])
        session.add(role)
        session.flush()
    return role


def _apply_one(session: Session, name: str, password: str, role: Role, mark: str) -> bool:
    user = _user(session, name)
    if user is None:
        user = User(username=name, email=placeholder_email(name), active=True, roles=[])
        session.add(user)
    elif user.active and user.role == role.name and _is_password(user, password, mark):
        return False
    user.password, user.roles, user.active = hash_password(password), [role], True
    user.fs_uniquifier = uuid.uuid4().hex  # ends the sessions of the old password or role
    session.flush()
    return True


def _is_password(user: User, password: str, mark: str) -> bool:
    if mark and hmac.compare_digest(mark, _mark(user, password)):
        return True
    return bool(verify_password(password, user.password or ""))
