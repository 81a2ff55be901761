"""The browsers that people signed in with: a row each, and when one last showed a second factor (assurance F5, F6)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from consent_portal.clock import from_text, to_text, utc_now
from consent_portal.database import Base
from consent_portal.standing import ACCOUNT

IDLE, TOO_OLD = "idle", "age"
"""Why a session ended by itself; any other end was somebody's act."""


class WebSession(Base):
    """One signed-in browser."""

    __tablename__ = "web_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the token in the cookie."""
    user_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[str] = mapped_column(String(32))
    seen_at: Mapped[str] = mapped_column(String(32))
    ended_at: Mapped[str | None] = mapped_column(String(32))
    ended_by: Mapped[str | None] = mapped_column(String(32))
    factor_at: Mapped[str | None] = mapped_column(String(32))
    """When the second factor was shown; none for a password alone."""


def end_all(session: Session, user_id: int, reason: str) -> None:
    """End every session of an account, in the write that changes the account."""
    running = (WebSession.user_id == user_id, WebSession.ended_at.is_(None))
    session.execute(update(WebSession).where(*running).values(ended_at=to_text(utc_now()), ended_by=reason))


def factor_shown_since(session: Session, name: str, since: datetime) -> datetime | None:
    """Return when the person of that name last showed a second factor at the portal, not before `since`.

    A session that somebody ended (signed out, another role, reset) tells nothing any more. One that merely stood idle
    does: whoever asks at Orthanc is not clicking at the portal meanwhile.
    """
    query = select(func.max(WebSession.factor_at)).join(ACCOUNT, ACCOUNT.c.id == WebSession.user_id)
    latest = session.scalar(
        query.where(
            func.lower(ACCOUNT.c.username) == name.lower(),
            WebSession.factor_at >= to_text(since),
            or_(WebSession.ended_at.is_(None), WebSession.ended_by.in_((IDLE, TOO_OLD))),
        )
    )
    return from_text(latest) if latest else None
