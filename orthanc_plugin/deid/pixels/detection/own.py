"""Our own network beside the detector: what it alone sees, and how far that is trusted."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection.boxes import Box
from orthanc_plugin.deid.pixels.detection.checking import is_word
from orthanc_plugin.deid.pixels.detection.detector import Picture
from orthanc_plugin.deid.pixels.late import ndimage

_NETWORK = "orthanc_plugin.deid.pixels.detection.network"
_BLACK, _SURROUND = 8, 0.2  # grey levels; share of an ultrasound that is black
_GRAIN = 4.0  # grey levels between neighbours within the sector, on the median
_BESIDE = 6  # pixels by which the network's cells reach beyond a line that the detector has found as well
_LINE = ((9, 24), (24, 9))  # rows and columns that a line of writing takes at least, lying or upright
_MOST = 20  # places read in one picture; the others are proposals

Marked = tuple[Box, bool]


def marks(picture: Picture, found: Sequence[Area]) -> list[Marked]:
    """Return what our own network takes for writing beyond what was found: boxes, and whether they are doubtful.

    Parameters
    ----------
    picture : uint8 array
        As shown.
    found : sequence of Area
        Lines that the detector has found in it.

    Notes
    -----
    The network was made for dim letters in ultrasound and takes anatomy for writing at times. What it alone sees counts
    where something can be read on a picture like ultrasound; all else is a proposal to a person.
    """
    if find_spec(_NETWORK) is None or not picture.size:
        return []
    network = import_module(_NETWORK)
    if not network.available():
        return []
    plane = picture if picture.ndim == 2 else picture.mean(axis=-1).astype(np.uint8)
    at_home = like_ultrasound(plane)
    boxes = beyond(network.marks(plane), found, plane.shape)
    return [(box, not (at_home and number < _MOST and is_word(plane, box))) for number, box in enumerate(boxes)]


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
    return [_box(place) for place in ndimage.find_objects(labels)]


def _opened(mask: NDArray[np.bool_], size: tuple[int, int]) -> NDArray[np.bool_]:
    eroded = ndimage.minimum_filter(mask, size=size, mode="constant")
    opened: NDArray[np.bool_] = ndimage.maximum_filter(eroded, size=size, mode="constant", origin=_origin(size))
    return opened


def _origin(size: tuple[int, int]) -> tuple[int, ...]:
    """Return the shift that undoes the shift of a filter of even length."""
    return tuple(-1 if length % 2 == 0 else 0 for length in size)


def _box(place: tuple[slice, slice]) -> Box:
    rows, columns = place
    height, width = rows.stop - rows.start, columns.stop - columns.start
    x, y = (columns.start + columns.stop) / 2, (rows.start + rows.stop) / 2
    return Box(x, y, width, height) if width >= height else Box(x, y, height, width, -90.0)


def like_ultrasound(plane: Picture) -> bool:
    """Say whether a picture has a black surround and grain within, as ultrasound has: there the network is at home."""
    bright = plane > _BLACK
    if plane.shape[1] < 2 or 1 - float(bright.mean()) < _SURROUND or not bright.any():
        return False
    steps = np.abs(np.diff(plane.astype(np.int16), axis=1))[bright[:, 1:] & bright[:, :-1]]
    return bool(len(steps)) and float(np.median(steps)) >= _GRAIN
