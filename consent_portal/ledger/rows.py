"""The tables that only ever grow: events, decisions, disclosures, the access journal, and what proves them.

Triggers (migrations/versions) refuse UPDATE and DELETE on all of them, and refuse an event that does not follow the
last one.
"""

from sqlalchemy import Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consent_portal.database import Base

APPEND_ONLY = (
    "ledger_event", "decision", "disclosure", "access_entry", "evidence", "ledger_identity", "image_review"
)  # fmt: skip
"""Names of the tables that only grow."""


class EventRow(Base):
    """An event as it is stored: text columns exactly as they were hashed."""

    __tablename__ = "ledger_event"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(36), unique=True)
    prev_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    recorded_at: Mapped[str] = mapped_column(String(27), index=True)
    effective_at: Mapped[str] = mapped_column(String(27))
    recorded_by: Mapped[str] = mapped_column(String(120))
    type: Mapped[str] = mapped_column(String(30), index=True)
    patient_key: Mapped[str] = mapped_column(String(36), index=True)
    scope: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    supersedes: Mapped[str | None] = mapped_column(String(36), index=True)
    study_uid: Mapped[str] = mapped_column(String(64), index=True)
    """The scope's study once more, for searching; empty where the scope is wider."""


class DecisionRow(Base):
    """One answer that was given (F13): who asked, for what, what came out, by which rules and policy version."""

    __tablename__ = "decision"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    decided_at: Mapped[str] = mapped_column(String(27), index=True)
    intent: Mapped[str] = mapped_column(String(12))
    job: Mapped[str | None] = mapped_column(String(64), index=True)
    user: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(6), index=True)
    profile: Mapped[str | None] = mapped_column(String(2))
    policy_version: Mapped[str] = mapped_column(String(60))
    request_digest: Mapped[str] = mapped_column(String(64))
    request: Mapped[str] = mapped_column(Text)
    """The request without the patients: purpose, recipient, attestations, context (JSON)."""
    subjects: Mapped[str] = mapped_column(Text)
    """Study keys, contents and the answer for each (JSON); no names."""
    answer: Mapped[str] = mapped_column(Text)
    """Outcome, profile, level, obligations and reasons (JSON)."""


class DisclosureRow(Base):
    """One package that left; its events of type RELEASED hold the facts."""

    __tablename__ = "disclosure"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    """Of the request, so that a key cannot be used twice for different things."""
    kind: Mapped[str] = mapped_column(String(12))
    job: Mapped[str | None] = mapped_column(String(64), index=True)
    decision: Mapped[str | None] = mapped_column(String(36))
    recorded_at: Mapped[str] = mapped_column(String(27))
    seq: Mapped[int] = mapped_column(Integer)
    """Number of its first event, or of its access entry."""


class AccessRow(Base):
    """One look at a patient's record or images (R69)."""

    __tablename__ = "access_entry"

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[str] = mapped_column(String(27), index=True)
    recorded_at: Mapped[str] = mapped_column(String(27))
    user: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    study_key: Mapped[str | None] = mapped_column(String(36), index=True)
    patient_key: Mapped[str | None] = mapped_column(String(36), index=True)
    detail: Mapped[str] = mapped_column(Text)


class IdentityRow(Base):
    """Which ledger this is: one random number, drawn when it is made (ADR 0125)."""

    __tablename__ = "ledger_identity"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    made_at: Mapped[str] = mapped_column(String(27))


class EvidenceRow(Base):
    """A row of another table as it was written or last changed: its digest, in a chain of its own (ADR 0127)."""

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_row_key", "source", "row_key"),)

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(30))
    """Name of the table."""
    row_key: Mapped[str] = mapped_column(String(80))
    """Its key in that table."""
    shape: Mapped[int] = mapped_column(Integer)
    """Which of its columns the digest is of (`consent_portal.ledger.evidence.SHAPES`)."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of these columns; empty when the row was deleted."""
    prev_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class ExpiryRow(Base):
    """The last day of a consent that has one, so that a start need not read the ledger (ADR 0128). Derived."""

    __tablename__ = "expiry"

    event: Mapped[str] = mapped_column(String(36), primary_key=True)
    last_day: Mapped[str] = mapped_column(String(10), index=True)
    noted: Mapped[bool] = mapped_column(Boolean, index=True)
    """Whether EXPIRED was written for it."""
