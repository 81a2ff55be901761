"""What a person decided about the pixels of one object (R23, R28, R30, R75)."""

from dataclasses import dataclass

from orthanc_plugin.deid.pixels.areas import Area


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A person's decision that an object may leave, and what has to go from its pixels first.

    Attributes
    ----------
    areas : tuple of Area
        What has to go; nothing else is covered but the face. Of a slide in pixels of its total matrix, by plane.
    no_face : bool
        No face can be made out in it, whatever the look at its series was unsure of.
    by : str
        Role and day, for the report: ``medical illustration, 30 November 2026``. Never a name.
    """

    areas: tuple[Area, ...] = ()
    no_face: bool = False
    by: str = ""
