"""What became of one object, and the errors that end its de-identification."""

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["released", "quarantined", "excluded"]


@dataclass(frozen=True, slots=True)
class PixelNote:
    """What was done to the pixels of one object.

    Attributes
    ----------
    searched : bool
        They were searched for writing; False where there are none.
    covered : int
        Places that were covered.
    kept : int
        Lines of the device's own words that stay.
    face : {"", "shown", "removed"}
        Whether a face shows; empty where nothing says so.
    read_twice : bool
        Whether a second reader has to read them before they leave.
    """

    searched: bool = False
    covered: int = 0
    kept: int = 0
    face: Literal["", "shown", "removed"] = ""
    read_twice: bool = False

    def statement(self) -> str:
        """Return in words what was done, and no more than that."""
        if not self.searched:
            return "no pixels"
        readers = "by two independent programs" if self.read_twice else "by a program"
        found = "writing found and covered" if self.covered else "none found"
        words = [f"searched for writing {readers}: {found}"]
        words += ["the device's own marks stay"] if self.kept else []
        words += ["the face removed by a program"] if self.face == "removed" else []
        words += ["the face can be made out"] if self.face == "shown" else []
        return "; ".join(words)


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
    pixels : PixelNote
        What was done to its pixels.
    """

    status: Status
    reason: str = ""
    data: bytes = field(default=b"", repr=False)
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    pixels: PixelNote = PixelNote()


class HeldBackError(Exception):
    """An object may not pass; the message says why and what to do, and names no value of the object."""

    status: Status = "quarantined"


class ExcludedError(HeldBackError):
    """An object is of a kind that is never released by default (R24)."""

    status: Status = "excluded"


class UnreadableError(HeldBackError):
    """The bytes are not an object that can be understood to its end."""
