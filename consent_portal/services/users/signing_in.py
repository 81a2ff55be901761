"""Whether a name and a password are somebody's now, and who has an open account: what the gate asks (ADR 0120).

A failure takes as long whatever was wrong, and never says what it was. Needs an app context (Flask-Security compares).
"""

import hmac
import json
import unicodedata
from dataclasses import dataclass
from typing import Literal

from flask_security import hash_password, verify_password
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from consent_portal.accounts import User
from consent_portal.roles import ROLES
from consent_portal.services.users.acts import named

NORMAL_FORM: Literal["NFKC"] = "NFKC"
"""The normal form of passwords, here as on the sign-in page (`consent_portal.web.people.signin`)."""


@dataclass(frozen=True)
class OpenAccount:
    """An account that may sign in.

    Attributes
    ----------
    stamp
        Changes with the password, and tells nothing of it.
    """

    user: str
    role: str
    stamp: str


def open_accounts(session: Session, key: str) -> list[OpenAccount]:
    """Return every account that may sign in, by name.

    Parameters
    ----------
    key
        The installation's secret key, for the stamps.
    """
    query = select(User).where(User.active.is_(True)).options(selectinload(User.roles)).order_by(User.username)
    return [_told(user, key) for user in session.scalars(query) if _may(user)]


def has_accounts(session: Session) -> bool:
    """Return whether any account was ever opened here; none is ever deleted, so without one the accounts were lost."""
    return session.scalar(select(User.id).limit(1)) is not None


def check(session: Session, name: str, password: str, key: str) -> OpenAccount | None:
    """Return the open account with this name and password; None for any other."""
    normal = unicodedata.normalize(NORMAL_FORM, password)
    user = named(session, name)
    if user is None or not user.password:
        hash_password(normal)  # as long as comparing one
        return None
    right = bool(verify_password(normal, user.password))
    return _told(user, key) if right and _may(user) else None


def _may(user: User) -> bool:
    return bool(user.active) and user.role in ROLES


def _told(user: User, key: str) -> OpenAccount:
    told = json.dumps([user.id, user.username, user.password])
    return OpenAccount(user.username or "", user.role, hmac.digest(key.encode(), told.encode(), "sha256").hex())
