"""The tiles of a slide put together, part by part and in any size."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from orthanc_plugin.rendering.picture import Picture, Rendering
from orthanc_plugin.rendering.stored import StoredFrames
from orthanc_plugin.rendering.tiles import Plane, Tile

_MOST_HALVINGS = 8
_AT_ONCE = 16  # tiles that are decoded together


class Window(NamedTuple):
    """A part of a plane made smaller; right and bottom are the first column and row that are not of it."""

    left: int
    top: int
    right: int
    bottom: int


class Mosaic:
    """One plane of a tiled object as a picture of which any part can be asked for.

    Memory is that of the part and of 16 tiles, however large the matrix is. Places without a tile cost nothing and are
    shown as even ground.

    Parameters
    ----------
    rendering : Rendering
        How its frames are shown.
    plane : Plane
        Which of its tiles.
    stored : StoredFrames
        Its frames.
    """

    def __init__(self, rendering: Rendering, plane: Plane, stored: StoredFrames) -> None:
        self.plane, self._rendering, self._stored = plane, rendering, stored
        self._at: dict[tuple[int, int], list[Tile]] = {}
        for tile in plane.tiles:
            self._at.setdefault((tile.left // plane.wide, tile.top // plane.high), []).append(tile)

    def scales(self, side: int) -> list[int]:
        """Return by how much it is made smaller until it fits into a square of this side: 1, 2, 4, to 256 at most."""
        longest, found = max(self.plane.columns, self.plane.rows), [1]
        while longest / found[-1] > side and len(found) <= _MOST_HALVINGS:
            found.append(2 * found[-1])
        return found

    def windows(self, by: int, side: int, overlap: int) -> list[Window]:
        """Return the windows of one size, each sharing `overlap` with its neighbours, in which any tile lies.

        Parameters
        ----------
        by : int
            By how much it is made smaller.
        side, overlap : int
            Pixels of the smaller picture.
        """
        wide, high = -(-self.plane.columns // by), -(-self.plane.rows // by)
        places = {
            (x, y)
            for tile in self.plane.tiles
            for y in _met(tile.top, self.plane.high, by, side, side - overlap)
            for x in _met(tile.left, self.plane.wide, by, side, side - overlap)
        }
        step = side - overlap
        windows = (
            Window(x * step, y * step, min(x * step + side, wide), min(y * step + side, high))
            for y, x in sorted((y, x) for x, y in places)
            if (not x or x * step + overlap < wide) and (not y or y * step + overlap < high)
        )
        return [self._cropped(window, by) for window in windows]

    def part(self, window: Window, by: int = 1) -> Picture:
        """Return a part of the picture made smaller.

        Raises
        ------
        UnrenderableError
            A tile cannot be decoded.
        """
        size = window.bottom - window.top, window.right - window.left
        canvas: Picture | None = None
        for tile, picture in self._shown(self.tiles_in(window, by)):
            if canvas is None:
                ground = picture.mean(axis=(0, 1)).astype(np.uint8)
                canvas = np.full((*size, *picture.shape[2:]), ground, np.uint8)
            _put(canvas, _smaller(picture, tile, by), tile.left // by - window.left, tile.top // by - window.top)
        return np.zeros(size, np.uint8) if canvas is None else canvas

    def tiles_in(self, window: Window, by: int = 1) -> list[Tile]:
        """Return the tiles of which anything lies in a window."""
        plane, (left, top, right, bottom) = self.plane, (edge * by for edge in window)
        across = range(left // plane.wide - 1, (right - 1) // plane.wide + 1)
        down = range(top // plane.high - 1, (bottom - 1) // plane.high + 1)
        if len(across) * len(down) <= len(self._at):
            near = [tile for y in down for x in across for tile in self._at.get((x, y), ())]
        else:
            near = list(plane.tiles)
        return [
            tile
            for tile in near
            if left < tile.left + plane.wide and tile.left < right and top < tile.top + plane.high and tile.top < bottom
        ]

    def _cropped(self, window: Window, by: int) -> Window:
        """Return what the tiles in a window take of it, so that a lone tile is not a mark on empty ground."""
        tiles = self.tiles_in(window, by)
        return Window(
            max(min(tile.left for tile in tiles) // by, window.left),
            max(min(tile.top for tile in tiles) // by, window.top),
            min(max(tile.left + self.plane.wide - 1 for tile in tiles) // by + 1, window.right),
            min(max(tile.top + self.plane.high - 1 for tile in tiles) // by + 1, window.bottom),
        )

    def _shown(self, tiles: list[Tile]) -> Iterator[tuple[Tile, Picture]]:
        for start in range(0, len(tiles), _AT_ONCE):
            some = tiles[start : start + _AT_ONCE]
            for tile, stored in zip(some, self._stored.decoded([tile.frame for tile in some]), strict=False):
                yield tile, self._rendering.picture(stored, tile.frame)


def _met(start: int, length: int, by: int, side: int, step: int) -> range:
    """Return the numbers of the windows that what begins at `start` lies in."""
    first, last = start // by, (start + length - 1) // by
    return range(max((first - side) // step + 1, 0), last // step + 1)


def _smaller(picture: Picture, tile: Tile, by: int) -> Picture:
    """Return a tile made smaller so that, put at its place, it leaves no gap to its neighbours."""
    if by == 1:
        return picture
    rows, columns = picture.shape[:2]
    size = (
        max((tile.left + columns - 1) // by + 1 - tile.left // by, 1),
        max((tile.top + rows - 1) // by + 1 - tile.top // by, 1),
    )
    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).resize(size, Image.Resampling.BOX))


def _put(canvas: NDArray[np.uint8], picture: Picture, left: int, top: int) -> None:
    """Write a picture into another, as far as it lies within."""
    rows, columns = picture.shape[:2]
    down, across = slice(max(top, 0), top + rows), slice(max(left, 0), left + columns)
    here = canvas[down, across]
    first, start = max(-top, 0), max(-left, 0)
    part = picture[first : first + here.shape[0], start : start + here.shape[1]]
    here[...] = part
