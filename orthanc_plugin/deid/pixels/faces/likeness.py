"""How alike a volume and the template are: their mutual information, with its gradient over an affine."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.faces.template import template
from orthanc_plugin.deid.pixels.faces.volume import Volume
from orthanc_plugin.deid.pixels.late import ndimage

BINS = 32
RADIUS = 75.0  # mm: makes the twelve numbers of a pose alike in effect
_LEAST_INSIDE = 0.25
_GREYS = 64
_FADE = 2.0  # cells

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Points of the template (3 x n, mm from its middle) with the bins of their grey."""

    points: Floats
    bins: NDArray[np.intp]


def samples(step: int, share: float) -> Samples:
    """Return a fixed, scattered part of the points in and around the mean head, every `step` voxels."""
    model = template()
    smooth = ndimage.gaussian_filter(model.head.astype(np.float32), step / 2)
    around = ndimage.binary_dilation(model.head > 8, iterations=6)
    wanted = np.zeros(model.head.shape, np.bool_)
    wanted[::step, ::step, ::step] = True
    at = np.argwhere(wanted & around)
    at = at[np.random.default_rng(0).random(len(at)) < share]
    grey = smooth[tuple(at.T)] * (BINS / _GREYS)
    return Samples((at * model.step + model.first - middle()).T.copy(), np.clip(grey.astype(np.intp), 0, BINS - 1))


def middle() -> Floats:
    """Return the point of the template around which it is turned: amid the brain."""
    return np.array([0.0, 0.0, 10.0])


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A volume as the likeness looks at it: its grey in bins and the way from mm to cells."""

    grey: NDArray[np.float32]
    to_cells: Floats
    origin: Floats

    @classmethod
    def of(cls, grey: NDArray[np.float32], volume: Volume, blur: float) -> "Scene":
        """Return the scene of a volume, smoothed."""
        smooth = ndimage.gaussian_filter(grey, blur) if blur else grey
        return cls(
            np.ascontiguousarray(smooth * (BINS - 1.001)),
            np.asarray(np.linalg.inv(volume.axes), np.float64),
            volume.origin,
        )

    def look(self, points: Floats) -> "Glance":
        """Return what is seen at points in mm (3 x n); none but those inside."""
        cells = self.to_cells @ (points - self.origin[:, None])
        limits = np.array(self.grey.shape)[:, None] - 1.0
        near = np.minimum(cells, limits - cells)
        inside = (near[0] > 0) & (near[1] > 0) & (near[2] > 0)
        cells, near = cells[:, inside], near[:, inside]
        base = cells.astype(np.intp)
        rows, columns = self.grey.shape[1:]
        start = (base[0] * rows + base[1]) * columns + base[2]
        flat = self.grey.ravel()
        corner = [flat[start + ((k * rows + r) * columns + c)] for k in (0, 1) for r in (0, 1) for c in (0, 1)]
        value, slope = _trilinear(corner, cells - base)
        weight, fall = _fading(near / _FADE, np.where(cells < limits / 2, 1.0, -1.0) / _FADE)
        return Glance(value, self.to_cells.T @ slope, weight, self.to_cells.T @ fall, inside)


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """Grey and weight of the points inside, the gradients of both (3 x n, per mm), and which points they are."""

    value: Floats
    slope: Floats
    weight: Floats
    fall: Floats
    inside: NDArray[np.bool_]


def _fading(near: Floats, inwards: Floats) -> tuple[Floats, Floats]:
    """Return weights that fall to 0 over the last two cells: else the likeness would jump as points leave."""
    a, b, c = np.minimum(near, 1.0)
    return a * b * c, inwards * (near < 1.0) * np.stack([b * c, a * c, a * b])


def _trilinear(corner: list[NDArray[np.float32]], f: Floats) -> tuple[Floats, Floats]:
    a, b, c = f
    along = [corner[i] + (corner[i + 1] - corner[i]) * c for i in (0, 2, 4, 6)]
    slope = [corner[i + 1] - corner[i] for i in (0, 2, 4, 6)]
    low, high = along[0] + (along[1] - along[0]) * b, along[2] + (along[3] - along[2]) * b
    by_row = (along[1] - along[0]) * (1 - a) + (along[3] - along[2]) * a
    by_column = (slope[0] * (1 - b) + slope[1] * b) * (1 - a) + (slope[2] * (1 - b) + slope[3] * b) * a
    return low + (high - low) * a, np.stack([high - low, by_row, by_column])


def mutual_information(scene: Scene, drawn: Samples, matrix: Floats, shift: Floats) -> tuple[float, Floats]:
    """Return the mutual information (nats) under an affine, and its gradient.

    Parameters
    ----------
    scene, drawn : Scene, Samples
        The volume, and the points of the template.
    matrix, shift : ndarray
        From the template's mm (from its middle) to the patient's.

    Returns
    -------
    float, ndarray
        The gradient is for the matrix (row by row, per 1 / 75 mm) and the shift: 12 numbers. All 0 where fewer than a
        quarter of the points lie in the volume.
    """
    seen = scene.look(matrix @ drawn.points + shift[:, None])
    total = float(seen.weight.sum())
    if total < _LEAST_INSIDE * len(drawn.bins):
        return 0.0, np.zeros(12)
    low = seen.value.astype(np.intp)
    part = seen.value - low
    cell = drawn.bins[seen.inside] * BINS + low
    joint = np.bincount(cell, (1 - part) * seen.weight, BINS * BINS + 1)
    joint += np.bincount(cell + 1, part * seen.weight, BINS * BINS + 1)
    logs = _logs(joint[:-1].reshape(BINS, BINS) / total)
    found = float((joint * logs).sum()) / total
    each = logs[cell] + (logs[cell + 1] - logs[cell]) * part
    pull = (logs[cell + 1] - logs[cell]) * seen.weight * seen.slope + (each - found) * seen.fall
    pull /= total
    return found, np.concatenate([(pull @ drawn.points[:, seen.inside].T / RADIUS).ravel(), pull.sum(axis=1)])


def _logs(joint: Floats) -> Floats:
    """Return, for each pair of bins and one more, the logarithm of how much oftener they meet than by chance."""
    chance = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    return np.append(np.log((joint + 1e-8) / (chance + 1e-8)).ravel(), 0.0)
