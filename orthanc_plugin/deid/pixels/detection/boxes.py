"""Where a line of writing stands, turned by any angle, and which stored pixels cover it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.late import ndimage

_TURNS = np.deg2rad(np.arange(0.0, 90.0, 1.5))
_EDGE = 0.12  # of the height, by which a box may stick out of one that holds it
_HIGHEST, _HIGHEST_LARGE, _LARGE = 48, 80, 700  # pixels: of a line; in a picture whose long side is over the last
_UPRIGHT = 4.0  # degrees: a line less turned than this is covered by one rectangle


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle turned about its centre.

    Attributes
    ----------
    x, y : float
        The centre, in stored pixels: column and row.
    length, height : float
        Along and across the line; the length is the greater, but for a single letter.
    angle : float
        Degrees from the rows, clockwise as seen (y grows downwards): -90 to 90.
    """

    x: float
    y: float
    length: float
    height: float
    angle: float = 0.0

    def grown(self, by: float) -> "Box":
        """Return it larger by so many pixels on every side."""
        return Box(self.x, self.y, self.length + 2 * by, self.height + 2 * by, self.angle)

    def scaled(self, by: float) -> "Box":
        """Return it in pixels that are so many times smaller."""
        return Box(self.x * by, self.y * by, self.length * by, self.height * by, self.angle)

    def moved(self, right: float, down: float) -> "Box":
        """Return it at another place."""
        return Box(self.x + right, self.y + down, self.length, self.height, self.angle)

    @property
    def upright(self) -> bool:
        """Say whether it runs along rows or columns, so that one rectangle covers it without waste."""
        away = abs(self.angle) % 90
        return min(away, 90 - away) <= _UPRIGHT

    def holds(self, other: "Box") -> bool:
        """Say whether another box lies within this one, but for a little of its edge."""
        angle = math.radians(other.angle)
        along = (math.cos(angle) * other.length / 2, math.sin(angle) * other.length / 2)
        across = (-math.sin(angle) * other.height / 2, math.cos(angle) * other.height / 2)
        corners = (
            (other.x + one * along[0] + two * across[0], other.y + one * along[1] + two * across[1])
            for one, two in ((-1, -1), (-1, 1), (1, -1), (1, 1))
        )
        return all(self._reaches(x, y) for x, y in corners)

    def _reaches(self, x: float, y: float) -> bool:
        angle, edge = math.radians(self.angle), _EDGE * self.height
        along = (x - self.x) * math.cos(angle) + (y - self.y) * math.sin(angle)
        across = (y - self.y) * math.cos(angle) - (x - self.x) * math.sin(angle)
        return abs(along) <= self.length / 2 + edge and abs(across) <= self.height / 2 + edge

    def around(self, method: str = "") -> Area:
        """Return the smallest area of whole pixels that holds it; it may reach beyond the picture."""
        cosine, sine = abs(math.cos(math.radians(self.angle))), abs(math.sin(math.radians(self.angle)))
        across = (self.length * cosine + self.height * sine) / 2
        down = (self.length * sine + self.height * cosine) / 2
        left, top = math.floor(self.x - across), math.floor(self.y - down)
        return Area(left, top, math.ceil(self.x + across), math.ceil(self.y + down), None, method)

    def parts(self, method: str = "") -> tuple[Area, ...]:
        """Return areas that together cover it: one, or a stair of them where it is turned."""
        if self.upright:
            return (self.around(method),)
        count = max(round(self.length / max(self.height, 4)), 1)
        angle, step = math.radians(self.angle), self.length / count
        places = (np.arange(count) - (count - 1) / 2) * step
        return tuple(
            Box(self.x + at * math.cos(angle), self.y + at * math.sin(angle), step, self.height, self.angle).around(
                method
            )
            for at in map(float, places)
        )


def fitted(points: NDArray[np.float64]) -> Box:
    """Return the smallest turned rectangle around points of shape (number, 2), each a row and a column."""
    rows, columns = points[:, :1], points[:, 1:]
    along = columns * np.cos(_TURNS) + rows * np.sin(_TURNS)
    across = rows * np.cos(_TURNS) - columns * np.sin(_TURNS)
    lengths, heights = np.ptp(along, axis=0) + 1, np.ptp(across, axis=0) + 1
    best = int(np.argmin(lengths * heights + 1e-6 * np.arange(len(_TURNS))))
    u = (along[:, best].min() + along[:, best].max()) / 2
    v = (across[:, best].min() + across[:, best].max()) / 2
    turn, length, height = float(_TURNS[best]), float(lengths[best]), float(heights[best])
    x, y = u * math.cos(turn) - v * math.sin(turn) + 0.5, u * math.sin(turn) + v * math.cos(turn) + 0.5
    degrees = math.degrees(turn)
    if height > length:
        return Box(x, y, height, length, degrees - 90)
    return Box(x, y, length, height, degrees)


def cut_out(picture: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Return the part of a grey picture inside the box, turned so that its length runs along the rows."""
    rows, columns = max(round(box.height), 1), max(round(box.length), 1)
    angle = math.radians(box.angle)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    start = np.array([box.y, box.x]) - 0.5 - turn @ np.array([(rows - 1) / 2, (columns - 1) / 2])
    cut: NDArray[np.uint8] = ndimage.affine_transform(
        picture, turn, offset=start, output_shape=(rows, columns), order=1, mode="nearest"
    )
    return cut


def highest_line(longest: int) -> int:
    """Return how high a line of writing is at most, in pixels, in a picture whose long side is `longest`."""
    return _HIGHEST_LARGE if longest > _LARGE else _HIGHEST
