"""Records that several rooms of the engine share: what is asked for, the studies that it is about, their objects.

The portal is told of them in these very shapes (docs/contract/decision-request.schema.json), and a job's case is sealed
with them; what was sealed is believed only where it has exactly this form.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import ConfigDict, JsonValue, with_config

EXACTLY = ConfigDict(extra="forbid", strict=True)
"""How what was sealed is read: no field more, and no value of another type."""


@with_config(EXACTLY)
@dataclass(frozen=True)
class Sender:
    """The acting person, and the role that they act in."""

    user: str
    role: str


@with_config(EXACTLY)
@dataclass(frozen=True)
class Request:
    """What is asked for, by whom and for whom.

    Parameters
    ----------
    sender, recipient
        Who sends, and the register's key of who receives.
    purpose, format, reason
        What for, in which format, and why in the sender's own words.
    attestations
        Answers to the questions of the vocabulary.
    context
        Keys of the portal's registers.
    """

    sender: Sender
    recipient: str
    purpose: str
    format: str
    reason: str = field(repr=False)
    attestations: dict[str, str | bool] = field(repr=False)
    context: dict[str, JsonValue] = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return it as the contract writes it."""
        return asdict(self)


@with_config(EXACTLY)
@dataclass(frozen=True)
class Patient:
    """Who a study is about, as Orthanc says; birth date as DICOM writes it."""

    id: str = field(repr=False)
    issuer: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: str = field(repr=False)
    sex: str = field(repr=False)


@with_config(EXACTLY)
@dataclass(frozen=True)
class Study:
    """Study Date as DICOM writes it, Accession Number and Study Description."""

    date: str = field(repr=False)
    accession: str = field(repr=False)
    description: str = field(repr=False)


@with_config(EXACTLY)
@dataclass(frozen=True)
class Content:
    """How many objects of one kind a study has; slice thickness in millimetres."""

    sop_class_uid: str
    modality: str
    body_part: str
    image_type: tuple[str, ...]
    slice_thickness: float | None
    count: int


@with_config(EXACTLY)
@dataclass(frozen=True)
class Subject:
    """One study that a request is about: the facts that the portal decides by.

    Parameters
    ----------
    study_uid, orthanc_id
        Study Instance UID, and the identifier in Orthanc.
    patient, study
        Who and what it is about.
    contents
        What of it is wanted, by kind.
    """

    study_uid: str = field(repr=False)
    orthanc_id: str = field(repr=False)
    patient: Patient
    study: Study
    contents: tuple[Content, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as the contract writes it."""
        return asdict(self)


@with_config(EXACTLY)
@dataclass(frozen=True)
class Planned:
    """One instance that a job will look at.

    Parameters
    ----------
    orthanc_id
        Its identifier in Orthanc.
    study, series
        Positions, counted from 1 within the request and within the study.
    modality, sop_class_uid
        What it is.
    """

    orthanc_id: str = field(repr=False)
    study: int
    series: int
    modality: str
    sop_class_uid: str
