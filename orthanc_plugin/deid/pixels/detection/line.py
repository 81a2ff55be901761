"""A line of writing that was found: where it stands, by what, and how sure that is."""

from dataclasses import dataclass

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection.boxes import Box

_AHEAD, _ABOVE = 0.3, 0.06
"""Of the height, on each side: a faint first or last letter is at times left out, and an ascender cut."""


@dataclass(frozen=True, slots=True)
class Line:
    """What looks like a line of writing in a picture.

    Attributes
    ----------
    area : Area
        The smallest area that holds it, within the picture; its frame is None where it stands in every frame.
    score : float
        How likely it is writing, 0 to 1.
    method : str
        What found it: ``text detector``, ``still map``, ``mean of frames``, ``exact runs``, ``text network``.
    box : Box
        The same turned as the line is, for reading it.
    parts : tuple of Area
        What has to be blackened: the area itself, or a stair of smaller ones where the line is turned.
    doubtful : bool
        Whether one method alone saw it that takes anatomy for writing at times: a proposal to a person.
    """

    area: Area
    score: float
    method: str
    box: Box
    parts: tuple[Area, ...]
    doubtful: bool = False


def line(  # noqa: PLR0913 - what a line is made of
    box: Box, score: float, method: str, shape: tuple[int, ...], *, frame: int | None = None, doubtful: bool = False
) -> Line:
    """Return a line from its box in a picture of this shape."""
    rows, columns = shape[:2]
    box = Box(box.x, box.y, box.length + 2 * _AHEAD * box.height, box.height * (1 + 2 * _ABOVE), box.angle)
    inside = [_framed(area.within(columns, rows), frame) for area in (box.around(method), *box.parts(method))]
    parts = tuple(area for area in inside[1:] if area.size)
    return Line(inside[0], score, method, box, parts, doubtful)


def _framed(area: Area, frame: int | None) -> Area:
    return Area(area.left, area.top, area.right, area.bottom, frame, area.method)
