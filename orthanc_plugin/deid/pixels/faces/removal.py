"""Which voxels of a fitted head are removed: the template's face, grown to the brow and the ears of this very head."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from orthanc_plugin.deid.pixels.faces.appearance import Appearance
from orthanc_plugin.deid.pixels.faces.fitting import Pose
from orthanc_plugin.deid.pixels.faces.geometry import Geometry
from orthanc_plugin.deid.pixels.faces.likeness import middle
from orthanc_plugin.deid.pixels.faces.template import template
from orthanc_plugin.deid.pixels.faces.volume import Volume

_UP, _DEEP = 14.0, 14.0  # mm: the growth upwards, and how far behind the first tissue seen from the front
_AIR_GREY = 8
_BELOW = 60.0  # mm: how far the face goes on below the template

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class FaceMask:
    """What to remove of a head, to be asked for slice by slice.

    Attributes
    ----------
    removed : ndarray
        Bool, on the template's grid.
    pose : Pose
        From the template to the patient.
    share : float
        The part of the head's tissue that is removed.
    """

    removed: Bools
    pose: Pose
    share: float

    def mask_for(self, geometry: Geometry, shape: tuple[int, int]) -> Bools:
        """Return which stored pixels of a slice are to be removed.

        Parameters
        ----------
        geometry : Geometry
            Of the slice or frame, as `geometry_of` says.
        shape : tuple of int
            Rows and columns.

        Returns
        -------
        ndarray
            Bool, (rows, columns): the face with the air before it. False everywhere for a slice that misses it.
        """
        model = template()
        inverse = np.linalg.inv(self.pose.matrix)
        start = inverse @ (np.array(geometry.position) - self.pose.shift) + middle() - model.first
        down, across = (inverse @ geometry.steps).T / model.step
        found = np.ones(shape, np.bool_)
        at = []
        for axis in range(3):
            place = (start[axis] / model.step + np.arange(shape[0]) * down[axis])[:, None]
            place = np.rint(place + np.arange(shape[1]) * across[axis])
            if axis == 2:
                found &= place >= -_BELOW / model.step
            at.append(np.clip(place, 0, model.head.shape[axis] - 1).astype(np.intp))
        return np.asarray(found & self.removed[tuple(at)])


def face_mask(volume: Volume, seen: Appearance, pose: Pose) -> FaceMask:
    """Return the mask of a fitted head: the template's face, and up to 14 mm above it near the front; no brain."""
    model = template()
    tissue = on_template(volume, seen.tissue, pose)
    up = round(_UP / model.step)
    grown = ndimage.binary_dilation(model.face, _line(2, up))
    removed = model.face | (grown & _within(tissue, _DEEP))
    removed = _with_air_before(removed & ~model.inner)
    head = int(tissue.sum())
    return FaceMask(removed, pose, float((removed & tissue).sum() / max(head, 1)))


def on_template(volume: Volume, mask: Bools, pose: Pose) -> Bools:
    """Return a mask of the volume's cells on the template's grid; False beyond the volume."""
    model = template()
    to_cells = np.linalg.inv(volume.axes)
    start = to_cells @ (pose.to_patient(model.first - middle()) - volume.origin)
    steps = to_cells @ pose.matrix * model.step
    x, y, z = (np.arange(side, dtype=np.float32) for side in model.head.shape)
    found = np.ones(model.head.shape, np.bool_)
    at = []
    for axis, size in enumerate(mask.shape):
        along = (steps[axis, 0] * x)[:, None, None] + (steps[axis, 1] * y)[:, None] + np.float32(start[axis])
        place = np.rint(along + steps[axis, 2] * z).astype(np.int32)
        found &= (place >= 0) & (place < size)
        at.append(np.clip(place, 0, size - 1))
    return np.asarray(found & mask[tuple(at)])


@cache
def template_tissue() -> Bools:
    """Return where the mean head is, on its own grid."""
    return np.asarray(ndimage.binary_closing(template().head > _AIR_GREY, iterations=3))


def _line(axis: int, above: int) -> Bools:
    """Return a structure that grows a mask towards higher indices of an axis."""
    shape = [1, 1, 1]
    shape[axis] = 2 * above + 1
    line = np.zeros(2 * above + 1, np.bool_)
    line[above:] = True
    return line.reshape(shape)


def _within(tissue: Bools, depth: float) -> Bools:
    """Return what lies before the first tissue seen from the front, or at most so many mm behind it."""
    first = np.where(tissue.any(axis=1), tissue.argmax(axis=1), 0)
    rows = np.arange(tissue.shape[1])[None, :, None]
    return np.asarray((rows - first[:, None]) * template().step <= depth)


def _with_air_before(removed: Bools) -> Bools:
    """Return it with everything before it, so that no outline stays in noise."""
    return np.asarray(np.logical_or.accumulate(removed[:, ::-1], axis=1)[:, ::-1])
