"""One picture looked at whole: in the sizes and lights in which writing shows, by tiles where it is large."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from orthanc_plugin.deid.pixels.detection import detector, network
from orthanc_plugin.deid.pixels.detection.boxes import highest_line
from orthanc_plugin.deid.pixels.detection.checking import checked
from orthanc_plugin.deid.pixels.detection.detector import Cells, Picture, Scored
from orthanc_plugin.deid.pixels.late import ndimage

TILE, OVERLAP = 1024, 192
"""Pixels: a larger picture is looked at by tiles of this size, which share so much with their neighbours."""

_SMALL, _SMALLER = 400, 160  # pixels of the short side: below, the picture, and its other views, are doubled
_LOWEST = 5  # pixels of a line
_MARKED_HIGHEST = 1.7  # times as high, where our own network marks it as well
_AROUND, _GAIN, _FLOOR = 31, 45.0, 2.0  # pixels; grey levels a deviation; grey levels, so that flat ground stays flat
_APART, _COLOURED = 12.0, 0.002  # grey levels between channels; share of the picture where they are so far apart
_CELL, _NEAR = network.CELL, 64  # pixels of a cell that may hint at writing; of what is looked at around such cells
_GROUND, _MARGIN = 3, 32  # grey levels from the ground; pixels of it that are looked at around what stands on it


def look(picture: Picture, *, doubling: bool = True, hints: Cells | None = None) -> list[Scored]:
    """Return the lines of writing in a picture, each with its likelihood.

    Parameters
    ----------
    picture : uint8 array of shape (rows, columns) or (rows, columns, 3)
        As shown. Beside it memory is bounded by what a tile needs, whatever its size.
    doubling : bool
        Whether a small picture is looked at in twice its size, which finds letters of 8 to 10 pixels.
    hints : array of uint8, optional
        Where to look in other lights too, and at a large picture's full size; without it everywhere.
    """
    rows, columns = busy(picture)
    part = picture[rows, columns]
    near = None if hints is None else hints[_cells(rows.start, len(part)), _cells(columns.start, part.shape[1])]
    longest = max(picture.shape[:2])
    found = _in_tiles(part, longest, near, doubling=doubling, full=longest > TILE)
    smaller = part
    while max(smaller.shape[:2]) > TILE:
        smaller = _halved(smaller)
        near = None if near is None else _joined(near)
        by = part.shape[1] / smaller.shape[1]
        lines = _in_tiles(smaller, longest, near, doubling=False, full=False)
        found += [(box.scaled(by), score) for box, score in lines]
    return [(box.moved(columns.start, rows.start), score) for box, score in found]


def glance(picture: Picture) -> list[Scored]:
    """Return the large and plain lines of writing in a picture, looked at in half its size: a quarter of the work.

    Parameters
    ----------
    picture : uint8 array of shape (rows, columns) or (rows, columns, 3)
        As shown.
    """
    rows, columns = busy(picture)
    part = picture[rows, columns]
    half = _halved(part)
    nowhere = np.zeros((_cells(0, len(half)).stop, _cells(0, half.shape[1]).stop), np.uint8)
    lines = _in_tiles(half, max(picture.shape[:2]), nowhere, doubling=False, full=False)
    return [(box.scaled(2).moved(columns.start, rows.start), score) for box, score in lines]


def busy(picture: Picture) -> tuple[slice, slice]:
    """Return the rows and columns within which a picture is not one even ground; all of it where it hardly has any."""
    rows, columns = picture.shape[:2]
    whole = slice(0, rows), slice(0, columns)
    if not picture.size:
        return whole
    ground = picture[0, 0].astype(np.int16)
    apart = np.abs(picture.astype(np.int16) - ground) > _GROUND
    apart = apart if apart.ndim == 2 else apart.any(axis=-1)
    down, across = np.flatnonzero(apart.any(axis=1)), np.flatnonzero(apart.any(axis=0))
    if not len(down):
        return slice(0, 0), slice(0, 0)
    return (
        slice(max(int(down[0]) - _MARGIN, 0), min(int(down[-1]) + 1 + _MARGIN, rows)),
        slice(max(int(across[0]) - _MARGIN, 0), min(int(across[-1]) + 1 + _MARGIN, columns)),
    )


def _in_tiles(picture: Picture, longest: int, hints: Cells | None, *, doubling: bool, full: bool) -> list[Scored]:
    """Return what each tile shows; of a large picture's full size only what is near hints is looked at."""
    found: list[Scored] = []
    for tile, left, top in tiles(picture):
        near = None if hints is None else hints[_cells(top, tile.shape[0]), _cells(left, tile.shape[1])]
        rows, columns = slice(0, tile.shape[0]), slice(0, tile.shape[1])
        if full and near is not None:
            rows, columns = _around(near, tile.shape)
            near = near[_cells(rows.start, rows.stop - rows.start), _cells(columns.start, columns.stop - columns.start)]
        lines = look_at_tile(tile[rows, columns], longest, doubling=doubling, in_every_light=not full, hints=near)
        found += [(box.moved(left + columns.start, top + rows.start), score) for box, score in lines]
    return found


