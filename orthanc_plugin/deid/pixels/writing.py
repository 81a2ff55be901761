"""Finds what looks like a line of writing in a radiograph: shapes of one height side by side that stand out (R30).

No reading, no weights: it says that somebody should look, never what is written. A single side marker is no line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]
Boxes = NDArray[Any]

_BLOCK, _AROUND = 8, 2  # pixels; blocks on each side: every pixel is compared with some 40 x 40 around it
_HEIGHTS = (7, 30)  # pixels of a letter at one scale; each scale halves the image
_SMALLEST, _LARGEST = 48, 3000  # pixels: the smallest side still looked at, and the longest side before halving
_LETTERS = 4  # in one line
_LEAST_CONTRAST = 0.05  # of the image's own range
_HALF = 0.5
_SOLID = 0.9  # share of its box that a shape fills; the ticks of a ruler and the gaps between them do, letters do not
_CLEAR = 1.25  # times the threshold: what lies beside something bright seems darker than it is
_NOISE = 5.0  # standard deviations
_MOST_SHAPES = 20_000  # more is texture, not writing: the ones that stand out most are looked at


def shows_writing(image: NDArray[Any]) -> bool:
    """Say whether an image seems to hold a line of writing, horizontal or vertical, in any size.

    Parameters
    ----------
    image : array of shape (rows, columns)
        Stored values of one plane; the polarity does not matter.
    """
    plane = np.ascontiguousarray(image, dtype=np.float32)
    while max(plane.shape) > _LARGEST:
        plane = _halved(plane)
    while min(plane.shape) >= _SMALLEST:
        if any(_is_line(shapes) for shapes in _candidates(plane)):
            return True
        plane = _halved(plane)
    return False


def _halved(plane: Plane) -> Plane:
    rows, columns = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    cut = plane[:rows, :columns]
    return (cut[::2, ::2] + cut[1::2, ::2] + cut[::2, 1::2] + cut[1::2, 1::2]) / 4


def _candidates(plane: Plane) -> Iterator[Boxes]:
    """Yield the shapes that stand out, bright and dark, by lines and by columns."""
    low, high = np.percentile(plane, (0.2, 99.8))
    spread = float(max(high - low, plane.max() - plane.min()))
    if spread <= 0:
        return
    lifted = plane - _mean_around(plane)
    threshold = max(_LEAST_CONTRAST * spread, _NOISE * _noise(plane))
    for polarity in (1.0, -1.0):
        raised = lifted * polarity
        for least in (threshold, _HALF * float(raised.max())):  # half the height parts letters that touch
            shapes = _shapes(raised, max(least, threshold), diagonal=least == threshold)
            yield shapes
            yield shapes[:, (1, 0, 3, 2, 4, 5)]


def _mean_around(plane: Plane) -> Plane:
    """Return the mean around each pixel: of its block and the two blocks on every side of it."""
    rows, columns = (-(-length // _BLOCK) for length in plane.shape)
    padded = np.pad(plane, ((0, rows * _BLOCK - plane.shape[0]), (0, columns * _BLOCK - plane.shape[1])), mode="edge")
    blocks = padded.reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3))
    wide = np.pad(blocks, _AROUND, mode="edge")
    shifts = range(2 * _AROUND + 1)
    around = sum(wide[down : down + rows, right : right + columns] for down in shifts for right in shifts)
    coarse = np.asarray(around) / len(shifts) ** 2
    return _spread(_spread(coarse, plane.shape[0]).T, plane.shape[1]).T


def _spread(coarse: NDArray[Any], length: int) -> Plane:
    """Return values between the rows of blocks, by straight lines, so that no edge of a block shows."""
    at = np.clip((np.arange(length, dtype=np.float32) + 0.5) / _BLOCK - 0.5, 0, len(coarse) - 1)
    below = np.minimum(at.astype(np.intp), max(len(coarse) - 2, 0))
    above = np.minimum(below + 1, len(coarse) - 1)
    share = (at - below).astype(np.float32)[:, None]
    values = coarse.astype(np.float32)
    spread: Plane = values[below] * (1 - share) + values[above] * share
    return spread


def _noise(plane: Plane) -> float:
    """Return the standard deviation of the noise, from neighbours' differences (median absolute deviation)."""
    steps = np.abs(np.diff(plane[::2, ::2], axis=1))
    return float(np.median(steps)) * 1.4826 / 2**0.5


@dataclass(frozen=True, slots=True)
class _Runs:
    """Horizontal runs of pixels: row, first column, column after the last."""

    row: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]


def _runs(mask: NDArray[np.bool_]) -> _Runs:
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, start = np.nonzero(edges == 1)
    _, stop = np.nonzero(edges == -1)
    return _Runs(row, start, stop)


