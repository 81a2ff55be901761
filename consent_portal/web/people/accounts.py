"""Accounts, through Flask-Security-Too's datastore: open, change role, set a password, close; none is deleted."""

import uuid
from dataclasses import dataclass
from typing import Any

import structlog
from flask import current_app
from flask_security import current_user, hash_password

from consent_portal.accounts import placeholder_email
from consent_portal.web.frame.access import ROLE_NAMES, Role
from consent_portal.web.people.sessions import Sessions

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Person:
    """An account as the administrator sees it."""

    id: int
    username: str
    role: str
    role_words: Any
    active: bool
    sessions: int
    own: bool


def _store() -> Any:
    return current_app.extensions["security"].datastore


def sessions() -> Sessions:
    """Return the sessions of the app that handles the present request."""
    found: Sessions = current_app.extensions["aoa_sessions"]
    return found


def everybody() -> list[Person]:
    """Return all accounts by name."""
    running = sessions().running()
    users = _store().user_model
    rows = _store().db.session.query(users).order_by(users.username)
    return [_person(user, running) for user in rows]


def person(user_id: int) -> Person | None:
    """Return one account."""
    user = _store().find_user(id=user_id)
    return _person(user, sessions().running()) if user else None


def _person(user: Any, running: dict[int, int]) -> Person:
    role = next((one.name for one in user.roles), "")
    known = role in set(Role)
    return Person(
        id=user.id,
        username=user.username or "",
        role=role,
        role_words=ROLE_NAMES[Role(role)] if known else role,
        active=bool(user.active),
        sessions=running.get(user.id, 0),
        own=user.id == current_user.id,
    )


def exists(username: str) -> bool:
    """Whether there is an account of that name, whatever its capitals."""
    return _store().find_user(case_insensitive=True, username=username) is not None


def add(username: str, role: str, password: str) -> None:
    """Open an account."""
    store = _store()
    store.create_user(
        username=username,
        email=placeholder_email(username),
        password=hash_password(password),
        roles=[store.find_or_create_role(name=role)],
        fs_uniquifier=uuid.uuid4().hex,
        active=True,
    )
    store.commit()
    log.info("account opened", account=username, role=role, by=current_user.username)


def change_role(user_id: int, role: str) -> None:
    """Give an account another role and sign it out everywhere (F5)."""
    store = _store()
    user = store.find_user(id=user_id)
    for old in list(user.roles):
        store.remove_role_from_user(user, old)
    store.add_role_to_user(user, store.find_or_create_role(name=role))
    store.commit()
    sessions().end_all(user_id, "role changed")
    log.info("role changed", account=user.username, role=role, by=current_user.username)


def set_password(user_id: int, password: str) -> None:
    """Set a password and sign the account out everywhere."""
    store = _store()
    user = store.find_user(id=user_id)
    user.password = hash_password(password)
    user.fs_uniquifier = uuid.uuid4().hex  # in the same write: no session of the old password outlives it
    store.put(user)
    store.commit()
    sessions().end_all(user_id, "password set")
    log.info("password set", account=user.username, by=current_user.username)


def set_active(user_id: int, *, active: bool) -> None:
    """Open or close an account; closing signs it out everywhere."""
    store = _store()
    user = store.find_user(id=user_id)
    user.active = active
    store.put(user)
    store.commit()
    if not active:
        sessions().end_all(user_id, "account closed")
    log.info("account opened again" if active else "account closed", account=user.username, by=current_user.username)
