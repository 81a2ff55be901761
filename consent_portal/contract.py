"""The JSON that the engine and the portal speak, as strict types (docs/contract/*.schema.json).

What is not in these shapes is refused with the name of the field; identifiers print redacted.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, field_validator

Profile = Literal["D0", "D1", "D2", "D3", "D4"]
Secret = Annotated[str, Field(repr=False)]
"""Text that identifies a patient: it never shows when the object is printed."""


class Shape(BaseModel):
    """Base: nothing extra, no guessing of types, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Patient(Shape):
    """Whose study it is, in DICOM's own words."""

    id: Secret
    issuer: Secret
    name: Secret
    birth_date: Secret
    sex: Secret


class StudyFacts(Shape):
    """What names the study for people."""

    date: Secret
    accession: Secret
    description: Secret


class Content(Shape):
    """One kind of object in the study: what decides the recording kind and whether a face could be rebuilt."""

    sop_class_uid: str
    modality: str
    body_part: str
    image_type: tuple[str, ...]
    slice_thickness: float | None
    """Millimetres."""
    count: int = Field(ge=0)


class Subject(Shape):
    """A study that somebody wants to use."""

    study_uid: Annotated[str, Field(max_length=64, repr=False)]
    """Empty only for a look at a study that is gone (see `services.disclosures`)."""
    orthanc_id: str
    patient: Patient
    study: StudyFacts
    contents: tuple[Content, ...]


class Sender(Shape):
    """Who asks, with the role at Orthanc."""

    user: str = Field(min_length=1, max_length=120)
    role: str


class Attestations(Shape):
    """What the requester declares (R3, R8, R17, R28); None means that the question was not answered."""

    identifiable: Literal["yes", "maybe", "no"] | None = None
    unusual_finding: Literal["yes", "no"] | None = None
    damage_or_distress: Literal["yes", "no"] | None = None
    motivated_intruder_checked: bool | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _answered(cls, value: Any) -> Any:
        if value is None:
            message = "leave the question out when it has no answer"
            raise ValueError(message)
        return value


class Request(Shape):
    """The five parameters of an information flow (S2 L11), less the subjects."""

    sender: Sender
    recipient: str
    purpose: str
    format: str
    reason: str
    attestations: Attestations
    context: dict[str, Any]


class Intent(StrEnum):
    """Why the engine asks."""

    EXPORT = "export"
    CHECK = "check"
    HAND_OVER = "hand-over"
    PREVIEW = "preview"


class DecisionRequest(Shape):
    """``POST /api/v1/decisions``."""

    contract: Literal[1]
    intent: Annotated[Intent, Field(strict=False)]
    job: str | None = Field(max_length=64)
    request: Request
    subjects: tuple[Subject, ...] = Field(min_length=1)


class ConsentRequest(Shape):
    """``POST /api/v1/consent``."""

    contract: Literal[1]
    subject: Subject
    sender: Sender


class CalledBackRequest(Shape):
    """``POST /api/v1/jobs/called-back``."""

    contract: Literal[1]
    jobs: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=64)], ...], Field(min_length=1, max_length=500)]
    since: Annotated[int, Field(ge=0)] | None
    """Number of the last event that the engine knows of; None lets every job be decided again."""


class EngineVersion(Shape):
    """A program that took part."""

    name: str
    version: str


class DisclosureRequest(Shape):
    """``POST /api/v1/disclosures``."""

    contract: Literal[1]
    key: str = Field(min_length=8, max_length=200)
    kind: Literal["release", "care-read"]
    job: str | None
    decision: str | None
    at: Annotated[datetime, Field(strict=False)]
    request: Request
    subjects: tuple[Subject, ...] = Field(min_length=1)
    profile: Profile | None
    released: int = Field(ge=0)
    excluded: int = Field(ge=0)
    quarantined: int = Field(ge=0)
    engines: tuple[EngineVersion, ...]
    package_sha256: str | None


MOST_ROWS = 2**31 - 1
Count = Annotated[int, Field(ge=1, le=MOST_ROWS)]
Place = Annotated[int, Field(ge=0, le=MOST_ROWS)]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, or an HMAC with it, in hexadecimal."""
HeldBy = Literal["writing", "says-burned-in", "face", "slide-label", "overlay", "read-by-second-reader"]
"""Why an image is held that a person can decide."""


class ProposedArea(Shape):
    """What the machine proposes to cover: stored pixels, right and bottom exclusive; no frame is every frame."""

    left: Place
    top: Place
    right: Place
    bottom: Place
    frame: Place | None
    method: str = Field(max_length=60)
    sure: bool


class ToldImage(Shape):
    """An object that the engine holds."""

    image: Fingerprint
    basis: Fingerprint
    ticket: str = Field(min_length=1, max_length=4000, repr=False)
    subject: Subject
    series_uid: str = Field(max_length=64, repr=False)
    position: Count
    number: int | None = Field(ge=-MOST_ROWS, le=MOST_ROWS)
    modality: str
    kind: str
    frames: Count
    rows: Count
    columns: Count
    proportion: float = Field(gt=0, allow_inf_nan=False)
    rule: HeldBy
    why: str = Field(max_length=2000)
    proposed: Annotated[tuple[ProposedArea, ...], Field(max_length=2000)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        message = "this moment is outside all calendars"
        raise ValueError(message) from None


class HeldImages(Shape):
    """``POST /api/v1/held-images``."""

    contract: Literal[1]
    job: str = Field(min_length=1, max_length=64)
    requested_by: str = Field(min_length=1, max_length=120)
    role: str
    purpose: str
    profile: Profile
    level: str | None
    until: Annotated[AwareDatetime, Field(strict=False), AfterValidator(_in_utc)]
    images: Annotated[tuple[ToldImage, ...], Field(min_length=1, max_length=200)]


class HeldImagesDecisions(Shape):
    """``POST /api/v1/held-images/decisions``."""

    contract: Literal[1]
    studies: tuple[Annotated[str, Field(min_length=1, max_length=64)], ...] = Field(
        min_length=1, max_length=500, repr=False
    )
