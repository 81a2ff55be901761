"""One picture looked at whole: in the sizes, lights and turns in which writing shows, by tiles where it is large."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from orthanc_plugin.deid.pixels.detection import detector
from orthanc_plugin.deid.pixels.detection.boxes import Box
from orthanc_plugin.deid.pixels.detection.detector import Picture, Scored

TILE, OVERLAP = 1024, 192
"""Pixels: a larger picture is looked at by tiles of this size, which share so much with their neighbours."""

_SMALL, _SMALLER = 400, 160  # pixels of the short side: below, the picture, and its other views, are doubled
_HIGHEST, _HIGHEST_LARGE, _LARGE = 48, 80, 700  # pixels of a line; of one in a picture whose long side is over the last
_AROUND, _GAIN, _FLOOR = 31, 45.0, 2.0  # pixels; grey levels a deviation; grey levels, so that flat ground stays flat
_APART = 12.0  # grey levels by which channels differ on the mean where colour counts


def look(picture: Picture) -> list[Scored]:
    """Return the lines of writing in a picture, each with its likelihood.

    Parameters
    ----------
    picture : uint8 array of shape (rows, columns) or (rows, columns, 3)
        As shown. Memory is bounded by a tile, some 300 MB, whatever the size.
    """
    found: list[Scored] = []
    for tile, left, top in tiles(picture):
        found += [(box.moved(left, top), score) for box, score in look_at_tile(tile, max(picture.shape[:2]))]
    smaller = picture
    while max(smaller.shape[:2]) > TILE:
        smaller = _halved(smaller)
        by = picture.shape[1] / smaller.shape[1]
        found += [
            (box.scaled(by), score) for box, score in look_at_tiles(smaller) if box.height * 2 > _HIGHEST_LARGE / 2
        ]
    return found


def look_at_tiles(picture: Picture) -> list[Scored]:
    """Return the lines of writing in a picture in its own size alone."""
    found: list[Scored] = []
    for tile, left, top in tiles(picture):
        found += [(box.moved(left, top), score) for box, score in look_at_tile(tile, max(picture.shape[:2]))]
    return found


def tiles(picture: Picture) -> Iterator[tuple[Picture, int, int]]:
    """Yield the picture in parts that overlap, each with the column and row at which it begins."""
    rows, columns = picture.shape[:2]
    for top in _starts(rows):
        for left in _starts(columns):
            yield picture[top : top + TILE, left : left + TILE], left, top


def _starts(length: int) -> list[int]:
    if length <= TILE + OVERLAP // 2:
        return [0]
    count = -(-(length - OVERLAP) // (TILE - OVERLAP))
    return [round(n * (length - TILE) / (count - 1)) for n in range(count)]


def look_at_tile(tile: Picture, longest: int) -> list[Scored]:
    """Return the lines of writing in one tile, in pixels of the tile.

    Parameters
    ----------
    tile : uint8 array
        A part of a picture, or a whole small one.
    longest : int
        The long side of the picture that it belongs to.
    """
    if min(tile.shape[:2]) < 1:
        return []
    highest = _HIGHEST_LARGE if longest > _LARGE else _HIGHEST
    short = min(tile.shape[:2]) if longest <= TILE else TILE
    found: list[Scored] = []
    for number, view in enumerate(views(tile)):
        double = short < (_SMALL if number == 0 else _SMALLER)
        shown = _doubled(view) if double else view
        lines = detector.lines(detector.likelihood(shown), highest * (2 if double else 1))
        found += [(box.scaled(0.5), score) for box, score in lines] if double else lines
    return found


def views(picture: Picture) -> Iterator[Picture]:
    """Yield the picture as it is, then less its surroundings, and a channel alone where colour hides what it shows."""
    yield picture
    if picture.ndim == 2:
        yield local_contrast(picture)
        return
    grey = picture.mean(axis=-1)
    yield local_contrast(grey)
    spread = np.ptp(picture.astype(np.int16), axis=-1)
    if float((spread > _APART).mean()) > 0.002:
        yield local_contrast(picture[..., 0].astype(np.float32) - picture[..., 1])


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
    rows, columns = picture.shape[:2]
    return np.asarray(Image.fromarray(picture).reduce(2)) if min(rows, columns) > 1 else picture[::2, ::2]


def covered(box: Box, others: list[Box]) -> bool:
    """Say whether another box already holds most of this one."""
    area = box.around()
    for other in others:
        shared = other.around()
        across = min(area.right, shared.right) - max(area.left, shared.left)
        down = min(area.bottom, shared.bottom) - max(area.top, shared.top)
        if across > 0 and down > 0 and across * down >= 0.9 * area.size and other.upright:
            return True
    return False
