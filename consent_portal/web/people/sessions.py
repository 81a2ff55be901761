"""Sessions that live on the server: idle and absolute limits, and an end that really ends them (assurance F5).

The cookie holds a random token; the table holds its SHA-256, so that a copy of the database opens no session. Signing
out, a changed role or a closed account ends the row, and a copied cookie is worth nothing from then on.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g, session
from flask_login import user_logged_out
from flask_security import current_user, user_authenticated
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError

from consent_portal.clock import from_text, to_text, utc_now
from consent_portal.database import Database
from consent_portal.services.users.browsers import IDLE, TOO_OLD, WebSession
from consent_portal.services.users.second_factor import SHOWN_BY

KEY = "aoa_sid"
BY = "aoa_signed_in_by"
"""In the cookie beside the session that it is about: how that one began."""
SEEN_EVERY = timedelta(seconds=20)
"""How often a busy session writes down that it was used; far below any idle limit."""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """Starts, checks and ends sessions.

    Parameters
    ----------
    database
        Where the rows are.
    idle
        How long a session lives without being used.
    absolute
        How long a session lives at most.
    """

    def __init__(self, database: Database, idle: timedelta, absolute: timedelta) -> None:
        self._database = database
        self._idle = idle
        self._absolute = absolute

    def start(self, user_id: int, *, with_factor: bool = False) -> str:
        """Start a session and return the token for the cookie; rows of sessions that are long over are deleted.

        Parameters
        ----------
        with_factor
            Whether a second factor was shown.
        """
        self.purge()
        token = secrets.token_urlsafe(32)
        now = to_text(utc_now())
        accounts = self._database.accounts()
        shown = now if with_factor else None
        accounts.add(WebSession(id=_digest(token), user_id=user_id, started_at=now, seen_at=now, factor_at=shown))
        accounts.flush()
        return token

    def live(self, token: str | None, user_id: int) -> WebSession | None:
        """Return the running session of that user and token; notes that it was used, or ends it when too old."""
        if not token:
            return None
        row = self._database.accounts().get(WebSession, _digest(token), populate_existing=True)
        if row is None or row.ended_at is not None or row.user_id != user_id:
            return None
        now = utc_now()
        reason = self._too_old(row, now)
        if reason:
            self._note(WebSession.id == row.id, ended_at=to_text(now), ended_by=reason)
            return None
        if now - from_text(row.seen_at) >= SEEN_EVERY:
            self._note(WebSession.id == row.id, seen_at=to_text(now))
        return row

    def _note(self, which: Any, **values: str) -> None:
        """Write down what the session's times say anyway; a full disk must not end reading (F19)."""
        try:
            self._database.accounts().execute(update(WebSession).where(which).values(**values))
        except OperationalError:
            self._database.accounts().rollback()

    def purge(self) -> None:
        """Delete the rows of sessions that began longer ago than any session lives."""
        oldest = to_text(utc_now() - self._absolute)
        self._database.accounts().execute(delete(WebSession).where(WebSession.started_at < oldest))

    def _too_old(self, row: WebSession, now: datetime) -> str | None:
        if now - from_text(row.seen_at) >= self._idle:
            return IDLE
        return TOO_OLD if now - from_text(row.started_at) >= self._absolute else None

    def end(self, token: str, reason: str) -> None:
        """End the session of this token."""
        self._end(WebSession.id == _digest(token), reason)

    def end_all(self, user_id: int, reason: str) -> None:
        """End every session of a user: the role changed, or the account was closed."""
        self._end(WebSession.user_id == user_id, reason)

    def _end(self, which: Any, reason: str) -> None:
        values = {"ended_at": to_text(utc_now()), "ended_by": reason}
        self._database.accounts().execute(
            update(WebSession).where(which, WebSession.ended_at.is_(None)).values(**values)
        )

    def running(self) -> dict[int, int]:
        """Return how many sessions each user has open, by user id; sessions that are too old count as ended."""
        now = utc_now()
        rows = self._database.accounts().scalars(select(WebSession).where(WebSession.ended_at.is_(None)))
        counts: dict[int, int] = {}
        for row in rows:
            if self._too_old(row, now) is None:
                counts[row.user_id] = counts.get(row.user_id, 0) + 1
        return counts


def signed_in_by() -> frozenset[str]:
    """Return how the present session began: ``password``, ``oidc`` or ``proxy``, with `AT_ISSUER` if one was shown.

    Empty for a person without a login. The issuer's word for a second factor is one (`[oidc] second_factor`).
    """
    return frozenset(session.get(BY, ())) if current_user.is_authenticated else frozenset()


def install(app: Flask, sessions: Sessions) -> None:
    """Start a row when somebody signs in and end it when they sign out.

    Whichever door they came in by: only what Flask-Security was told of a second factor counts as one.
    """

    def started(_sender: Flask, user: Any, authn_via: list[str] | None = None, **_extra: Any) -> None:
        former = session.pop(KEY, None)
        if former:
            sessions.end(former, "signed in again")
        session[BY] = authn_via or ["password"]
        try:
            session[KEY] = sessions.start(user.id, with_factor=bool(SHOWN_BY & set(authn_via or ())))
            g.pop("_login_user", None)  # who this is says the loader, as in every request after this one
        except OperationalError:  # the page that says so is for somebody who is not signed in
            session.clear()
            g.pop("_login_user", None)
            raise

    def ended(_sender: Flask, **_extra: Any) -> None:
        token = session.pop(KEY, None)
        if token:
            sessions.end(token, "signed out")

    user_authenticated.connect(started, app, weak=False)
    user_logged_out.connect(ended, app, weak=False)
