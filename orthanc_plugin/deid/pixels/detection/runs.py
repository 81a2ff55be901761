"""Letters that a device drew into a lossless image: exact runs of one value, as no sensor makes them."""

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.detection.boxes import Box
from orthanc_plugin.deid.pixels.late import ndimage

_RUN = 4  # neighbours of exactly one value
_AROUND, _STEP, _TEXTURE = 61, 2, 0.45  # pixels; grey levels between neighbours; share of such steps
_ACROSS, _DOWN = 25, 5  # pixels by which runs are joined to a line
_FEWEST, _DENSER, _OBLONG = 14, 5.0, 1.5  # pixels of runs; times the image's own density; times wider than high
_HIGHEST = 48


def drawn_lines(plane: NDArray[np.generic]) -> list[Box]:
    """Return where exact runs of one value stand together like a line of letters within texture.

    Parameters
    ----------
    plane : array of shape (rows, columns)
        Stored values of one plane of a lossless image. Of a lossy one it says nothing.
    """
    if min(plane.shape) < _RUN:
        return []
    runs = (_runs(plane) | _runs(plane.T).T) & _texture(plane) & (plane > plane.min()) & (plane < plane.max())
    if not runs.any():
        return []
    return _clusters(runs) + [_turned(box) for box in _clusters(np.ascontiguousarray(runs.T))]


def _runs(plane: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return the pixels that have so many neighbours along the row of the very same value."""
    same = plane[:, 1:] == plane[:, :-1]
    begun = np.ones((plane.shape[0], plane.shape[1] - _RUN + 1), dtype=np.bool_)
    for n in range(_RUN - 1):
        begun &= same[:, n : n + begun.shape[1]]
    runs = np.zeros(plane.shape, dtype=np.bool_)
    for n in range(_RUN):
        runs[:, n : n + begun.shape[1]] |= begun
    return runs


def _texture(plane: NDArray[np.generic]) -> NDArray[np.bool_]:
    values = plane.astype(np.float32)
    span = float(np.ptp(values))
    step = _STEP * max(span / 255, 1.0)
    steps = np.abs(np.diff(values, axis=1, prepend=values[:, :1])) > step
    textured: NDArray[np.bool_] = ndimage.uniform_filter(steps.astype(np.float32), _AROUND, mode="reflect") >= _TEXTURE
    return textured


def _clusters(runs: NDArray[np.bool_]) -> list[Box]:
    joined = ndimage.binary_dilation(runs, structure=np.ones((1, _ACROSS)))
    joined = ndimage.binary_dilation(joined, structure=np.ones((_DOWN, 1)))
    labels, count = ndimage.label(joined, structure=np.ones((3, 3)))
    numbers = np.bincount(labels[runs], minlength=count + 1)
    density = _DENSER * float(runs.mean())
    found = []
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        if numbers[number] < _FEWEST:
            continue
        top, bottom = place[0].start + _DOWN // 2, place[0].stop - _DOWN // 2
        left, right = place[1].start + _ACROSS // 2, place[1].stop - _ACROSS // 2
        height, width = bottom - top, right - left
        if height <= _HIGHEST and width > _OBLONG * height and numbers[number] > density * height * width:
            found.append(Box((left + right) / 2, (top + bottom) / 2, width, height).grown(_DOWN))
    return found


def _turned(box: Box) -> Box:
    return Box(box.y, box.x, box.length, box.height, 90.0)
