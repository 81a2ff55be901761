"""What became of one object, and the errors that end its de-identification."""

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["released", "quarantined", "excluded"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one DICOM object.

    Attributes
    ----------
    status : {"released", "quarantined", "excluded"}
        Released: `data` holds the new object. Quarantined: a person has to look. Excluded: never part of a release.
    reason : str
        Why it was not released, in words, without any value of the object; empty when released.
    data : bytes
        The de-identified file with preamble and file meta; empty unless released.
    sop_class_uid : str
        Of the source; empty when it could not be read.
    sop_instance_uid : str
        The *new* SOP Instance UID; empty unless released.
    """

    status: Status
    reason: str = ""
    data: bytes = field(default=b"", repr=False)
    sop_class_uid: str = ""
    sop_instance_uid: str = ""


class HeldBackError(Exception):
    """An object may not pass; the message says why and what to do, and names no value of the object."""

    status: Status = "quarantined"


class ExcludedError(HeldBackError):
    """An object is of a kind that is never released by default (R24)."""

    status: Status = "excluded"


class UnreadableError(HeldBackError):
    """The bytes are not an object that can be understood to its end."""
