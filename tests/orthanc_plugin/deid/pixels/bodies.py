"""Phantoms of parts of the body, of ellipsoids and cylinders in patient space: Hounsfield units, or grey as in MR."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float32]
Shape = NDArray[np.bool_]
AIR, FAT, SOFT, BRAIN, BONE, LUNG, MARROW = range(7)
HOUNSFIELD = (-1000.0, -90.0, 45.0, 36.0, 800.0, -830.0, 180.0)
T1 = (8.0, 900.0, 380.0, 560.0, 40.0, 20.0, 820.0)
T2 = (8.0, 700.0, 250.0, 480.0, 30.0, 20.0, 600.0)


@dataclass(frozen=True)
class Space:
    """A grid of patient space around its middle, mm: left, posterior, superior; arrays are (slices, rows, columns)."""

    step: float = 3.0
    size: tuple[float, float, float] = (240.0, 300.0, 360.0)  # above, behind, left

    def axes(self) -> list[Grid]:
        ticks = [np.arange(-side / 2, side / 2, self.step, dtype=np.float32) for side in self.size]
        z, y, x = np.meshgrid(*ticks, indexing="ij")
        return [x, y, z]


class Phantom:
    """A body under construction: later shapes cover earlier ones."""

    def __init__(self, space: Space) -> None:
        self.x, self.y, self.z = space.axes()
        self.kinds = np.zeros(self.x.shape, np.int8)

    def ball(self, kind: int, at: tuple[float, float, float], radii: tuple[float, float, float]) -> None:
        away = sum(((a - c) / r) ** 2 for a, c, r in zip((self.x, self.y, self.z), at, radii, strict=True))
        self.kinds[np.asarray(away) < 1] = kind

    def rod(self, kind: int, at: tuple[float, float], radii: tuple[float, float], taper: float = 0.0) -> None:
        """Along the body: an ellipse of x and y, thinner upwards by taper (mm per mm)."""
        grown = 1 - taper * self.z
        away = ((self.x - at[0]) / (radii[0] * grown)) ** 2 + ((self.y - at[1]) / (radii[1] * grown)) ** 2
        self.kinds[away < 1] = kind

    def shell(self, kind: int, radii: tuple[float, float], thickness: float, where: Shape) -> None:
        """A tube along the body, where wanted: ribs, pelvis."""
        r = np.hypot(self.x / radii[0], self.y / radii[1])
        self.kinds[(np.abs(r - 1) * min(radii) < thickness) & where] = kind

    def shown(self, table: tuple[float, ...], noise: float, seed: int) -> Grid:
        values = np.array(table, np.float32)[self.kinds]
        return values + np.random.default_rng(seed).normal(0, noise, values.shape).astype(np.float32)


def head(space: Space, size: float = 1.0) -> Phantom:
    """A head with neck, nose, eyes and ears; more crude than any real one."""
    made = Phantom(space)
    made.z = made.z + 10
    s = size
    made.ball(SOFT, (0, 0, 0), (76 * s, 96 * s, 88 * s))
    made.rod(SOFT, (0, 15 * s), (58 * s, 62 * s))
    made.kinds[made.z > 90 * s] = AIR
    made.ball(SOFT, (0, 0, 20 * s), (76 * s, 96 * s, 84 * s))
    made.kinds[(made.z < -10 * s) & (made.y > 80 * s)] = AIR
    made.ball(SOFT, (0, -94 * s, -35 * s), (12 * s, 18 * s, 18 * s))
    for side in (-1, 1):
        made.ball(SOFT, (side * 78 * s, 8 * s, -28 * s), (7 * s, 13 * s, 26 * s))
    made.ball(BONE, (0, 0, 20 * s), (70 * s, 89 * s, 78 * s))
    made.ball(BRAIN, (0, 1 * s, 20 * s), (63 * s, 82 * s, 71 * s))
    for side in (-1, 1):
        made.ball(FAT, (side * 32 * s, -68 * s, -22 * s), (18 * s, 24 * s, 18 * s))
        made.ball(SOFT, (side * 32 * s, -78 * s, -22 * s), (12 * s, 12 * s, 12 * s))
    made.ball(AIR, (0, -62 * s, -42 * s), (10 * s, 28 * s, 20 * s))
    made.ball(BONE, (0, 35 * s, -75 * s), (18 * s, 18 * s, 60 * s))
    return made


def legs(space: Space) -> Phantom:
    made = Phantom(space)
    for side in (-1, 1):
        made.rod(FAT, (side * 80, 0), (66, 70), 0.0008)
        made.rod(SOFT, (side * 80, 0), (56, 60), 0.0008)
        made.rod(BONE, (side * 80, -5), (16, 16))
        made.rod(MARROW, (side * 80, -5), (8, 8))
    return made


def knee(space: Space) -> Phantom:
    made = Phantom(space)
    made.rod(FAT, (0, 0), (68, 70))
    made.rod(SOFT, (0, 5), (60, 58))
    for at, radii in (((0, 0, 45), (44, 36, 42)), ((0, 0, -40), (42, 34, 34))):
        made.ball(BONE, at, radii)
        made.ball(MARROW, at, (radii[0] - 4, radii[1] - 4, radii[2] - 4))
    made.ball(BONE, (0, -52, 20), (22, 10, 24))
    return made


def chest(space: Space) -> Phantom:
    made = Phantom(space)
    made.rod(FAT, (0, 0), (165, 115))
    made.rod(SOFT, (0, 0), (150, 102))
    made.shell(BONE, (138, 92), 5, (np.sin(made.z / 4.5 + np.abs(made.y) / 14) > 0.1) & (np.abs(made.x) > 15))
    for side in (-1, 1):
        made.ball(LUNG, (side * 70, 5, 0), (58, 78, 150))
    made.ball(SOFT, (20, -25, -30), (58, 48, 60))
    made.rod(BONE, (0, 72), (20, 18))
    return made


def abdomen(space: Space) -> Phantom:
    made = Phantom(space)
    made.rod(FAT, (0, 0), (165, 115))
    made.rod(SOFT, (0, 5), (140, 92))
    made.ball(BRAIN, (-70, -10, 20), (70, 70, 80))
    made.rod(FAT, (0, 5), (50, 40))
    for side in (-1, 1):
        made.ball(SOFT, (side * 65, 50, -30), (28, 28, 55))
    made.rod(BONE, (0, 60), (22, 20))
    return made


def pelvis(space: Space) -> Phantom:
    made = Phantom(space)
    made.rod(FAT, (0, 0), (170, 115))
    made.rod(SOFT, (0, 0), (150, 95))
    made.shell(BONE, (110, 75), 7, (np.abs(made.z) < 60) & (made.y > -40))
    made.ball(SOFT, (0, -20, -20), (45, 40, 40))
    for side in (-1, 1):
        made.ball(BONE, (side * 115, 0, -70), (26, 26, 28))
        made.ball(MARROW, (side * 115, 0, -70), (22, 22, 24))
    return made


def bottle(space: Space) -> Phantom:
    """What a physicist scans."""
    made = Phantom(space)
    made.rod(SOFT, (0, 0), (85, 85))
    return made


def breasts(space: Space) -> Phantom:
    made = chest(space)
    for side in (-1, 1):
        made.ball(FAT, (side * 80, -120, 0), (58, 60, 65))
        made.ball(SOFT, (side * 80, -130, 0), (34, 36, 40))
    return made


BODIES: dict[str, Callable[[Space], Phantom]] = {
    one.__name__: one for one in (legs, knee, chest, abdomen, pelvis, bottle, breasts)
}
