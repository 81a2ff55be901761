"""A stack of slices that come in any order, joined to cells of 4 mm in bounded memory."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.faces.geometry import Geometry, Rescale, Vector
from orthanc_plugin.deid.pixels.faces.volume import CELL, Plane, Volume, bounded, means, straighten, weights

_BIN = 3.0  # mm: slices whose middles lie in one bin are averaged
_MOST_BINS, _MOST_CELLS = 800, 192  # 2.4 m, and 770 mm across before cells become larger
_LONGEST, _WIDEST = 2400.0, 900.0  # mm: no body is larger, and neither is what `volume` returns (121 MB)
_LEAST_SLICES, _LEAST_EXTENT, _WIDEST_GAP = 20, 40.0, 8.0


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
        cells = means(plane, *self.block).astype(np.float64) * rescale.slope + rescale.intercept
        self.places.add(round(height * 10))
        known = self.bins.get(key)
        if known is None:
            self.bins[key] = _Bin(bounded(cells), 1, np.array(geometry.position))
        else:
            known.total += bounded(cells)
            known.count += 1
            known.position += np.array(geometry.position)

    @property
    def block(self) -> tuple[int, int]:
        """Return how many rows and columns become one cell."""
        spacing = self.first.row_spacing, self.first.column_spacing
        down, across = (
            max(1, min(int(CELL / step + 0.2), side), -(-side // _MOST_CELLS))
            for step, side in zip(spacing, self.shape, strict=True)
        )
        return down, across

    @property
    def is_too_large(self) -> bool:
        """Say whether it is larger than a body, or its slices lie farther apart than one is long."""
        heights = np.array(list(self.places)) / 10
        sides = np.array(self.shape) * (self.first.row_spacing, self.first.column_spacing)
        return bool(self.dropped or np.ptp(heights) > _LONGEST or sides.max() > _WIDEST)

    @property
    def is_volume(self) -> bool:
        """Say whether a surface can be rendered from it: 20 slices, 40 mm, and mostly no gaps above 8 mm."""
        heights = np.array(list(self.places)) / 10
        long = len(heights) >= _LEAST_SLICES and float(np.ptp(heights)) >= _LEAST_EXTENT
        return long and self.gap <= _WIDEST_GAP

    @property
    def gap(self) -> float:
        """Return how many mm there mostly are from one slice to the next."""
        return float(np.median(np.diff(sorted(self.places)))) / 10 if len(self.places) > 1 else 0.0

    def volume(self) -> Volume:
        """Return what was gathered, on a grid of 4 mm along the slices' own axes."""
        ordered = [self.bins[key] for key in sorted(self.bins)]
        values = np.stack([one.total / np.float32(one.count) for one in ordered])
        positions = np.stack([one.position / one.count for one in ordered])
        turned = np.column_stack([self.first.normal, self.first.down, self.first.across])
        local = positions @ turned  # mm along normal, down, across
        steps = np.array([self.first.row_spacing, self.first.column_spacing]) * self.block
        corner = local[:, 1:].mean(axis=0) + (steps - steps / self.block) / 2
        straighten(values, (local[:, 1:] - local[:, 1:].mean(axis=0)) / steps)
        heights = np.maximum.accumulate(local[:, 0] + np.arange(len(local)) * 1e-6)
        values = np.einsum("ab,bcd->acd", weights(heights), values)
        for axis, step in ((1, steps[0]), (2, steps[1])):
            share = weights(np.arange(values.shape[axis]) * step)
            values = np.moveaxis(np.tensordot(share, values, (1, axis)), 0, axis)
        start = turned @ np.array([heights[0], *corner])
        return Volume(np.ascontiguousarray(values, np.float32), turned * CELL, start, self.gap)
