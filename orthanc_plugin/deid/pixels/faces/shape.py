"""Shape beside fit: how far a fitted volume has the outline, the size and the shell of a head."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.faces.appearance import Appearance
from orthanc_plugin.deid.pixels.faces.fitting import Pose
from orthanc_plugin.deid.pixels.faces.removal import on_template, template_tissue, typical_mask
from orthanc_plugin.deid.pixels.faces.template import template
from orthanc_plugin.deid.pixels.faces.volume import CELL, Volume
from orthanc_plugin.deid.pixels.late import ndimage

_SHELL = (2.0, 16.0)  # mm under the skin
_AIR, _SOFT, _BONE = -500.0, (-30.0, 110.0), 150.0  # Hounsfield units
_REACH = np.arange(CELL, 130.0, 2.0)  # mm
_NEAREST, _FARTHEST = 25.0, 115.0  # mm from the brain's middle to the skull

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shape:
    """Figures of a fitted volume.

    Attributes
    ----------
    overlap : float
        Dice coefficient of its tissue and the template's, where the volume is.
    covered : float
        Part of the template's head that lies in the volume.
    size : float
        The template's volume in this pose compared with its own.
    expected : float
        Part of the template's head, as far as it lies in the volume, that would be removed.
    shell : float or None
        Part of the skull's place that is bone; None where values are no Hounsfield units.
    enclosed : float or None
        Part of the directions from the middle of the largest soft ball that meet bone after soft tissue alone.
    aired : float
        Part of the brain's place that is air with tissue all around it, as lungs are; 0 where values are no Hounsfield
        units.
    """

    overlap: float
    covered: float
    size: float
    expected: float
    shell: float | None
    enclosed: float | None
    aired: float = 0.0


def shape_of(volume: Volume, seen: Appearance, pose: Pose, *, hounsfield: bool) -> Shape:
    """Return the figures of a fitted volume."""
    inside = on_template(volume, np.ones(seen.tissue.shape, np.bool_), pose)
    model = template_tissue() & inside
    tissue = on_template(volume, seen.tissue, pose) & _near()
    count = max(int(model.sum()), 1)
    return Shape(
        overlap=2 * float((model & tissue).sum()) / max(count + int(tissue.sum()), 1),
        covered=count / int(template_tissue().sum()),
        size=float(abs(np.linalg.det(pose.matrix))),
        expected=float((model & typical_mask()).sum()) / count,
        shell=_shell(volume, inside, pose) if hounsfield else None,
        enclosed=enclosed(volume) if hounsfield else None,
        aired=_aired(volume, seen, inside, pose) if hounsfield else 0.0,
    )


def _aired(volume: Volume, seen: Appearance, inside: Bools, pose: Pose) -> float:
    place = template().inner & inside
    if not place.any():
        return 0.0
    within = np.zeros(seen.tissue.shape, np.bool_)
    for axis in range(3):
        planes = np.moveaxis(seen.tissue, axis, 0)
        filled = np.stack([ndimage.binary_fill_holes(plane) for plane in planes])
        within |= np.moveaxis(filled, 0, axis)
    air = on_template(volume, within & ~seen.tissue & (volume.values < _AIR), pose)
    return float(air[place].mean())


def _shell(volume: Volume, inside: Bools, pose: Pose) -> float:
    place = _skull() & inside
    bone = on_template(volume, volume.values > _BONE, pose)
    return float(bone[place].mean()) if place.any() else 0.0


@cache
def _skull() -> Bools:
    """Return the upper skull's place in the mean head: 2 to 16 mm under the skin."""
    depth = ndimage.distance_transform_edt(np.pad(template_tissue(), 2))[2:-2, 2:-2, 2:-2] * template().step
    upper = np.arange(depth.shape[2]) > depth.shape[2] * 0.47
    return np.asarray((depth > _SHELL[0]) & (depth < _SHELL[1]) & upper)


@cache
def _near() -> Bools:
    """Return the mean head and 20 mm around it."""
    return np.asarray(ndimage.binary_dilation(template_tissue(), iterations=10))


def enclosed(volume: Volume) -> float:
    """Return how much of the sphere around the middle of the largest ball of soft tissue is closed by bone (CT).

    Free of any fit: a brain is so, however the head lies; rays that leave the volume are not counted.
    """
    soft = (volume.values > _SOFT[0]) & (volume.values < _SOFT[1])
    depth = ndimage.distance_transform_edt(np.pad(soft, 1))[1:-1, 1:-1, 1:-1]
    middle = np.array(np.unravel_index(int(np.argmax(depth)), depth.shape))
    directions = _directions(200)
    points = middle[:, None, None] + directions.T[:, :, None] * (_REACH / CELL)
    values = ndimage.map_coordinates(volume.values, points, order=1, cval=np.nan)
    bone, other = values > _BONE, (values < _SOFT[0] - 60) & ~np.isnan(values)
    first = np.where(bone.any(axis=1), _REACH[bone.argmax(axis=1)], np.inf)
    before = np.where(other.any(axis=1), _REACH[other.argmax(axis=1)], np.inf)
    closed = (first < before) & (first > _NEAREST) & (first < _FARTHEST)
    counted = closed | (before < np.inf) | (first < np.inf)
    return float(closed.sum() / max(int(counted.sum()), len(directions) // 3))


def _directions(count: int) -> NDArray[np.float64]:
    """Return directions spread evenly over the sphere (a spiral)."""
    height = 1 - 2 * (np.arange(count) + 0.5) / count
    turn = np.pi * (1 + 5**0.5) * np.arange(count)
    flat = np.sqrt(1 - height**2)
    return np.column_stack([flat * np.cos(turn), flat * np.sin(turn), height])
