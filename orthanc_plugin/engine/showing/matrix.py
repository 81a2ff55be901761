"""A slide as people look at it: each plane put together, as large as somebody asks for."""

from collections.abc import Sequence

from pydicom import Dataset

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.engine.showing.errors import CannotShowError
from orthanc_plugin.rendering import Mosaic, Picture, Plane, Rendering, StoredFrames
from orthanc_plugin.rendering.mosaic import Window

_SIDE = 3000
"""Longest side of the picture that is kept: smaller ones are made of it, so that a slide is gone through once."""


class Matrix:
    """The planes of one slide as pictures; the last one is kept.

    Parameters
    ----------
    dataset, planes
        The slide, and how its tiles lie.
    """

    def __init__(self, dataset: Dataset, planes: Sequence[Plane]) -> None:
        self._planes, self._stored = planes, StoredFrames(dataset)
        self._last: tuple[int, Rendering, int, Picture] | None = None

    @property
    def size(self) -> dict[str, int]:
        """Return rows and columns of the largest plane."""
        rows, columns = (max(sides) for sides in zip(*((one.rows, one.columns) for one in self._planes), strict=True))
        return {"rows": rows, "columns": columns}

    def frame(self, plane: int) -> int:
        """Return a frame of a plane, which stands for how all of them are shown."""
        return self._planes[plane].tiles[0].frame

    def part(self, plane: int, rendering: Rendering, part: Area) -> Picture:
        """Return a part of a plane as it is stored.

        Raises
        ------
        UnrenderableError
        """
        mosaic = Mosaic(rendering, self._planes[plane], self._stored)
        return mosaic.part(Window(part.left, part.top, part.right, part.bottom))

    def picture(self, plane: int, rendering: Rendering, side: int | None, most: int) -> Picture:
        """Return a plane put together.

        Parameters
        ----------
        plane
            Counted from 0.
        rendering
            How its tiles are shown.
        side
            Longest side that is wanted; the picture may be larger. None: pixel by pixel as stored.
        most
            Pixels that a picture may have where no side is given.

        Raises
        ------
        CannotShowError, UnrenderableError
        """
        rows, columns = self.size["rows"], self.size["columns"]
        if side is None and rows * columns > most:
            raise CannotShowError(f"it has more than {most} pixels; ask for it by its longest side")
        by = 1 if side is None else -(-max(rows, columns) // max(side, _SIDE))
        if self._last is None or self._last[:3] != (plane, rendering, by):
            mosaic = Mosaic(rendering, self._planes[plane], self._stored)
            made = mosaic.part(Window(0, 0, -(-columns // by), -(-rows // by)), by)
            self._last = plane, rendering, by, made
        return self._last[3]
