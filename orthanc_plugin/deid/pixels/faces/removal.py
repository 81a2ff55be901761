"""Which voxels of a fitted head are removed: the template's face, grown to the brow and the ears of this very head."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.faces.appearance import Appearance
from orthanc_plugin.deid.pixels.faces.fitting import Pose
from orthanc_plugin.deid.pixels.faces.geometry import Geometry
from orthanc_plugin.deid.pixels.faces.likeness import middle
from orthanc_plugin.deid.pixels.faces.template import template
from orthanc_plugin.deid.pixels.faces.volume import Volume
from orthanc_plugin.deid.pixels.late import ndimage

_GROWTH = ((14.0, 14.0), (34.0, 6.0))  # mm upwards, and behind the first tissue seen from the front: eyes, then brow
_EAR = (slice(62, 96), slice(22, 57))  # voxels of the template, from the front and from below: around both ears
_EAR_DEEP = 14.0  # mm
_FINE_GAP = 2.0  # mm between slices: coarser ones move a surface
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
    """Return the mask of a fitted head: face, brow and ears with the air before them, and nothing of the inner head."""
    tissue = on_template(volume, seen.tissue, pose)
    removed = _removed(tissue, _blur(volume, pose, 1), _blur(volume, pose, 0))
    return FaceMask(removed, pose, float((removed & tissue).sum() / max(int(tissue.sum()), 1)))


@cache
def typical_mask() -> Bools:
    """Return what would be removed of the mean head itself."""
    return _removed(template_tissue(), 0.0, 0.0)


def _blur(volume: Volume, pose: Pose, axis: int) -> float:
    """Return by how many mm a surface may be misplaced along an axis of the template, for slices that lie apart."""
    way = pose.matrix[:, axis] / np.linalg.norm(pose.matrix[:, axis])
    across = volume.axes[:, 0] / np.linalg.norm(volume.axes[:, 0])
    return 1.5 * max(volume.gap - _FINE_GAP, 0.0) * abs(float(way @ across))


def _removed(tissue: Bools, front_blur: float, side_blur: float) -> Bools:
    model = template()
    removed = model.face.copy()
    for up, deep in _GROWTH:
        grown = ndimage.binary_dilation(model.face, _upwards(round(up / model.step)))
        removed |= grown & (_depth(tissue, 1, forward=True) <= deep + front_blur)
    return _with_air_before(removed & ~model.inner) | _ears(tissue, _EAR_DEEP + side_blur)


def _ears(tissue: Bools, deep: float) -> Bools:
    """Return the outer ears: around the mean ear, what lies up to 14 mm under the first tissue seen from the side."""
    model = template()
    around = np.zeros(model.head.shape, np.bool_)
    around[(slice(None), *_EAR)] = True
    found = np.zeros(model.head.shape, np.bool_)
    half = model.head.shape[0] // 2
    for side, forward in ((slice(None, half), True), (slice(half, None), False)):
        found[side] = (_depth(tissue, 0, forward=forward) <= deep)[side]
    return found & around & ~model.inner


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


def _upwards(voxels: int) -> Bools:
    """Return a structure that grows a mask towards higher indices of the last axis."""
    line = np.zeros((1, 1, 2 * voxels + 1), np.bool_)
    line[..., voxels:] = True
    return line


def _depth(tissue: Bools, axis: int, *, forward: bool) -> NDArray[np.float32]:
    """Return how many mm each voxel lies behind the first tissue along an axis: negative before it and without any."""
    seen = tissue if forward else np.flip(tissue, axis)
    size = tissue.shape[axis]
    first = np.where(seen.any(axis), seen.argmax(axis), size)
    ticks = np.arange(size, dtype=np.float32).reshape([-1 if one == axis else 1 for one in range(3)])
    depth = (ticks - np.expand_dims(first, axis)) * np.float32(template().step)
    return depth if forward else np.flip(depth, axis)


def _with_air_before(removed: Bools) -> Bools:
    """Return it with everything before it, so that no outline stays in noise."""
    return np.asarray(np.logical_or.accumulate(removed[:, ::-1], axis=1)[:, ::-1])
