"""What was seen in the pixels of one object, and what has to become of it. Holds no word that was read."""

from dataclasses import dataclass

from orthanc_plugin.deid.errors import Rule
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.matrix import put_together
from orthanc_plugin.rendering.tiles import Plane


@dataclass(frozen=True, slots=True)
class Sight:
    """What a look at an object's pixels found.

    Attributes
    ----------
    covered : tuple of Area
        What has to go: writing that is no word of the device, and what a device rule names.
    proposed : tuple of Area
        What one method alone took for writing where it takes anatomy for writing at times; for a person to decide.
    lines : int
        Lines of writing that were found, without those in places that go by a rule.
    kept : int
        How many of them stay: side markers, scales, measurements.
    doubt : str
        Why a person has to look; empty where nobody has to.
    rule : str
        By which, if one has to.
    planes : tuple of Plane
        How the tiles of a slide lie; empty for all else.
    """

    covered: tuple[Area, ...] = ()
    proposed: tuple[Area, ...] = ()
    lines: int = 0
    kept: int = 0
    doubt: str = ""
    rule: Rule = "says-burned-in"
    planes: tuple[Plane, ...] = ()

    def shown(self) -> tuple[tuple[Area, ...], tuple[Area, ...]]:
        """Return what has to go and what is proposed as people see it: of a slide, on its planes."""
        if not self.planes:
            return self.covered, self.proposed
        return put_together(self.covered, self.planes), put_together(self.proposed, self.planes)
