"""A line of writing that was found: where it stands, by what, and how sure that is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection.boxes import Box

_AROUND = ((0.95, 0.45, 0.06), (0.9, 0.8, 0.06), (0.0, 1.2, 0.1))
"""Likelihood from which, and what of the height, a line is covered beyond its ends and above and below it: faint first
and last letters are left out at times, and ascenders cut. The less sure the line, the more of it."""

_HIGH = 30  # pixels: what is higher is several lines, or letters so large that none is left out

_HELD, _SAME = 0.97, 0.8
"""Of an area: what lies so far within another line is no line more; what shares so much with it is the same line."""


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

    def moved(self, right: int, down: int) -> "Line":
        """Return it at another place."""

        def placed(area: Area) -> Area:
            return replace(
                area, left=area.left + right, top=area.top + down, right=area.right + right, bottom=area.bottom + down
            )

        return replace(
            self, area=placed(self.area), box=self.box.moved(right, down), parts=tuple(map(placed, self.parts))
        )


def line(box: Box, score: float, method: str, shape: tuple[int, ...], *, doubtful: bool = False) -> Line:
    """Return the line of a box in a picture of this shape, a little larger than the box."""
    rows, columns = shape[:2]
    ahead, above = next((ahead, above) for least, ahead, above in _AROUND if score >= least)
    box = Box(box.x, box.y, box.length + 2 * ahead * min(box.height, _HIGH), box.height * (1 + 2 * above), box.angle)
    inside = [area.within(columns, rows) for area in (box.around(method), *box.parts(method))]
    return Line(inside[0], score, method, box, tuple(area for area in inside[1:] if area.size), doubtful)


def once(found: Iterable[Line]) -> list[Line]:
    """Return the lines without those that lie within another: those of every frame, then frame by frame, downwards."""
    standing: list[Line] = []
    framed: dict[int, list[Line]] = {}
    for one in sorted(found, key=lambda one: (one.doubtful, -one.area.size, one.area.top, one.area.left, one.method)):
        kept = standing if one.area.frame is None else framed.setdefault(one.area.frame, [])
        if one.parts and not within(one, kept):
            kept.append(one)
    for frame in sorted(framed):
        standing_there = [one for one in framed[frame] if not within(one, standing)]
        framed[frame] = sorted(standing_there, key=_reading_order)
    return sorted(standing, key=_reading_order) + [one for frame in sorted(framed) for one in framed[frame]]


def _reading_order(one: Line) -> tuple[int, int]:
    return one.area.top, one.area.left


def within(one: Line, others: Iterable[Line]) -> bool:
    """Say whether a line lies within another, so that covering this covers it; the frames are not compared."""
    return any(
        (other.box.upright and _shared(one.area, other.area) >= _HELD * one.area.size) or other.box.holds(one.box)
        for other in others
    )


def same(one: Area, other: Area) -> bool:
    """Say whether two areas share most of what they cover, so that they hold the same line."""
    return _shared(one, other) >= _SAME * max(one.size, other.size)


def _shared(one: Area, other: Area) -> int:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(across, 0) * max(down, 0)
