"""Accounts as the administrator sees and changes them; what is done to one is `consent_portal.services.users.acts`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_security import current_user
from sqlalchemy.orm import Session

from consent_portal.accounts import User
from consent_portal.parts import parts
from consent_portal.registers.departments import unpacked
from consent_portal.services.users import acts, second_factor
from consent_portal.web.frame.access import ROLE_NAMES, Role
from consent_portal.web.people.sessions import Sessions


@dataclass(frozen=True)
class Person:
    """An account as the administrator sees it."""

    id: int
    username: str
    role: str
    role_words: Any
    active: bool
    departments: tuple[str, ...]
    sessions: int
    own: bool
    second_factor: bool


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
        departments=tuple(sorted(unpacked(user.departments))),
        sessions=running.get(user.id, 0),
        own=user.id == current_user.id,
        second_factor=user.has_second_factor,
    )


def exists(username: str) -> bool:
    """Whether there is an account of that name, whatever its capitals."""
    return _store().find_user(case_insensitive=True, username=username) is not None


def add(username: str, role: str, password: str) -> None:
    """Open an account."""
    with parts().database.writing() as session:
        acts.open_account(session, username, role, password, current_user.username)


def change_role(user_id: int, role: str) -> None:
    """Give an account another role and sign it out everywhere (F5)."""
    with _changing(user_id, "role changed") as (session, user):
        acts.change_role(session, user, role, current_user.username)


def change_departments(user_id: int, departments: Iterable[str]) -> None:
    """Give an account other departments; it counts from the person's next page on."""
    with _changing(user_id, "") as (session, user):
        acts.change_departments(session, user, departments, current_user.username)


def set_password(user_id: int, password: str) -> None:
    """Set a password and sign the account out everywhere."""
    with _changing(user_id, "password set") as (session, user):
        acts.set_password(session, user, password, current_user.username)


def set_active(user_id: int, *, active: bool) -> None:
    """Open or close an account; closing signs it out everywhere."""
    with _changing(user_id, "" if active else "account closed") as (session, user):
        acts.set_active(session, user, current_user.username, active=active)


def reset_second_factor(user_id: int) -> None:
    """Take the second factor of somebody who lost it away, and sign the account out everywhere (F20)."""
    with _changing(user_id, "second factor reset") as (session, user):
        second_factor.reset(session, user, current_user.username)


@contextmanager
def _changing(user_id: int, ends: str) -> Iterator[tuple[Session, User]]:
    """Give the account on a writing session; its sign-ins end after it is written, `ends` saying why (none for empty).

    Sessions have their own connection, which would wait for this one.
    """
    with parts().database.writing() as session:
        yield session, session.get_one(User, user_id)
    if ends:
        sessions().end_all(user_id, ends)
