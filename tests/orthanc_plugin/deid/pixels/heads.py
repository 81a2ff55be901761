"""Two real heads that Debian ships (mricron-data, invesalius-examples), moved into any pose and cut into slices."""

import gzip
import struct
import tarfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial.transform import Rotation

from orthanc_plugin.deid.pixels.faces import Geometry

TEMPLATES = Path("/usr/share/mricron/templates")
CRANIUM = Path("/usr/share/doc/invesalius-examples/examples/Cranium.inv3")
PLANES = {"axial": ((1, 0, 0), (0, 1, 0)), "sagittal": ((0, 1, 0), (0, 0, -1)), "coronal": ((1, 0, 0), (0, 0, -1))}

Floats = NDArray[np.float64]
Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Subject:
    """A recorded head: voxels, affine to mm (left, posterior, superior), and where its features are in these mm."""

    voxels: NDArray[np.float32]
    matrix: Floats
    origin: Floats
    air: float
    skin: float
    features: dict[str, Box]

    @property
    def middle(self) -> Floats:
        return self.matrix @ (np.array(self.voxels.shape) / 2) + self.origin


@dataclass(frozen=True)
class Pose:
    """How a head is moved, and how it is cut."""

    angles: tuple[float, float, float] = (0, 0, 0)
    scale: float = 1.0
    shift: tuple[float, float, float] = (0, 0, 0)
    plane: str = "axial"
    step: float = 2.0
    bias: float = 0.0
    noise: float = 0.0
    below: float | None = field(default=None)  # mm of the patient: what lies above is not recorded


def read_nifti(path: Path) -> NDArray[np.float32]:
    raw = gzip.decompress(path.read_bytes())
    shape = struct.unpack_from("<3h", raw, 42)
    start = int(struct.unpack_from("<f", raw, 108)[0])
    return np.frombuffer(raw, np.uint8, int(np.prod(shape)), start).reshape(shape, order="F").astype(np.float32)


@cache
def t1() -> Subject:
    features: dict[str, Box] = {
        "nose": ((-15, 15), (-150, -70), (-69, -45)),
        "eyes": ((-52, 52), (-150, -40), (-54, -34)),
        "brow": ((-55, 55), (-150, -40), (-34, -20)),
        "ears": ((-99, 99), (5, 38), (-55, -20)),
    }
    matrix, origin = np.diag([-1.0, -1.0, 1.0]), np.array([90.0, 125.0, -71.0])
    return Subject(read_nifti(TEMPLATES / "ch2.nii.gz"), matrix, origin, 0, 40, features)


@cache
def t1_brain() -> Subject:
    head = t1()
    brain = (read_nifti(TEMPLATES / "ch2bet.nii.gz") > 0).astype(np.float32)
    return Subject(brain, head.matrix, head.origin, 0, 0.5, {})


@cache
def ct() -> Subject:
    with tarfile.open(CRANIUM) as archive:
        name = next(one for one in archive.getnames() if one.endswith("matrix.dat"))
        member = archive.extractfile(name)
        assert member is not None
        voxels = np.frombuffer(member.read(), "<i2").reshape(108, 256, 256)
    features: dict[str, Box] = {
        "nose": ((-15, 15), (-150, -60), (-61, -36)),
        "eyes": ((-45, 45), (-150, -40), (-28, -12)),
        "brow": ((-50, 50), (-150, -40), (-10, 6)),
        "ears": ((-99, 99), (10, 50), (-62, -20)),
    }
    matrix = np.array([[0, 0, 0.957], [0, -0.957, 0], [1.5, 0, 0]])
    return Subject(voxels.astype(np.float32), matrix, np.array([-122.0, 122.0, -80.0]), -1024, -300, features)


@dataclass(frozen=True, eq=False)
class Recording:
    """Slices, where they lie, and, for every voxel, where it lies in the subject (mm)."""

    slices: NDArray[np.float32]
    geometries: list[Geometry]
    points: NDArray[np.float32]


