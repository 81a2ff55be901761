"""Our own network beside the detector: what it alone sees, and how far that is trusted."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import network
from orthanc_plugin.deid.pixels.detection.boxes import Box, fitted, highest_line
from orthanc_plugin.deid.pixels.detection.checking import cells_of, is_line, is_said
from orthanc_plugin.deid.pixels.detection.detector import Cells, Picture
from orthanc_plugin.deid.pixels.detection.line import Line
from orthanc_plugin.deid.pixels.late import ndimage

_BLACK, _SURROUND = 8, 0.2  # grey levels; share of an ultrasound that is black
_GRAIN = 4.0  # grey levels between neighbours within the sector, on the median
_BESIDE = 6  # pixels by which the network's cells reach beyond a line that the detector has found as well
_LINE = ((9, 24), (24, 9))  # rows and columns that a line of writing takes at least, lying or upright
_SOLID, _SHORT = 0.7, 24  # of a box, filled; pixels of a box that is not divided
_FEWEST, _FEWEST_AT_ENDS = 3, 2  # cells that speak for writing in the rest of a mark; at the ends of a line
_HIGHEST, _PIECE = 0.25, 1.5  # of the picture's short side: two legs are no line of two letters; of a line's height
_GOES_ON, _HIGHER = 0.75, 3.0  # of a line's height: how near, and at most how high, the rest of it is

Marked = tuple[Box, bool]


def lone(seen: network.Seen, found: Sequence[Line], shape: tuple[int, ...], *, at_home: bool = False) -> list[Marked]:
    """Return what our own network takes for writing beyond what was found: boxes, and whether they are doubtful.

    Parameters
    ----------
    seen : Seen
        What the network makes of a picture.
    found : sequence of Line
        Lines that the detector has found in it.
    shape : tuple of int
        The picture's.
    at_home : bool
        Whether it is like ultrasound.

    Notes
    -----
    The network was made for dim letters in ultrasound and takes anatomy for writing at times. What it alone sees counts
    on pictures like ultrasound, where it goes on from a line that was found, and where much of the mark is sure, as
    long as a line and no higher, as the teeth of a jaw are; all else is a proposal to a person.
    """
    areas = [area for one in found for area in one.parts]
    boxes = [box for box in beyond(seen.areas, areas, shape) if is_hinted(box, seen.cells)]
    going_on = [_goes_on(box, found) for box in boxes]
    ends = [(_spoken_for(box, seen.cells), False) for box in _ends(seen, found)]
    highest = math.inf if at_home else min(highest_line(max(shape[:2])), _HIGHEST * min(shape[:2]))
    return ends + [
        (
            _spoken_for(box, seen.cells) if more else box,
            not (more or (_is_low(box, highest) and _is_sure(box, seen.cells))),
        )
        for box, more in zip(boxes, going_on, strict=True)
    ]


def trusted(seen: network.Seen) -> network.Seen:
    """Return what the network makes of a picture like ultrasound: there each of its marks is sure.

    Parameters
    ----------
    seen : Seen
        As `network.see` gives it.
    """
    cells = seen.cells.copy()
    cells[cells & network.MARK != 0] |= network.FIRM | network.HOME
    return network.Seen(seen.areas, cells)


def _is_low(box: Box, highest: float) -> bool:
    """Say whether it is no higher than a line; a piece of a slanted one is higher than that."""
    return box.height <= (highest if is_line(box) else _PIECE * highest)


def _is_sure(box: Box, cells: Cells) -> bool:
    firm = is_line(box) and is_said(box, cells, network.FIRM)
    return firm or any(is_said(box, cells, what) for what in (network.LINE, network.HOME))


def is_hinted(box: Box, cells: Cells) -> bool:
    """Say whether anything there speaks for writing: marks are wider than that, and what is left may be their rim."""
    return _says(box, cells) >= _FEWEST


def _says(box: Box, cells: Cells) -> int:
    return sum(int((part & network.HINT).sum()) for part in cells_of(box, cells))


def _spoken_for(box: Box, cells: Cells) -> Box:
    """Return the part of a box in which something speaks for writing: a mark around several lines is wider than they.

    A turned box stays as it is.
    """
    area, cell = box.around(), network.CELL
    top, left = max(area.top // cell, 0), max(area.left // cell, 0)
    part = cells[top : max(-(-area.bottom // cell), 0), left : max(-(-area.right // cell), 0)] & network.HINT
    down, across = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not box.upright or not len(down):
        return box.grown(_BESIDE)
    rows, columns = (top + int(down[0]), top + int(down[-1]) + 1), (left + int(across[0]), left + int(across[-1]) + 1)
    return _boxed(Area(columns[0] * cell, rows[0] * cell, columns[1] * cell, rows[1] * cell)).grown(_BESIDE)


def _goes_on(box: Box, found: Sequence[Line]) -> bool:
    """Say whether a box touches a line and is not much higher: a faint beginning or end that the detector left out."""
    area = box.around()
    return any(
        box.height <= _HIGHER * one.box.height
        and any(_touch(area.grown(*(2 * [round(_GOES_ON * one.box.height)])), part) for part in one.parts)
        for one in found
    )


def _ends(seen: network.Seen, found: Sequence[Line]) -> Iterator[Box]:
    """Yield what a mark has of a line before its beginning or after its end: a letter or two, too short for a line."""
    for one in found:
        line = one.area
        lying = line.right - line.left >= line.bottom - line.top
        for mark in seen.areas if one.box.upright else ():
            if _touch(mark, line):
                for strip in _strips(mark, line) if lying else map(_turned, _strips(_turned(mark), _turned(line))):
                    box = _boxed(strip)
                    if _says(box, seen.cells) >= _FEWEST_AT_ENDS:
                        yield box


def _strips(mark: Area, line: Area) -> Iterator[Area]:
    """Yield the parts of a mark to the left and to the right of a lying line, as high as both."""
    top, bottom = max(mark.top, line.top), min(mark.bottom, line.bottom)
    if 2 * (bottom - top) < line.bottom - line.top:
        return
    for left, right in ((mark.left, line.left), (line.right, mark.right)):
        if right - left >= network.CELL:
            yield Area(left, top, right, bottom)


def _turned(area: Area) -> Area:
    return Area(area.top, area.left, area.bottom, area.right)


def _boxed(area: Area) -> Box:
    """Return the box of an area, along its longer side."""
    x, y = (area.left + area.right) / 2, (area.top + area.bottom) / 2
    width, height = area.right - area.left, area.bottom - area.top
    return Box(x, y, width, height) if width >= height else Box(x, y, height, width, -90.0)


def _touch(one: Area, other: Area) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 0 and min(one.bottom, other.bottom) > max(one.top, other.top)


def beyond(marked: Sequence[Area], found: Sequence[Area], shape: tuple[int, ...]) -> list[Box]:
    """Return the parts of areas that are not yet covered and large enough for a line."""
    rows, columns = shape[:2]
    left = np.zeros((rows, columns), dtype=np.bool_)
    for area in marked:
        left[area.top : area.bottom, area.left : area.right] = True
    for area in found:
        near = area.grown(_BESIDE, _BESIDE).within(columns, rows)
        left[near.top : near.bottom, near.left : near.right] = False
    if not left.any():
        return []
    kept = _opened(left, _LINE[0]) | _opened(left, _LINE[1])
    labels, _ = ndimage.label(kept)
    places = enumerate(ndimage.find_objects(labels), 1)
    return [
        box
        for number, (down, across) in places
        for box in _boxes(labels[down, across] == number, down.start, across.start)
    ]


def _opened(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    eroded = ndimage.minimum_filter(mask, size=size, mode="constant")
    opened: NDArray[np.bool_] = ndimage.maximum_filter(eroded, size=size, mode="constant", origin=_origin(size))
    return opened


def _origin(size: tuple[int, int]) -> tuple[int, ...]:
    """Return the shift that undoes the shift of a filter of even length."""
    return tuple(-1 if length % 2 == 0 else 0 for length in size)


def _boxes(part: NDArray[np.bool_], top: int, left: int) -> list[Box]:
    """Return boxes that cover a part: one, turned where that is much smaller, or those of its halves if it is bent."""
    down, across = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not len(down):
        return []
    part = part[down[0] : down[-1] + 1, across[0] : across[-1] + 1]
    top, left = top + int(down[0]), left + int(across[0])
    height, width = part.shape
    if part.mean() >= _SOLID or max(part.shape) <= _SHORT:
        return [_boxed(Area(left, top, left + width, top + height))]
    turned = fitted(np.argwhere(part & ~ndimage.binary_erosion(part)).astype(np.float64))
    if part.sum() >= _SOLID * turned.length * turned.height:
        return [turned.moved(left, top)]
    if height > width:
        half = height // 2
        return _boxes(part[:half], top, left) + _boxes(part[half:], top + half, left)
    half = width // 2
    return _boxes(part[:, :half], top, left) + _boxes(part[:, half:], top, left + half)


def like_ultrasound(plane: Picture) -> bool:
    """Say whether a picture has a black surround and grain within, as ultrasound has: there the network is at home."""
    bright = plane > _BLACK
    if plane.shape[1] < 2 or 1 - float(bright.mean()) < _SURROUND or not bright.any():
        return False
    steps = np.abs(np.diff(plane.astype(np.int16), axis=1))[bright[:, 1:] & bright[:, :-1]]
    return bool(len(steps)) and float(np.median(steps)) >= _GRAIN
