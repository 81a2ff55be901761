"""Accounts from a list of users, as `secrets/users.json` has them. Needs an app context (Flask-Security hashes)."""

import uuid
from collections.abc import Mapping

from flask_security import hash_password, verify_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.accounts import ROLES, Role, User, placeholder_email
from consent_portal.database import Database

Listed = Mapping[str, Mapping[str, str]]


def apply(database: Database, listed: Listed) -> int:
    """Create the people in `listed` or bring their password and role up to date; service users are left out.

    Parameters
    ----------
    listed : mapping
        ``{user: {"password", "role"}}``.

    Returns
    -------
    int
        How many accounts were created or changed; 0 when the same list is applied again.
    """
    session = database.accounts()
    roles = {name: _role(session, name) for name in ROLES}
    people = {name: one for name, one in listed.items() if one["role"] in ROLES}
    return sum(_apply_one(session, name, one["password"], roles[one["role"]]) for name, one in people.items())


def _role(session: Session, name: str) -> Role:
    role = session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name, description=ROLES[name])
        session.add(role)
        session.flush()
    return role


def _apply_one(session: Session, name: str, password: str, role: Role) -> bool:
    user = session.scalar(select(User).where(User.username == name))
    if user is None:
        user = User(username=name, email=placeholder_email(name), active=True, roles=[])
        session.add(user)
    elif user.active and user.role == role.name and verify_password(password, user.password or ""):
        return False
    user.password, user.roles, user.active = hash_password(password), [role], True
    user.fs_uniquifier = uuid.uuid4().hex  # ends the sessions of the old password or role
    session.flush()
    return True
