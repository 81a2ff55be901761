"""Where a slice lies in the patient, as its data set says: read from a slice or from one frame of many."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Geometry:
    """A slice's place in the patient (PS3.3 C.7.6.2): mm, left, posterior, superior.

    Attributes
    ----------
    position : tuple of float
        Centre of the first pixel (ImagePositionPatient).
    across, down : tuple of float
        Unit vectors along a row and along a column (ImageOrientationPatient).
    row_spacing, column_spacing : float
        Between rows and between columns (PixelSpacing).
    thickness : float or None
        SliceThickness; where it is missing, SpacingBetweenSlices.
    """

    position: tuple[float, float, float]
    across: tuple[float, float, float]
    down: tuple[float, float, float]
    row_spacing: float
    column_spacing: float
    thickness: float | None = None

    @property
    def normal(self) -> Vector:
        """Return the unit vector across the slice."""
        return np.cross(np.array(self.across), np.array(self.down))

    @property
    def steps(self) -> NDArray[np.float64]:
        """Return, as columns, the ways in mm from one row and from one column to the next."""
        return np.column_stack([np.array(self.down) * self.row_spacing, np.array(self.across) * self.column_spacing])


@dataclass(frozen=True, slots=True)
class Rescale:
    """How stored values become the modality's (Modality LUT, linear part)."""

    slope: float = 1.0
    intercept: float = 0.0


def geometry_of(dataset: Dataset, frame: int = 0) -> Geometry | None:
    """Return where a frame lies in the patient, or None where its data set does not (soundly) say.

    Parameters
    ----------
    dataset : Dataset
        A single slice, or an enhanced multi-frame object with its functional groups.
    frame : int
        Counted from 0; of no matter for a single slice.

    Returns
    -------
    Geometry or None
        None also for vectors that are not perpendicular, spacings that are not positive, values that are no numbers.
    """
    position = _numbers(dataset, frame, "PlanePositionSequence", "ImagePositionPatient", 3)
    turned = _numbers(dataset, frame, "PlaneOrientationSequence", "ImageOrientationPatient", 6)
    spacing = _numbers(dataset, frame, "PixelMeasuresSequence", "PixelSpacing", 2)
    if position is None or turned is None or spacing is None or min(spacing) <= 0:
        return None
    across, down = np.array(turned[:3]), np.array(turned[3:])
    lengths = np.linalg.norm(across), np.linalg.norm(down)
    if min(lengths) < 0.9 or max(lengths) > 1.1 or abs(float(across @ down)) > 0.05:
        return None
    across = across / lengths[0]
    down = down - across * (across @ down)
    thickness = _numbers(dataset, frame, "PixelMeasuresSequence", "SliceThickness", 1)
    thickness = thickness or _numbers(dataset, frame, "PixelMeasuresSequence", "SpacingBetweenSlices", 1)
    return Geometry(
        _triple(position), _triple(across), _triple(down / np.linalg.norm(down)), spacing[0], spacing[1],
        abs(thickness[0]) if thickness else None,
    )  # fmt: skip


def rescale_of(dataset: Dataset, frame: int = 0) -> Rescale:
    """Return how a frame's stored values are to be rescaled; as they are where nothing is said."""
    slope = _numbers(dataset, frame, "PixelValueTransformationSequence", "RescaleSlope", 1)
    intercept = _numbers(dataset, frame, "PixelValueTransformationSequence", "RescaleIntercept", 1)
    return Rescale((slope and slope[0]) or 1.0, intercept[0] if intercept else 0.0)


def _numbers(dataset: Dataset, frame: int, group: str, keyword: str, count: int) -> list[float] | None:
    """Return a value of the frame's own functional group, of the shared one, or of the data set itself."""
    for place in _places(dataset, frame, group):
        found = _floats(place.get(keyword), count)
        if found is not None:
            return found
    return None


def _places(dataset: Dataset, frame: int, group: str) -> Iterator[Dataset]:
    of_each = dataset.get("PerFrameFunctionalGroupsSequence") or ()
    shared = dataset.get("SharedFunctionalGroupsSequence") or ()
    for groups in (*of_each[frame : frame + 1], *shared[:1]):
        yield from (groups.get(group) or ())[:1]
    yield dataset


def _floats(value: Any, count: int) -> list[float] | None:
    if value is None or value == "":
        return None
    try:
        found = [float(one) for one in (value if count > 1 else [value])]
    except (TypeError, ValueError):
        return None
    return found if len(found) == count and bool(np.all(np.isfinite(found))) else None


def _triple(values: Any) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