def recorded(subject: Subject, pose: Pose, seed: int = 0) -> Recording:
    """Return a recording of a subject in a pose."""
    across, down = (np.array(one, float) for one in PLANES[pose.plane])
    normal = np.cross(across, down)
    reach = np.abs(subject.matrix) @ np.array(subject.voxels.shape) / 2 + 15
    ticks = [np.arange(-abs(way @ reach), abs(way @ reach), pose.step) for way in (normal, down, across)]
    places = sum(
        t[(..., *[None] * (3 - i))] * way for i, (t, way) in enumerate(zip(ticks, (normal, down, across), strict=True))
    )
    patient = np.asarray(places) + subject.middle
    if pose.below is not None:
        patient = patient[patient[:, 0, 0, 2] < pose.below]
    turn = Rotation.from_euler("xyz", pose.angles, degrees=True).as_matrix() * pose.scale
    own = (patient - subject.middle - np.array(pose.shift)) @ np.linalg.inv(turn).T + subject.middle
    cells = np.moveaxis((own - subject.origin) @ np.linalg.inv(subject.matrix).T, -1, 0)
    values = ndimage.map_coordinates(subject.voxels, cells, order=1, cval=subject.air)
    values *= 1 + pose.bias * np.sin(patient[..., 0] / 60 + patient[..., 1] / 80 + 1)
    values += np.random.default_rng(seed).normal(0, pose.noise, values.shape).astype(np.float32)
    where = [
        Geometry(tuple(plane[0, 0]), tuple(across), tuple(down), pose.step, pose.step, pose.step) for plane in patient
    ]
    return Recording(values, where, own.astype(np.float32))


def upright(array: NDArray[np.generic], plane: str) -> NDArray[np.generic]:
    """Return slices of any plane as (from below, from the front, from the right)."""
    if plane == "sagittal":
        return array.transpose(1, 2, 0, *range(3, array.ndim))[::-1, :, ::-1]
    return array if plane == "axial" else array.transpose(1, 0, 2, *range(3, array.ndim))[::-1]


def surface_gone(subject: Subject, clean: Recording, removed: NDArray[np.bool_], plane: str, feature: str) -> float:
    """Return the part of a feature's surface, as a rendering from the front or the sides sees it, that is removed."""
    tissue = upright(_largest(clean.slices > subject.skin), plane)
    gone, points = upright(removed, plane), upright(clean.points, plane)
    if feature != "ears":
        return float(_seen(tissue, gone, points, subject.features[feature], 1).mean())
    sides = [(tissue, gone, points), (tissue[:, :, ::-1], gone[:, :, ::-1], points[:, :, ::-1])]
    return float(np.concatenate([_seen(*one, subject.features[feature], 2) for one in sides]).mean())


def _seen(
    tissue: NDArray[np.generic], gone: NDArray[np.generic], points: NDArray[np.generic], box: Box, axis: int
) -> NDArray[np.generic]:
    first = np.expand_dims(tissue.argmax(axis), axis)
    place = np.take_along_axis(points, first[..., None], axis).squeeze(axis)
    hit = np.take_along_axis(gone, first, axis).squeeze(axis)
    inside = tissue.any(axis)
    for one, (low, high) in zip(np.moveaxis(place, -1, 0), box, strict=True):
        inside &= (one > low) & (one < high)
    assert inside.any()
    return hit[inside]


def _largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    labels, _ = ndimage.label(ndimage.binary_opening(mask))
    return labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])


def largest_core(mask: NDArray[np.bool_], depth: int) -> NDArray[np.bool_]:
    """Return the largest part of what lies so many voxels deep in a mask."""
    labels, _ = ndimage.label(ndimage.binary_erosion(mask, iterations=depth))
    return labels == 1 + np.argmax(np.bincount(labels.ravel())[1:])
