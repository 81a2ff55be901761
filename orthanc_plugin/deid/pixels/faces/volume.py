"""A volume of cells of 4 mm, gathered from slices that come in any order, in bounded memory."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from orthanc_plugin.deid.pixels.faces.geometry import Geometry, Rescale, Vector

CELL = 4.0  # mm
_BIN = 3.0  # mm: slices whose middles lie in one bin are averaged
_MOST_BINS, _MOST_CELLS = 800, 192  # 2.4 m, and 770 mm across before cells become larger
_LEAST_SLICES, _LEAST_EXTENT, _WIDEST_GAP = 20, 40.0, 8.0

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
    """

    values: NDArray[np.float32]
    axes: NDArray[np.float64]
    origin: Vector


@dataclass(slots=True)
class _Bin:
    total: Plane
    count: int
    position: Vector


@dataclass(slots=True)
class Stack:
    """Slices of one orientation and one size, joined to cells as they come.

    At most 800 x 192 x 192 cells are kept (118 MB); what lies beyond is counted in `dropped`.
    """

    first: Geometry
    shape: tuple[int, int]
    bins: dict[int, _Bin] = field(default_factory=dict)
    places: set[int] = field(default_factory=set)
    dropped: int = 0

    def takes(self, shape: tuple[int, ...], geometry: Geometry) -> bool:
        """Say whether a slice is of this stack's size and orientation."""
        first = self.first
        spacing = np.array([geometry.row_spacing / first.row_spacing, geometry.column_spacing / first.column_spacing])
        turned = np.array(geometry.across) @ np.array(first.across), np.array(geometry.down) @ np.array(first.down)
        return shape == self.shape and bool(np.all(np.abs(spacing - 1) < 0.01)) and min(turned) > 0.9995

    def add(self, plane: NDArray[np.generic], geometry: Geometry, rescale: Rescale) -> None:
        """Take one slice."""
        height = float(np.array(geometry.position) @ self.first.normal)
        key = round(height / _BIN)
        if key not in self.bins and len(self.bins) >= _MOST_BINS:
            self.dropped += 1
            return
        cells = _means(plane, *self.block) * np.float32(rescale.slope) + np.float32(rescale.intercept)
        self.places.add(round(height * 10))
        known = self.bins.get(key)
        if known is None:
            self.bins[key] = _Bin(cells, 1, np.array(geometry.position))
        else:
            known.total += cells
            known.count += 1
            known.position += np.array(geometry.position)

    @property
    def block(self) -> tuple[int, int]:
        """Return how many rows and columns become one cell."""
        spacing = self.first.row_spacing, self.first.column_spacing
        down, across = (
            max(1, int(CELL / step + 0.2), -(-side // _MOST_CELLS))
            for step, side in zip(spacing, self.shape, strict=True)
        )
        return down, across

    @property
    def is_volume(self) -> bool:
        """Say whether a surface can be rendered from it: 20 slices, 40 mm, and mostly no gaps above 8 mm."""
        heights = np.sort(np.array(list(self.places))) / 10
        if len(heights) < _LEAST_SLICES or np.ptp(heights) < _LEAST_EXTENT:
            return False
        return float(np.median(np.diff(heights))) <= _WIDEST_GAP

    def volume(self) -> Volume:
        """Return what was gathered, on a grid of 4 mm along the slices' own axes."""
        ordered = [self.bins[key] for key in sorted(self.bins)]
        values = np.stack([one.total / np.float32(one.count) for one in ordered])
        positions = np.stack([one.position / one.count for one in ordered])
        turned = np.column_stack([self.first.normal, self.first.down, self.first.across])
        local = positions @ turned  # mm along normal, down, across
        steps = np.array([self.first.row_spacing, self.first.column_spacing]) * self.block
        corner = local[:, 1:].mean(axis=0) + (steps - steps / self.block) / 2
        _straighten(values, (local[:, 1:] - local[:, 1:].mean(axis=0)) / steps)
        heights = np.maximum.accumulate(local[:, 0] + np.arange(len(local)) * 1e-6)
        values = np.einsum("ab,bcd->acd", _weights(heights), values)
        for axis, step in ((1, steps[0]), (2, steps[1])):
            share = _weights(np.arange(values.shape[axis]) * step)
            values = np.moveaxis(np.tensordot(share, values, (1, axis)), 0, axis)
        start = turned @ np.array([heights[0], *corner])
        return Volume(np.ascontiguousarray(values, np.float32), turned * CELL, start)


def _means(plane: NDArray[np.generic], down: int, across: int) -> Plane:
    """Return the means of blocks; at the edges the last row and column are repeated."""
    rows, columns = plane.shape
    values = plane.astype(np.float32)
    if rows % down or columns % across:
        values = np.pad(values, ((0, -rows % down), (0, -columns % across)), mode="edge")
    blocks = values.reshape(values.shape[0] // down, down, values.shape[1] // across, across)
    return np.asarray(np.nan_to_num(blocks.mean(axis=(1, 3)), posinf=0, neginf=0), np.float32)


def _straighten(values: Plane, offsets: NDArray[np.float64]) -> None:
    """Move the planes of a tilted gantry, in place, to where they lie (offsets in cells)."""
    if np.abs(offsets).max() < 0.25:
        return
    for plane, offset in zip(values, offsets, strict=True):
        plane[:] = ndimage.shift(plane, offset, order=1, mode="nearest")


def _weights(places: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the matrix that interpolates, linearly, from places (mm, rising) to steps of 4 mm."""
    wanted = places[0] + np.arange(int((places[-1] - places[0]) / CELL) + 1) * CELL
    at = np.interp(wanted, places, np.arange(len(places)))
    below = np.minimum(at.astype(int), max(len(places) - 2, 0))
    weights = np.zeros((len(wanted), len(places)), np.float32)
    weights[np.arange(len(wanted)), below] = 1 - (at - below)
    weights[np.arange(len(wanted)), np.minimum(below + 1, len(places) - 1)] += at - below
    return weights
