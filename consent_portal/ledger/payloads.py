"""What each type of event carries, checked strictly: an unknown field or a wrong type never enters the ledger.

Sources: policy.md "Events"; R37 (clinician), R40 (time span), R41 (leaflet, briefing), R42 (capacity), R53 (commercial
texts); GMC 24-25, 28-35. No payload holds the patient's own identifiers: those live in the register, so that they can
be corrected or erased while the chain stays whole.
"""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from consent_portal.ledger.levels import SECONDARY, Level, LevelState


class Payload(BaseModel):
    """Base of all payloads: immutable, strict, nothing extra."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class GrantorKind(StrEnum):
    """On whose authority consent is given (GMC 31-34, hazard H9)."""

    PATIENT = "patient"
    PARENTAL_RESPONSIBILITY = "parental-responsibility"
    LASTING_POWER_OF_ATTORNEY = "lasting-power-of-attorney"
    DEPUTY = "deputy"
    REPRESENTATIVE = "representative"
    OTHER = "other"


class Grantor(Payload):
    """Who gave (or changed) the consent."""

    kind: GrantorKind = GrantorKind.PATIENT
    name: str = ""
    evidence: str = ""


class CapacityAnswer(StrEnum):
    """Whether the patient can decide this, now (GMC 28-30)."""

    YES = "yes"
    NO = "no"
    BEST_INTERESTS = "best interests"


class Capacity(Payload):
    """The answer, and who assessed it."""

    answer: CapacityAnswer
    assessor: str = ""


class Conditions(Payload):
    """What the patient tied the consent to."""

    purposes: tuple[str, ...] = ()
    """Further purposes agreed to by name, such as ``research``."""
    named_publication: str = ""
    """Consent for one publication only; other publications ask again."""
    commercial: bool | None = None
    commercial_data: str = ""
    """The exact nature of the data that a company will see (S0 L147)."""
    commercial_confidentiality: str = ""
    """The confidentiality arrangements that the patient was told of (S0 L147)."""
    research_project: str = ""
    """Register key of the research project whose information sheet and form were signed (R51)."""
    ethics_reference: str = ""
    duo: tuple[str, ...] = ()
    """Data Use Ontology codes."""
    genomic: bool = False
    text: str = ""


class Given(Payload):
    """GIVEN and AMENDED: what was agreed to, by whom, how, and how it is known."""

    levels: dict[Level, LevelState]
    """Answers by level; a level that is not named is "not chosen"."""
    requesting_clinician: str = Field(min_length=1)
    discussed_on: date
    explained_by: str = ""
    recorder: str = ""
    grantor: Grantor = Grantor()
    capacity: Capacity
    making_consent: Literal["explicit", "implicit", "not recorded"] = "not recorded"
    conditions: Conditions = Conditions()
    valid_from: date | None = None
    valid_to: date | None = None
    review_age: int | None = Field(default=None, ge=0, le=25)
    witness: str = ""
    interpreter: str = ""
    language: str = ""
    manner: Literal["written", "oral", "not recorded"] = "not recorded"
    form_version: str = ""
    scan_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    leaflet_version: str = ""
    briefed_by: str = ""
    """Staff member who explained it at the imaging visit (R41)."""
    accessible_format: str = ""
    reason: str = ""


class Refused(Payload):
    """The patient said no when asked."""

    levels: tuple[Level, ...] = SECONDARY
    requesting_clinician: str = ""
    grantor: Grantor = Grantor()
    reason: str = ""


class Withdrawn(Payload):
    """The patient took back what was given, as a whole or for some levels."""

    levels: tuple[Level, ...] = tuple(Level)
    grantor: Grantor = Grantor()
    received: Literal["in person", "by telephone", "in writing", "not recorded"] = "not recorded"
    reason: str = ""


class Objection(Payload):
    """The patient objects to a use, or asks for erasure (R39)."""

    kind: Literal["objection", "erasure-request"] = "objection"
    levels: tuple[Level, ...] = SECONDARY
    grantor: Grantor = Grantor()
    reason: str = ""


class Expired(Payload):
    """Written by the system when the end that the consent itself named has passed."""

    ended_on: date


class ReviewedAtMaturity(Payload):
    """The young person was offered the chance to vary or withdraw (GMC 35)."""

    reviewed_by: str = Field(min_length=1)
    outcome: Literal["confirmed", "varied", "withdrawn"] = "confirmed"
    note: str = ""


class Invalidated(Payload):
    """Entered in error: the event that `supersedes` names no longer counts, and stays to be read."""

    reason: str = Field(min_length=1)


class CapacityAssessed(Payload):
    """Capacity for this decision, at this time (GMC 28-30)."""

    capacity: Capacity
    decision: str = ""


class Representative(Payload):
    """REPRESENTATIVE_ADDED and REPRESENTATIVE_REMOVED."""

    name: str = Field(min_length=1)
    kind: GrantorKind
    evidence: str = ""


class DeceasedNoted(Payload):
    """The patient has died; known wishes are followed (GMC 47-48)."""

    date_of_death: date | None = None
    known_wishes: str = ""


class FormAttached(Payload):
    """A scan of the signed form belongs to the event that `supersedes` names."""

    form_version: str = ""
    scan_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    pages: int = Field(default=1, ge=1)


class ReceiptIssued(Payload):
    """The patient was given a copy of what is recorded."""

    format: Literal["pdf", "paper", "json"] = "paper"
    given_to: str = ""


class Explained(Payload):
    """It was explained that a paragraph-10 recording is made and may be used anonymised (R44, GMC 11)."""

    leaflet_version: str = ""
    explained_by: str = ""
    practicable: bool = True


class Engine(Payload):
    """A program that de-identified or verified (R74)."""

    name: str
    version: str


class Released(Payload):
    """Something left. Written before the first byte is handed over."""

    disclosure: str
    key: str
    job: str | None
    decision: str | None
    purpose: str
    level_needed: str
    """`teaching`, `print`, `internet`, `any` (whichever level, or none by itself) or `none` (care)."""
    recipient: str
    format: str
    profile: str | None
    sender: str
    role: str
    reason: str
    released: int = Field(ge=0)
    excluded: int = Field(ge=0)
    quarantined: int = Field(ge=0)
    engines: tuple[Engine, ...]
    package_sha256: str | None
    basis: tuple[str, ...] = ()
    """The rules of the decision."""


class Recall(Payload):
    """RECALL_SENT and RECALL_CONFIRMED, about the release that `supersedes` names."""

    note: str = ""
    by: str = ""


class Published(Payload):
    """The release that `supersedes` names was published and cannot be recalled; the patient was told on that day."""

    told_on: date | None = None
    where: str = ""


class NoticeStep(Payload):
    """A version of the notices was drafted, checked, approved, published or retired; about no patient."""

    version: int
    state: str
    fingerprint: str
    errors: int = Field(ge=0)
    """How many findings would bar approval."""
    reason: str = ""
    """Why findings were set aside (R85)."""


class AccountChange(StrEnum):
    """What can happen to somebody's account."""

    OPENED = "opened"
    CLOSED = "closed"
    REOPENED = "reopened"
    ROLE = "role"
    PASSWORD = "password"  # noqa: S105 -- the word, not one


class AccountChanged(Payload):
    """Somebody's account was opened, closed, or given another role or password; about no patient (R69, F13)."""

    account: str
    change: AccountChange
    role: str
    """The role that it has from then on."""
    former_role: str = ""
    """The role it had, where that changed."""


class PolicySigned(Payload):
    """The Caldicott Guardian put a policy version into force (R65)."""

    policy_version: str
    switches: tuple[str, ...] = ()
    note: str = ""
