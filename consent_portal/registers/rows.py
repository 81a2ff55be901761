"""The registers: patients, studies, recipients and the approvals that requests refer to.

Registers may be corrected; the ledger refers to them by random keys, which are also what stands in addresses.
"""

from sqlalchemy import Boolean, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consent_portal.database import Base


class PatientRow(Base):
    """A patient, known to the ledger only by a random key."""

    __tablename__ = "patient"

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    birth_date: Mapped[str] = mapped_column(String(10), default="")
    """As first told, like sex and name; a study that says otherwise puts the patient in doubt (hazard H1)."""
    sex: Mapped[str] = mapped_column(String(16), default="")
    name: Mapped[str] = mapped_column(String(324), default="")
    first_study: Mapped[str] = mapped_column(String(64), default="")
    """UID of the study that told so: when it turns out to be another person's, its details count here no more."""
    same_number_as: Mapped[str] = mapped_column(String(36), default="", index=True)
    """Key of the patient who has the same number, once written otherwise (ADR 0138); empty for nearly all."""
    in_doubt: Mapped[bool] = mapped_column(Boolean, default=False, index=True)
    """Whether the work-list of disagreeing details has to look here; the list compares again by itself."""
    identifiers: Mapped[list["IdentifierRow"]] = relationship(back_populates="patient")


class IdentifierRow(Base):
    """A number that means this patient, and who issued it."""

    __tablename__ = "patient_identifier"
    __table_args__ = (UniqueConstraint("value", "issuer"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(64), index=True)
    issuer: Mapped[str] = mapped_column(String(64), default="")
    patient_key: Mapped[str] = mapped_column(ForeignKey("patient.key"), index=True)
    patient: Mapped[PatientRow] = relationship(back_populates="identifiers")


class StudyRow(Base):
    """A study, with the random key that stands for it in the portal's addresses."""

    __tablename__ = "study"

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    study_uid: Mapped[str] = mapped_column(String(64), unique=True)
    orthanc_id: Mapped[str] = mapped_column(String(44), default="", index=True)
    patient_key: Mapped[str] = mapped_column(ForeignKey("patient.key"), index=True)
    date: Mapped[str] = mapped_column(String(10), default="")
    accession: Mapped[str] = mapped_column(String(64), default="", index=True)
    episode: Mapped[str] = mapped_column(String(64), default="")
    description: Mapped[str] = mapped_column(String(256), default="")
    patient_id: Mapped[str] = mapped_column(String(64), default="")
    patient_issuer: Mapped[str] = mapped_column(String(64), default="")
    patient_name: Mapped[str] = mapped_column(String(324), default="")
    birth_date: Mapped[str] = mapped_column(String(10), default="", index=True)
    sex: Mapped[str] = mapped_column(String(16), default="")
    name_words: Mapped[str] = mapped_column(String(800), default="")
    """The name in its normal form, for searching (`registers.names.search_key`)."""
    name_sounds: Mapped[str] = mapped_column(String(400), default="")
    """How its words sound (`registers.names.sound_key`): a hint where a search finds nothing."""
    details_version: Mapped[int] = mapped_column(default=0)
    """How often the archive contradicted what it had told of the person (`registers.identity.Version`)."""
    separated_from: Mapped[str] = mapped_column(String(36), default="", index=True)
    """Key of the patient whose number it bears, where somebody found that it is another person's."""
    contents: Mapped[str] = mapped_column(Text, default="[]")
    """What the study holds, as last told (JSON of the contract's `contents`)."""
    registered_at: Mapped[str] = mapped_column(String(27))
    former_patients: Mapped[str] = mapped_column(Text, default="[]")
    """Keys of the patients under whose number it stood before (JSON; hazards H1 and H12)."""
    departments: Mapped[str] = mapped_column(Text, default="")
    """Keys of the departments it is of; empty for none (`registers.departments`)."""
    departments_by: Mapped[str] = mapped_column(String(16), default="", index=True)
    """Which rules found them (`Departments.version`); empty while nobody has looked."""
    patient: Mapped[PatientRow] = relationship()


class RecipientRow(Base):
    """A place that may receive images (R13, R55): all governance fields are needed for limited-access data."""

    __tablename__ = "recipient"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(30))
    address: Mapped[str] = mapped_column(Text, default="")
    """Where a letter goes, with the person it is for, line by line."""
    contract_reference: Mapped[str] = mapped_column(String(200), default="")
    contract_start: Mapped[str | None] = mapped_column(String(10))
    contract_end: Mapped[str | None] = mapped_column(String(10))
    steward: Mapped[str] = mapped_column(String(200), default="")
    named_people: Mapped[str] = mapped_column(Text, default="[]")
    evidence: Mapped[str] = mapped_column(Text, default="")
    secure_environment: Mapped[bool] = mapped_column(Boolean, default=False)
    audited_on: Mapped[str | None] = mapped_column(String(10))
    data_flow: Mapped[str] = mapped_column(Text, default="")
    anonymisation_process: Mapped[str] = mapped_column(Text, default="")
    archiving: Mapped[str] = mapped_column(Text, default="")
    responsible_professional: Mapped[str] = mapped_column(String(200), default="")
    keep_until_days: Mapped[int | None] = mapped_column(default=None)
    conditions_of_use: Mapped[str] = mapped_column(Text, default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    """ISO 3166-1 alpha-2 (R99); empty where nobody has recorded it."""
    closed: Mapped[bool] = mapped_column(Boolean, default=False)
    updated_at: Mapped[str] = mapped_column(String(27))
    updated_by: Mapped[str] = mapped_column(String(120))


class ApprovalRow(Base):
    """What a request's `context` refers to: ethics, project, undertaking, approval, publication, consent texts."""

    __tablename__ = "approval"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), index=True)
    title: Mapped[str] = mapped_column(String(300))
    details: Mapped[str] = mapped_column(Text, default="{}")
    valid_from: Mapped[str | None] = mapped_column(String(10))
    valid_to: Mapped[str | None] = mapped_column(String(10))
    closed: Mapped[bool] = mapped_column(Boolean, default=False)
    updated_at: Mapped[str] = mapped_column(String(27))
    updated_by: Mapped[str] = mapped_column(String(120))
