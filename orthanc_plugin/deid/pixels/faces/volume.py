"""A volume of cells of 4 mm, and how slices become cells."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.faces.geometry import Vector
from orthanc_plugin.deid.pixels.late import ndimage

CELL = 4.0  # mm
_MOST = 1e9  # of a value

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Volume:
    """Values on a grid of 4 mm, and where it lies.

    Attributes
    ----------
    values : ndarray
        Float32, (across slices, rows, columns).
    axes : ndarray
        3 x 3; its columns are the ways in mm from one cell to the next, along each axis of `values`.
    origin : ndarray
        Centre of the first cell, mm.
    gap : float
        mm between the slices it was gathered from.
    """

    values: NDArray[np.float32]
    axes: NDArray[np.float64]
    origin: Vector
    gap: float = 0.0


def means(plane: NDArray[np.generic], down: int, across: int) -> Plane:
    """Return the means of blocks; at the edges the last row and column are repeated."""
    rows, columns = plane.shape
    values = plane.astype(np.float32)
    if rows % down or columns % across:
        values = np.pad(values, ((0, -rows % down), (0, -columns % across)), mode="edge")
    blocks = values.reshape(values.shape[0] // down, down, values.shape[1] // across, across)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)


def bounded(cells: NDArray[np.float64]) -> Plane:
    """Return values without infinities and what is no number, so that none spoils its neighbours."""
    return np.clip(np.nan_to_num(cells, posinf=0.0, neginf=0.0), -_MOST, _MOST).astype(np.float32)


def straighten(values: Plane, offsets: NDArray[np.float64]) -> None:
    """Move the planes of a tilted gantry, in place, to where they lie (offsets in cells)."""
    if np.abs(offsets).max() < 0.25:
        return
    for plane, offset in zip(values, offsets, strict=True):
        plane[:] = ndimage.shift(plane, offset, order=1, mode="nearest")


def weights(places: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the matrix that interpolates, linearly, from places (mm, rising) to steps of 4 mm."""
    wanted = places[0] + np.arange(int((places[-1] - places[0]) / CELL) + 1) * CELL
    at = np.interp(wanted, places, np.arange(len(places)))
    below = np.minimum(at.astype(int), max(len(places) - 2, 0))
    weights = np.zeros((len(wanted), len(places)), np.float32)
    weights[np.arange(len(wanted)), below] = 1 - (at - below)
    weights[np.arange(len(wanted)), np.minimum(below + 1, len(places) - 1)] += at - below
    return weights
