"""Tables of the notices. Settings, versions, steps and web pages only grow; the display register may be corrected."""

from sqlalchemy import Boolean, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from consent_portal.database import Base


class SettingsRow(Base):
    """The settings as somebody saved them; the newest row counts."""

    __tablename__ = "notice_settings"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    saved_at: Mapped[str] = mapped_column(String(27))
    saved_by: Mapped[str] = mapped_column(String(120))
    data: Mapped[str] = mapped_column(Text)
    """The site's settings (JSON), the logo among them."""


class TrialRow(Base):
    """Settings that somebody looks at before saving them; deleted within the hour."""

    __tablename__ = "notice_trial"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    made_at: Mapped[str] = mapped_column(String(27), index=True)
    made_by: Mapped[str] = mapped_column(String(120))
    data: Mapped[str] = mapped_column(Text)


class VersionRow(Base):
    """What a version says: settings and languages, never changed."""

    __tablename__ = "notice_version"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    settings: Mapped[str] = mapped_column(Text)
    languages: Mapped[str] = mapped_column(Text)
    """Codes (JSON)."""
    fingerprint: Mapped[str] = mapped_column(String(64))


class StepRow(Base):
    """One step of a version's life."""

    __tablename__ = "notice_step"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    version: Mapped[int] = mapped_column(ForeignKey("notice_version.number"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[str] = mapped_column(String(32))
    user: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[str] = mapped_column(Text, default="[]")
    """What the check found (JSON), on a step to `checked`."""


class PageRow(Base):
    """The web page of a published version, kept as it was published: a later release may word it differently."""

    __tablename__ = "notice_page"

    version: Mapped[int] = mapped_column(ForeignKey("notice_version.number"), primary_key=True)
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    html: Mapped[str] = mapped_column(Text)
    css: Mapped[str] = mapped_column(Text)


class PhotographRow(Base):
    """A photograph of a notice in its place: encoded anew, with nothing but the picture in it."""

    __tablename__ = "notice_photograph"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)


class DisplayRow(Base):
    """One notice in one place (R85)."""

    __tablename__ = "notice_display"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    place: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30))
    paper: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(Integer)
    since: Mapped[str] = mapped_column(String(10))
    review_by: Mapped[str] = mapped_column(String(10))
    large_print: Mapped[bool] = mapped_column(Boolean, default=False)
    easy_read: Mapped[bool] = mapped_column(Boolean, default=False)
    photograph: Mapped[str | None] = mapped_column(ForeignKey("notice_photograph.digest"))
    taken_down: Mapped[str | None] = mapped_column(String(10))
    updated_at: Mapped[str] = mapped_column(String(27))
    updated_by: Mapped[str] = mapped_column(String(120))
