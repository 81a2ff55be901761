"""Questions that a patient answers on the spot, on a tablet, and the answer as it was signed (R41; GMC 24-25).

A page is open once and for an hour. What was signed is kept as it was shown: the texts, the answers, and the person's
own hand, sealed, with its checksum in the ledger.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from consent_portal.clock import from_text, to_text, utc_now
from consent_portal.database import Base
from consent_portal.tasks.shape import shaped

OPEN, ANSWERED, STOPPED = "open", "answered", "stopped"
LASTS = timedelta(hours=1)


class TabletRow(Base):
    """One page that a patient was handed."""

    __tablename__ = "tablet"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    opened_at: Mapped[str] = mapped_column(String(27), index=True)
    study: Mapped[str] = mapped_column(String(36), index=True)
    """Register key."""
    user: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8))
    asked_by: Mapped[str] = mapped_column("context", Text)
    """What the staff member said before: clinician, who answers, capacity (JSON)."""
    status: Mapped[str] = mapped_column(String(12), default=OPEN)
    event: Mapped[str | None] = mapped_column(String(36))


class SignedAnswerRow(Base):
    """What was signed, sealed; its checksum stands in the event."""

    __tablename__ = "signed_answer"

    event: Mapped[str] = mapped_column(String(36), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Tablet:
    """A page that a patient was handed."""

    id: str
    opened_at: str
    study: str
    user: str
    language: str
    asked_by: str
    status: str
    event: str | None

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.status == OPEN and utc_now() - from_text(self.opened_at) < LASTS


def open_tablet(session: Session, study_key: str, user: str, language: str, asked_by: str) -> Tablet:
    """Open a page for a patient; an earlier one for the same study by the same person is stopped."""
    rows = session.query(TabletRow).filter_by(study=study_key, user=user, status=OPEN)
    rows.update({TabletRow.status: STOPPED})
    row = TabletRow(
        id=str(uuid.uuid4()),
        opened_at=to_text(utc_now()),
        study=study_key,
        user=user,
        language=language,
        asked_by=asked_by,
        status=OPEN,
    )
    session.add(row)
    session.flush()
    return shaped(Tablet, row)


def get(session: Session, tablet_id: str) -> Tablet | None:
    """Return one page."""
    row = session.get(TabletRow, tablet_id)
    return shaped(Tablet, row) if row else None


def stop(session: Session, tablet_id: str) -> None:
    """Close a page that nobody answered."""
    row = session.get(TabletRow, tablet_id)
    if row is not None and row.status == OPEN:
        row.status = STOPPED


def answered(session: Session, tablet_id: str, event_id: str, sealed: str) -> None:
    """Note what a page came to, and keep what was signed; needs the session that wrote the event."""
    row = session.get_one(TabletRow, tablet_id)
    row.status, row.event = ANSWERED, event_id
    session.add(SignedAnswerRow(event=event_id, sealed=sealed))


def signed(session: Session, event_id: str) -> str | None:
    """Return what was signed for an event, sealed; None where nothing was signed on a tablet."""
    row = session.get(SignedAnswerRow, event_id)
    return row.sealed if row else None
