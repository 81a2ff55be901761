"""What became of one object, and what was done to its pixels or seen in them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from orthanc_plugin.deid.errors import Rule, Status
from orthanc_plugin.deid.pixels.areas import Area

MOST_PROPOSED = 256
"""Places that are proposed to a person in one object."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A place that the machine saw in an object that it holds back.

    Attributes
    ----------
    area : Area
        Where; never what is written there.
    sure : bool
        The machine would cover it; else it takes such a place for writing where it is anatomy at times.
    """

    area: Area
    sure: bool


def proposals(sure: Iterable[Area], unsure: Iterable[Area]) -> tuple[Proposed, ...]:
    """Return places to be proposed, the sure ones first and at most `MOST_PROPOSED`.

    Where a recording has more, a place that is written to in one frame is proposed for all of them.
    """
    found = tuple(
        dict.fromkeys([*(Proposed(area, True) for area in sure), *(Proposed(area, False) for area in unsure)])
    )
    if len(found) > MOST_PROPOSED:
        found = tuple(dict.fromkeys(Proposed(replace(one.area, frame=None), one.sure) for one in found))
    return found[:MOST_PROPOSED]


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
    face : {"", "shown", "removed", "none"}
        Whether a face shows; none: a person said so; empty where nothing says so.
    read_twice : bool
        Whether a second reader has to read them before they leave.
    reviewed : str
        Role and day of the person who looked at them and decided; empty where nobody did.
    """

    searched: bool = False
    covered: int = 0
    kept: int = 0
    face: Literal["", "shown", "removed", "none"] = ""
    read_twice: bool = False
    reviewed: str = ""

    def statement(self) -> str:
        """Return in words what was done, and no more than that."""
        if not self.searched:
            return "no pixels"
        words = [self._looked()]
        words += ["the device's own marks stay"] if self.kept else []
        words += [_FACES[self.face]] if self.face else []
        return "; ".join(words)

    def _looked(self) -> str:
        """Return who looked at them, and what was covered."""
        if self.reviewed:
            places = "1 place" if self.covered == 1 else f"{self.covered or 'no'} places"
            return f"looked at by a person ({self.reviewed}): {places} covered"
        readers = "by two independent programs" if self.read_twice else "by a program"
        found = "writing found and covered" if self.covered else "none found"
        return f"searched for writing {readers}: {found}"


_FACES = {
    "removed": "the face removed by a program",
    "shown": "the face can be made out",
    "none": "a person found no face in it",
}


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
    rule : str
        Why a person has to look, of `Rule`; empty where it is released, or where no person can decide.
    proposed : tuple of Proposed
        What the machine saw in the pixels, where a person has to look.
    """

    status: Status
    reason: str = ""
    data: bytes = field(default=b"", repr=False)
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    pixels: PixelNote = PixelNote()
    rule: Rule = ""
    proposed: tuple[Proposed, ...] = ()
