"""Bodies made of ellipsoids, in Hounsfield units: enough anatomy for a viewer, a surface rendering and a test."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.stack.samples.model import SEED

AIR, FAT, WATER, MUSCLE, BRAIN, BONE, LUNG = -1000, -90, 5, 50, 38, 900, -820
_NOISE = 9.0  # standard deviation, Hounsfield units


@dataclass(frozen=True)
class Ellipsoid:
    """A solid body: centre and half-axes in millimetres (left to right, front to back, foot to head)."""

    centre: tuple[float, float, float]
    axes: tuple[float, float, float]
    density: int


@dataclass(frozen=True)
class Grid:
    """Where the voxels lie.

    Attributes
    ----------
    size
        Rows and columns of a slice.
    pixel, slice
        Distances between voxels in millimetres.
    bottom
        Height of the lowest slice in millimetres.
    count
        Number of slices.
    """

    size: int
    pixel: float
    slice: float
    bottom: float
    count: int


HEAD = (
    Ellipsoid((0, 0, 0), (78, 98, 112), FAT),
    Ellipsoid((0, -100, -30), (13, 20, 16), FAT),  # nose
    Ellipsoid((-80, 8, -18), (8, 18, 28), FAT),  # ears
    Ellipsoid((80, 8, -18), (8, 18, 28), FAT),
    Ellipsoid((0, -82, -72), (24, 16, 14), FAT),  # chin
    Ellipsoid((0, 0, 4), (73, 92, 104), BONE),
    Ellipsoid((0, 0, 6), (66, 85, 97), BRAIN),
    Ellipsoid((-30, -74, -12), (15, 16, 14), AIR),  # orbits, and the eyes in them
    Ellipsoid((30, -74, -12), (15, 16, 14), AIR),
    Ellipsoid((-30, -80, -12), (12, 12, 12), WATER),
    Ellipsoid((30, -80, -12), (12, 12, 12), WATER),
    Ellipsoid((-14, -6, 16), (7, 28, 18), WATER),  # ventricles
    Ellipsoid((14, -6, 16), (7, 28, 18), WATER),
    Ellipsoid((0, -84, -40), (15, 14, 18), AIR),  # sinus
)
CHEST = (
    Ellipsoid((0, 0, 0), (172, 112, 400), FAT),
    Ellipsoid((0, 0, 0), (158, 98, 400), MUSCLE),
    Ellipsoid((0, 0, 0), (148, 88, 400), BONE),  # the ribs' cage, thinned by what lies inside
    Ellipsoid((0, 0, 0), (144, 84, 400), FAT),
    Ellipsoid((-74, -4, 0), (58, 74, 130), LUNG),
    Ellipsoid((74, -4, 0), (58, 74, 130), LUNG),
    Ellipsoid((22, -22, -20), (50, 44, 56), MUSCLE),  # heart
    Ellipsoid((0, 66, 0), (20, 17, 400), BONE),  # spine
    Ellipsoid((16, 44, 0), (12, 12, 400), MUSCLE),  # aorta
    Ellipsoid((-86, -22, 8), (11, 10, 10), MUSCLE),  # a nodule, the finding worth teaching
)


def slices(body: tuple[Ellipsoid, ...], grid: Grid) -> list[NDArray[np.int16]]:
    """Return the slices of `body` from the lowest up, in Hounsfield units, the same ones at every call."""
    noise = np.random.default_rng(sum(SEED.encode()))
    half = grid.size * grid.pixel / 2
    line = np.arange(grid.size) * grid.pixel - half
    across, along = np.meshgrid(line, line)
    heights = [grid.bottom + grid.slice * index for index in range(grid.count)]
    return [_slice(body, across, along, height, noise) for height in heights]


def _slice(
    body: tuple[Ellipsoid, ...],
    across: NDArray[np.float64],
    along: NDArray[np.float64],
    height: float,
    noise: np.random.Generator,
) -> NDArray[np.int16]:
    values = np.full(across.shape, float(AIR))
    for part in body:
        (x, y, z), (a, b, c) = part.centre, part.axes
        inside = ((across - x) / a) ** 2 + ((along - y) / b) ** 2 + ((height - z) / c) ** 2 <= 1
        values[inside] = part.density
    values += noise.normal(0.0, _NOISE, values.shape)
    whole: NDArray[np.int16] = np.clip(np.rint(values), -1024, 3071).astype(np.int16)
    return whole
