"""What an administrator does to an account: open it, close it, open it again, change its role, departments or password.

Each is one act on a writing session (`Database.writing`): the account and the event that tells of it (R69) are written
together or not at all. None is ever deleted. Needs an app context (Flask-Security hashes).
"""

import uuid
from collections.abc import Iterable

from flask_security import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent_portal.accounts import Role, User, placeholder_email
from consent_portal.clock import utc_now
from consent_portal.ledger import store
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.payloads import AccountChange, AccountChanged
from consent_portal.ledger.scope import Scope
from consent_portal.registers.departments import packed, unpacked
from consent_portal.roles import ROLES
from consent_portal.services.users import browsers


def named(session: Session, name: str) -> User | None:
    """Return the account of that name, open or closed, whatever its capitals."""
    return session.scalar(select(User).where(func.lower(User.username) == name.lower()))


def open_account(session: Session, name: str, role: str, password: str, by: str) -> User:
    """Open an account for somebody who has none."""
    user = User(
        username=name,
        email=placeholder_email(name),
        password=hash_password(password),
        roles=[_role(session, role)],
        fs_uniquifier=uuid.uuid4().hex,
        active=True,
        departments="",
    )
    session.add(user)
    session.flush()
    note(session, user, AccountChange.OPENED, by)
    return user


def change_role(session: Session, user: User, role: str, by: str) -> None:
    """Give another role; the one that is held already is no change."""
    former = user.role
    if role == former:
        return
    user.roles = [_role(session, role)]
    session.flush()
    browsers.end_all(session, user.id, "role changed")
    note(session, user, AccountChange.ROLE, by, former)


def change_departments(session: Session, user: User, departments: Iterable[str], by: str) -> None:
    """Give other departments, none for none; those that are held already are no change (ADR 0153)."""
    given, former = packed(departments), unpacked(user.departments)
    if given == user.departments:
        return
    user.departments = given
    session.flush()
    note(session, user, AccountChange.DEPARTMENTS, by, former_departments=tuple(sorted(former)))


def set_password(session: Session, user: User, password: str, by: str) -> None:
    """Set a password; in the same write every session of the old one becomes worthless."""
    user.password = hash_password(password)
    user.fs_uniquifier = uuid.uuid4().hex
    session.flush()
    browsers.end_all(session, user.id, "password set")
    note(session, user, AccountChange.PASSWORD, by)


def set_active(session: Session, user: User, by: str, *, active: bool) -> None:
    """Close an account, or open it again; one that is so already is no change."""
    if bool(user.active) is active:
        return
    user.active = active
    session.flush()
    browsers.end_all(session, user.id, "account closed")
    note(session, user, AccountChange.REOPENED if active else AccountChange.CLOSED, by)


def _role(session: Session, name: str) -> Role:
    found = session.scalar(select(Role).where(Role.name == name))
    if found is None:
        found = Role(name=name, description=ROLES[name])
        session.add(found)
        session.flush()
    return found


def note(  # noqa: PLR0913, PLR0917  (an event is all of these)
    session: Session,
    user: User,
    change: AccountChange,
    by: str,
    former: str = "",
    former_departments: tuple[str, ...] = (),
) -> None:
    """Append the event that tells of a change (R69)."""
    payload = AccountChanged(
        account=user.username or "",
        change=change,
        role=user.role,
        former_role=former,
        departments=tuple(sorted(unpacked(user.departments))),
        former_departments=former_departments,
    )
    store.append(session, Draft(EventType.ACCOUNT_CHANGED, "", Scope.patient(), payload, utc_now(), by))
