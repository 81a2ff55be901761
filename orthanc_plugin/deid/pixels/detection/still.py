"""What stands still in a moving picture: the mean of its frames, and a map of what does not change over time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.late import ndimage

Picture = NDArray[np.uint8]

FEWEST = 6
"""Frames from which on stillness says something."""

_AROUND = 41  # pixels of the window in which movement is asked for
_MOVES, _SHARE = 3.0, 0.25  # grey levels over time; of the window's pixels
_STILL = 0.35  # of the deviation that moving pixels have
_DARKEST = 8.0  # grey levels: what is black does not move either
_BLUR = 0.6
_SEEN, _MARGIN = 4.0, 48  # grey levels on the mean of 3 x 3; pixels around what changed that are looked at with it


class Frames(Protocol):
    """Pictures of one size that can be gone through again and again, and are not all held at once."""

    def __iter__(self) -> Iterator[Picture]:
        """Begin with the first frame again."""
        ...

    def __len__(self) -> int:
        """Say how many there are."""
        ...


@dataclass(frozen=True, slots=True)
class OverTime:
    """The mean and the standard deviation of each pixel over the frames, grey levels.

    The mean of several frames is that without the darkest and the brightest, so that it does not show what stands in
    one frame alone.
    """

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]


def over_time(frames: Frames) -> OverTime:
    """Return mean and deviation of each pixel; six planes are held, however many frames there are."""
    first: NDArray[np.float64] | None = None
    total = squares = np.zeros(())
    low = high = np.zeros(())
    count = 0
    for frame in frames:
        plane = grey(frame).astype(np.float64)
        if first is None:
            first = low = high = plane
        low, high = np.minimum(low, plane), np.maximum(high, plane)
        total, squares, count = total + (plane - first), squares + (plane - first) ** 2, count + 1
    if first is None:
        return OverTime(np.zeros((0, 0), np.float32), np.zeros((0, 0), np.float32))
    mean = total / count
    variance = np.maximum(squares / count - mean * mean, 0)
    mean = (total - (low - first) - (high - first)) / (count - 2) if count >= FEWEST else mean
    return OverTime((mean + first).astype(np.float32), np.sqrt(variance).astype(np.float32))


def grey(picture: Picture) -> Picture:
    """Return a picture without its colours."""
    return picture if picture.ndim == 2 else picture.mean(axis=-1).astype(np.uint8)


def still_map(time: OverTime) -> Picture | None:
    """Return what stands still amid movement, white on black; None where nothing moves.

    It knows no scale: the noise of a lossy format raises the deviation of still and moving parts alike.
    """
    moving = ndimage.uniform_filter((time.deviation > _MOVES).astype(np.float32), _AROUND, mode="nearest") >= _SHARE
    if not moving.any():
        return None
    typical = float(np.median(time.deviation[moving]))
    still = moving & (time.deviation < _STILL * typical) & (time.mean > _DARKEST)
    soft = ndimage.gaussian_filter(still.astype(np.float32) * 255, _BLUR)
    shown: Picture = soft.clip(0, 255).astype(np.uint8)
    return shown


def changed(picture: Picture, before: Picture | None) -> tuple[slice, slice] | None:
    """Return the rows and columns in which a frame differs from one already looked at; None where it does not.

    A letter's stroke is several pixels of one tone: differences below four levels on the mean of 3 x 3 are none, so
    that frames that differ by the noise of a lossy format are looked at once. A stroke of one pixel is twelve levels.
    """
    rows, columns = picture.shape[:2]
    if before is None or before.shape != picture.shape:
        return slice(0, rows), slice(0, columns)
    apart = picture.astype(np.float32) - before
    window = (3, 3, 1)[: apart.ndim]
    seen = np.abs(ndimage.uniform_filter(apart, window, mode="nearest")) >= _SEEN
    seen = seen if seen.ndim == 2 else seen.any(axis=-1)
    down, across = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(down):
        return None
    return (
        slice(max(int(down[0]) - _MARGIN, 0), min(int(down[-1]) + _MARGIN, rows)),
        slice(max(int(across[0]) - _MARGIN, 0), min(int(across[-1]) + _MARGIN, columns)),
    )