def tiles(picture: Picture) -> Iterator[tuple[Picture, int, int]]:
    """Yield the picture in parts that overlap, each with the column and row at which it begins."""
    rows, columns = picture.shape[:2]
    for top, bottom in _spans(rows):
        for left, right in _spans(columns):
            yield picture[top:bottom, left:right], left, top


def _spans(length: int) -> list[tuple[int, int]]:
    if length <= TILE + OVERLAP:
        return [(0, length)]
    count = -(-(length - OVERLAP) // (TILE - OVERLAP))
    starts = [round(n * (length - TILE) / (count - 1)) for n in range(count)]
    return [(start, start + TILE) for start in starts]


def look_at_tile(
    tile: Picture, longest: int, *, doubling: bool = True, in_every_light: bool = False, hints: Cells | None = None
) -> list[Scored]:
    """Return the lines of writing in one tile, in pixels of the tile.

    Parameters
    ----------
    tile : uint8 array
        A part of a picture, or a whole small one.
    longest : int
        The long side of the picture that it belongs to.
    doubling : bool
        Whether a small picture is looked at in twice its size; a tile of a large one never is.
    in_every_light : bool
        Whether it is looked at less its surroundings too. At the full size of a large picture that finds nothing more.
    hints : array of uint8, optional
        The tile's cells near which it is looked at so; without it all of it.
    """
    if min(tile.shape[:2]) < 1:
        return []
    highest = highest_line(longest)
    short = min(tile.shape[:2]) if doubling and longest <= TILE else TILE
    most = _MARKED_HIGHEST * highest
    found = _lines(tile, most, doubled=short < _SMALL)
    for view, left, top in other_lights(tile, hints) if in_every_light else ():
        lines = _lines(view, most, doubled=short < _SMALLER)
        found += [(box.moved(left, top), score) for box, score in lines]
    return checked(tile, found, highest, hints)


def _lines(view: Picture, highest: float, *, doubled: bool) -> list[Scored]:
    if not doubled:
        return detector.lines(detector.likelihood(view), highest, _LOWEST)
    lines = detector.lines(detector.likelihood(_doubled(view)), 2 * highest, 2 * _LOWEST)
    return [(box.scaled(0.5), score) for box, score in lines]


def other_lights(picture: Picture, hints: Cells | None = None) -> Iterator[tuple[Picture, int, int]]:
    """Yield the picture less its surroundings, near the hints, then its colours alone where it has any.

    Parameters
    ----------
    picture : uint8 array
        As shown.
    hints : array of uint8, optional
        Cells with anything that speaks for writing. They know no colours.

    Yields
    ------
    uint8 array, int, int
        A view, and the column and row of the picture at which it begins.
    """
    rows, columns = (slice(0, side) for side in picture.shape[:2]) if hints is None else _around(hints, picture.shape)
    if rows.start < rows.stop:
        part = picture[rows, columns]
        yield local_contrast(part if part.ndim == 2 else part.mean(axis=-1)), columns.start, rows.start
    if picture.ndim == 2:
        return
    spread = picture.max(axis=-1).astype(np.int16) - picture.min(axis=-1)
    if float((spread > _APART).mean()) > _COLOURED:
        yield local_contrast(picture[..., 0].astype(np.float32) - picture[..., 1]), 0, 0


def _around(hints: Cells, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns of a picture that hold all cells that hint, and what surrounds them."""
    spans = []
    for axis, side in ((1, shape[0]), (0, shape[1])):
        cells = np.flatnonzero(hints.any(axis=axis))
        first, last = (int(cells[0]), int(cells[-1]) + 1) if len(cells) else (0, 0)
        near = _NEAR if len(cells) else 0
        spans.append(slice(max(first * _CELL - near, 0), min(last * _CELL + near, side)))
    return spans[0], spans[1]


def _cells(start: int, length: int) -> slice:
    return slice(start // _CELL, -(-(start + length) // _CELL))


def _joined(hints: Cells) -> Cells:
    """Return the hints for the picture at half its size."""
    even = np.pad(hints, [(0, side % 2) for side in hints.shape])
    return even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2]


def local_contrast(plane: NDArray[np.generic]) -> Picture:
    """Return how far each pixel is above or below its surroundings, in deviations of these; 128 is level.

    Faint writing is as clear in it as strong, dark as clear as bright.
    """
    values = plane.astype(np.float32)
    mean = ndimage.uniform_filter(values, _AROUND, mode="nearest")
    variance = ndimage.uniform_filter(values * values, _AROUND, mode="nearest") - mean * mean
    lifted = (values - mean) / (np.sqrt(np.maximum(variance, 0)) + _FLOOR)
    made: Picture = (lifted * _GAIN + 128).clip(0, 255).astype(np.uint8)
    return made


def _doubled(picture: Picture) -> Picture:
    rows, columns = picture.shape[:2]
    return np.asarray(Image.fromarray(picture).resize((columns * 2, rows * 2), Image.Resampling.BILINEAR))


def _halved(picture: Picture) -> Picture:
    if min(picture.shape[:2]) < 2:
        return picture[::2, ::2]
    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).reduce(2))