def _labels(runs: _Runs, width: int, *, diagonal: bool) -> NDArray[np.int64]:
    """Return for each run the number of the connected shape it belongs to."""
    count = len(runs.row)
    span = width + 2
    sides: tuple[Any, Any] = ("left", "right") if diagonal else ("right", "left")
    first = np.searchsorted(runs.row * span + runs.stop, (runs.row + 1) * span + runs.start, side=sides[0])
    last = np.searchsorted(runs.row * span + runs.start, (runs.row + 1) * span + runs.stop, side=sides[1])
    many = np.maximum(last - first, 0)
    upper = np.repeat(np.arange(count), many)
    lower = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)
    labels = np.arange(count)
    while True:
        least = np.minimum(labels[upper], labels[lower])
        before = labels.copy()
        np.minimum.at(labels, labels[upper], least)
        np.minimum.at(labels, labels[lower], least)
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels


def _shapes(lifted: Plane, threshold: float, *, diagonal: bool) -> Boxes:
    """Return ``(left, top, right, bottom, area, contrast)`` of each connected shape the size of a letter."""
    runs = _runs(lifted > threshold)
    if not len(runs.row):
        return np.empty((0, 6))
    labels = _labels(runs, lifted.shape[1], diagonal=diagonal)
    _, place = np.unique(labels, return_inverse=True)
    count = int(place.max()) + 1
    boxes = np.zeros((count, 6))
    boxes[:, :2] = np.inf
    np.minimum.at(boxes[:, 0], place, runs.start)
    np.minimum.at(boxes[:, 1], place, runs.row)
    np.maximum.at(boxes[:, 2], place, runs.stop)
    np.maximum.at(boxes[:, 3], place, runs.row + 1)
    length = runs.stop - runs.start
    np.add.at(boxes[:, 4], place, length)
    np.add.at(boxes[:, 5], place, lifted[runs.row, runs.start + length // 2] * length)  # the middle stands for the run
    boxes[:, 5] /= boxes[:, 4]
    clear: Boxes = boxes[boxes[:, 5] >= _CLEAR * threshold]
    return clear


def _is_line(shapes: Boxes) -> bool:
    """Say whether some of the shapes stand in one line as letters do."""
    letters = _letters(shapes)
    if len(letters) < _LETTERS:
        return False
    order = letters[np.argsort(letters[:, 3])]
    parent = list(range(len(order)))
    for one in range(len(order)):
        stop = int(np.searchsorted(order[:, 3], order[one, 3] + 0.3 * _HEIGHTS[1], side="right"))
        for other in np.nonzero(_beside(order[one], order[one + 1 : stop]))[0] + one + 1:
            parent[_root(parent, int(other))] = _root(parent, one)
    roots = np.array([_root(parent, one) for one in range(len(order))])
    values, counts = np.unique(roots, return_counts=True)
    return any(_reads_as_line(order[roots == value]) for value in values[counts >= _LETTERS])


def _area(shapes: Boxes) -> Any:
    return np.maximum((shapes[:, 2] - shapes[:, 0]) * (shapes[:, 3] - shapes[:, 1]), 1)


def _letters(shapes: Boxes) -> Boxes:
    width, height = shapes[:, 2] - shapes[:, 0], shapes[:, 3] - shapes[:, 1]
    fill = shapes[:, 4] / _area(shapes)
    fits = (height >= _HEIGHTS[0]) & (height <= _HEIGHTS[1]) & (width <= 1.8 * height) & (fill >= 0.18) & (fill <= 0.97)
    fits |= (height >= _HEIGHTS[0]) & (height <= _HEIGHTS[1]) & (width <= 0.4 * height) & (fill >= 0.5)
    letters: Boxes = shapes[fits]
    if len(letters) > _MOST_SHAPES:
        letters = letters[np.argsort(-letters[:, 5])[:_MOST_SHAPES]]
    return letters


def _beside(one: NDArray[Any], others: Boxes) -> Any:
    """Say which of the others could be the letter before or after this one."""
    height, heights = one[3] - one[1], others[:, 3] - others[:, 1]
    tall = np.maximum(height, heights)
    gap = np.maximum(others[:, 0] - one[2], one[0] - others[:, 2])
    like = (heights / height > 0.6) & (heights / height < 1.67)
    alike = (others[:, 5] / one[5] > 0.6) & (others[:, 5] / one[5] < 1.67)
    level = np.abs(others[:, 3] - one[3]) <= 0.25 * tall
    return like & alike & level & (gap >= -0.2 * tall) & (gap <= 0.9 * tall)


def _root(parent: list[int], one: int) -> int:
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one


def _reads_as_line(letters: Boxes) -> bool:
    """Say whether the letters of a line end at one height and are not all the same: ticks of a ruler are."""
    heights = letters[:, 3] - letters[:, 1]
    height = float(np.median(heights))
    middle = (letters[:, 0] + letters[:, 2]) / 2
    solid = float(np.median(letters[:, 4] / _area(letters))) > _SOLID
    if np.ptp(middle) < 1.8 * height or solid:
        return False
    slope, start = np.polyfit(middle, letters[:, 3], 1)
    away = np.abs(letters[:, 3] - (slope * middle + start))
    return abs(float(slope)) < 0.2 and float(np.mean(away < 0.2 * height)) >= 0.75
