"""Fits the template to a volume: several starts, then one affine, by mutual information."""

from dataclasses import dataclass
from functools import cache
from itertools import permutations, product

import numpy as np

from orthanc_plugin.deid.pixels.faces.appearance import Appearance
from orthanc_plugin.deid.pixels.faces.likeness import RADIUS, Floats, Samples, Scene, mutual_information, samples
from orthanc_plugin.deid.pixels.faces.volume import Volume
from orthanc_plugin.deid.pixels.late import optimize, transform

_LONGEST_HEAD = 260.0  # mm: what is longer holds more than a head
_ALIKE = 3.0  # mm: poses that differ by less climb to the same place
_BELOW_END = (85.0, 45.0, 5.0)  # mm from the end of the body to the middle of a whole head, and of ones cut off


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """An affine from the template's mm (from its middle) to the patient's.

    Attributes
    ----------
    matrix, shift : ndarray
        3 x 3, and mm.
    likeness : float
        Mutual information in nats.
    """

    matrix: Floats
    shift: Floats
    likeness: float

    def to_template(self, points: Floats) -> Floats:
        """Return where points of the patient (n x 3, mm) lie in the template, from its middle."""
        return (points - self.shift) @ np.linalg.inv(self.matrix).T

    @property
    def turned(self) -> float:
        """Return by how many degrees the head is turned from what the data set says."""
        left, _, right = np.linalg.svd(self.matrix)
        return float(np.degrees(np.arccos(np.clip((np.trace(left @ right) - 1) / 2, -1, 1))))

    def to_patient(self, points: Floats) -> Floats:
        """Return where points of the template, from its middle, lie in the patient (mm)."""
        return points @ self.matrix.T + self.shift


@cache
def _sparse() -> Samples:
    return samples(4, 0.25)


@cache
def _coarse() -> Samples:
    return samples(4, 0.5)


@cache
def _fine() -> Samples:
    return samples(2, 0.25)


@cache
def _turns() -> tuple[Floats, ...]:
    """Return the 24 turns by right angles, none first."""
    found = []
    for order in permutations(range(3)):
        for signs in product((1, -1), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[range(3), order] = signs
            if np.linalg.det(matrix) > 0:
                found.append(matrix)
    return tuple(sorted(found, key=lambda turn: -float(np.trace(turn))))


def fit(volume: Volume, seen: Appearance) -> Pose:
    """Return the pose in which the template is most like the volume.

    Tried as the data set says the patient lies, and in every turn by right angles: what a data set says may be wrong.
    """
    soft, rough = Scene.of(seen.grey, volume, 2.0), Scene.of(seen.grey, volume, 1.0)
    found = [_climb(soft, _coarse(), start, 0.5, 15) for start in _starts(soft, volume, seen)]
    found = [_climb(soft, _coarse(), pose, 0.1, 30) for pose in sorted(found, key=_worse)[:5]]
    nearly = _distinct([_climb(rough, _coarse(), pose, 0.05, 30) for pose in _distinct(found)])
    sharp = Scene.of(seen.grey, volume, 0.5)
    return min((_climb(sharp, _fine(), pose, 0.03, 40) for pose in nearly[:3]), key=_worse)


def _distinct(poses: list[Pose]) -> list[Pose]:
    """Return the poses, best first, without those that hardly differ from a better one."""
    kept: list[Pose] = []
    for pose in sorted(poses, key=_worse):
        away = (np.abs(pose.shift - one.shift).max() + RADIUS * np.abs(pose.matrix - one.matrix).max() for one in kept)
        if all(mm > _ALIKE for mm in away):
            kept.append(pose)
    return kept


def _worse(pose: Pose) -> float:
    return -pose.likeness


def _starts(scene: Scene, volume: Volume, seen: Appearance) -> list[Pose]:
    """Return the likeliest of many untried poses: five as the patient is said to lie, three turned by right angles."""
    centres = _centres(volume, seen)
    told = sorted((_seen(scene, turn, centre) for turn in _leanings() for centre in centres), key=_worse)
    others = sorted((_seen(scene, turn, centre) for turn in _turns()[1:] for centre in centres), key=_worse)
    return told[:5] + others[:3]


def _seen(scene: Scene, matrix: Floats, shift: Floats) -> Pose:
    return Pose(matrix, shift, mutual_information(scene, _sparse(), matrix, shift)[0])


@cache
def _leanings() -> tuple[Floats, ...]:
    """Return turns by up to 18 degrees about each axis, for the sizes of adult, child and infant."""
    return tuple(
        transform.Rotation.from_euler("xyz", angles, degrees=True).as_matrix() * size
        for size in (1.05, 0.85, 0.68)
        for angles in product((0, -18, 18), repeat=3)
    )


def _centres(volume: Volume, seen: Appearance) -> list[Floats]:
    """Return where a head's middle may be: amid the tissue, and at either end of the body, whole or cut off there."""
    cells = np.argwhere(seen.tissue)
    points = cells @ volume.axes.T + volume.origin
    found = [points.mean(axis=0)]
    for sign in (1, -1):
        heights = points[:, 2] * sign
        end = float(np.percentile(heights, 99.8))
        long = np.ptp(heights) > _LONGEST_HEAD
        for below in _BELOW_END if long else _BELOW_END[:1]:
            near = points[(heights > end - below - 60) & (heights < end - below + 60)]
            found.append(np.array([*near[:, :2].mean(axis=0), sign * (end - below)]))
    return found


def _climb(scene: Scene, drawn: Samples, start: Pose, stiffness: float, steps: int) -> Pose:
    """Return the best pose near a start; stiffness holds it near a rigid one of true size."""

    def loss(numbers: Floats) -> tuple[float, Floats]:
        matrix, shift = _affine(start, numbers)
        found, gradient = mutual_information(scene, drawn, matrix, shift)
        bent, of_bent = _bent(matrix)
        gradient = stiffness * np.append(of_bent.ravel() / RADIUS, [0, 0, 0]) - gradient
        return stiffness * bent - found, gradient

    made = optimize.minimize(loss, np.zeros(12), jac=True, method="L-BFGS-B", options={"maxiter": steps, "ftol": 1e-6})
    matrix, shift = _affine(start, made.x)
    return Pose(matrix, shift, mutual_information(scene, drawn, matrix, shift)[0])


def _affine(start: Pose, numbers: Floats) -> tuple[Floats, Floats]:
    return start.matrix + numbers[:9].reshape(3, 3) / RADIUS, start.shift + numbers[9:]


def _bent(matrix: Floats) -> tuple[float, Floats]:
    """Return how far a matrix is from a turn (squared), and the gradient."""
    away = matrix.T @ matrix - np.eye(3)
    return float((away**2).sum()), 4 * matrix @ away
