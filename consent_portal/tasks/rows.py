"""Work that waits for a person: questions to ask, second reviews, recalls."""

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consent_portal.database import Base


class TaskRow(Base):
    """What is stored of every task that somebody's request opened."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    opened_at: Mapped[str] = mapped_column(String(27), index=True)
    decision: Mapped[str] = mapped_column(String(36))
    requested_by: Mapped[str] = mapped_column(String(120), index=True)
    role: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(80))
    studies: Mapped[str] = mapped_column(Text)
    """Study keys (JSON)."""
    reason_given: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(12), index=True)
    note: Mapped[str] = mapped_column(Text, default="")


class AskRow(TaskRow):
    """A question that must be asked of somebody before the images may be used."""

    __tablename__ = "ask"

    digest: Mapped[str] = mapped_column(String(64), index=True)
    questions: Mapped[str] = mapped_column("whom", Text)
    """Whom to ask for what (JSON)."""
    reasons: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[str | None] = mapped_column(String(27))
    closed_by: Mapped[str | None] = mapped_column(String(120))
    outcome: Mapped[str | None] = mapped_column(String(12))
    recorded: Mapped[str] = mapped_column(Text, default="[]")
    """Ids of the events that say what was answered (JSON)."""
    seen_at: Mapped[str | None] = mapped_column(String(27))
    """When whoever asked has acknowledged the answer."""


class ReviewRow(TaskRow):
    """A second person's look at a release to the public (R29)."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("job", "digest"),)

    job: Mapped[str] = mapped_column(String(64), index=True)
    reviewed_at: Mapped[str | None] = mapped_column(String(27))
    reviewed_by: Mapped[str | None] = mapped_column(String(120))
    shown: Mapped[str | None] = mapped_column(String(64))
    """Fingerprint of what the reviewer was shown and approved; None where no pictures could be shown."""


class RecallRow(Base):
    """A release that a later withdrawal covers: somebody must ask for it back."""

    __tablename__ = "recall"
    __table_args__ = (UniqueConstraint("released_event", "withdrawn_event"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    opened_at: Mapped[str] = mapped_column(String(27), index=True)
    released_event: Mapped[str] = mapped_column(String(36), index=True)
    withdrawn_event: Mapped[str] = mapped_column(String(36))
    disclosure: Mapped[str] = mapped_column(String(36))
    job: Mapped[str | None] = mapped_column(String(64), index=True)
    patient_key: Mapped[str] = mapped_column(String(36), index=True)
    study_uid: Mapped[str] = mapped_column(String(64))
    requested_by: Mapped[str] = mapped_column(String(120), default="", index=True)
    """Who asked for the release, and fetched it."""
    recipient: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20), default="open", index=True)
    """open, sent, confirmed, cannot be recalled"""
    updated_at: Mapped[str | None] = mapped_column(String(27))
    updated_by: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
