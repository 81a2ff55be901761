"""How held images, drafts and decisions about them are stored."""

from sqlalchemy import Boolean, Float, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consent_portal.database import Base
from consent_portal.tasks.sight import OfOneStudy


class HeldImageRow(OfOneStudy, Base):
    """An object that the engine holds, on one basis: the same file looked at by other rules is another row."""

    __tablename__ = "held_image"
    __table_args__ = (UniqueConstraint("image", "basis"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    image: Mapped[str] = mapped_column(String(64))
    """The engine's key of the object: no UID, and none can be found from it."""
    basis: Mapped[str] = mapped_column(String(64))
    """Fingerprint of the file, of the rules that looked, and of why it is held."""
    ticket: Mapped[str] = mapped_column(Text)
    """By which the engine shows it; sealed by the engine."""
    series_uid: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(Integer)
    number: Mapped[int | None] = mapped_column(Integer)
    modality: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(120))
    frames: Mapped[int] = mapped_column(Integer)
    rows: Mapped[int] = mapped_column(Integer)
    columns: Mapped[int] = mapped_column(Integer)
    proportion: Mapped[float] = mapped_column(Float)
    """Height of a pixel by its width."""
    rule: Mapped[str] = mapped_column(String(30))
    why: Mapped[str] = mapped_column(Text)
    proposed: Mapped[str] = mapped_column(Text)
    """Areas that the machine proposes (JSON)."""
    first_told_at: Mapped[str] = mapped_column(String(27), index=True)
    told_at: Mapped[str] = mapped_column(String(27))
    until: Mapped[str] = mapped_column(String(27), index=True)
    status: Mapped[str] = mapped_column(String(12), index=True)
    """As it stood when it was last written: a withdrawal or a date since is found by reading."""


class HeldForRow(Base):
    """A job that waits for a held image."""

    __tablename__ = "held_for"

    held: Mapped[str] = mapped_column(ForeignKey("held_image.id"), primary_key=True)
    job: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(40))
    profile: Mapped[str] = mapped_column(String(2))
    told_at: Mapped[str] = mapped_column(String(27))


class ImageDraftRow(Base):
    """One state of a draft; the one with the highest revision stands."""

    __tablename__ = "image_draft"

    held: Mapped[str] = mapped_column(ForeignKey("held_image.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    before: Mapped[int] = mapped_column(Integer)
    """The revision that undoing goes back to; 0 is what the machine proposed."""
    act: Mapped[str] = mapped_column(String(36))
    """One for all images that a save was carried to, so that it is undone for all."""
    areas: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(10))
    no_face: Mapped[bool] = mapped_column(Boolean)
    recognisable: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(120))
    at: Mapped[str] = mapped_column(String(27))


class ImageReviewRow(OfOneStudy, Base):
    """What a person decided of a held image; evidence, so it only grows (ADR 0173)."""

    __tablename__ = "image_review"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    held: Mapped[str] = mapped_column(String(36), index=True)
    image: Mapped[str] = mapped_column(String(64))
    basis: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(36))
    outcome: Mapped[str] = mapped_column(String(10))
    areas: Mapped[str] = mapped_column(Text)
    no_face: Mapped[bool] = mapped_column(Boolean)
    recognisable: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(40))
    at: Mapped[str] = mapped_column(String(27), index=True)
    ledger_head: Mapped[int] = mapped_column(Integer)
    """Number of the ledger's last event by then: what takes away something after it makes the decision stale."""
