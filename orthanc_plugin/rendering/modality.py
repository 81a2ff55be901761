"""From stored values to those of the modality, and which of them are no image (PS3.3 C.11.1, C.7.5.1.1.2)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from orthanc_plugin.rendering.decoding import is_little_endian
from orthanc_plugin.rendering.errors import faults_of
from orthanc_plugin.rendering.groups import place
from orthanc_plugin.rendering.lookup import LookUpTable, read_table

_PROJECTION = ("1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.12.2")


@dataclass(frozen=True, slots=True)
class Modality:
    """The modality transformation of a frame: a table, or a slope and an intercept."""

    slope: float = 1.0
    intercept: float = 0.0
    table: LookUpTable | None = None

    def of(self, stored: NDArray[Any]) -> NDArray[np.float64]:
        """Return the modality's values, in float64."""
        if self.table is not None:
            return self.table.of(stored).astype(np.float64)
        return np.asarray(stored, np.float64) * self.slope + self.intercept


@dataclass(frozen=True, slots=True)
class Padding:
    """Stored values from `low` to `high` are padding: they are shown black and count for no range."""

    low: float
    high: float

    def where(self, stored: NDArray[Any]) -> NDArray[np.bool_]:
        """Return where the stored values are padding."""
        inside: NDArray[np.bool_] = (stored >= self.low) & (stored <= self.high)
        return inside


def modality_of(dataset: Dataset, number: int) -> Modality:
    """Return the modality transformation of a frame (counted from 0).

    The Modality LUT of an angiogram whose Pixel Intensity Relationship is given leads back to the X-ray's intensity and
    is not for showing it (PS3.3 C.8.7.1.1.2). A slope of 0 would hide everything and is taken as 1.

    Raises
    ------
    UnrenderableError
        When it cannot be read.
    """
    with faults_of("its modality transformation"):
        holder = place(dataset, number, "PixelValueTransformationSequence", "RescaleSlope")
        tables = dataset.get("ModalityLUTSequence")
        if tables and not (dataset.get("SOPClassUID") in _PROJECTION and dataset.get("PixelIntensityRelationship")):
            return Modality(table=read_table(tables[0], little=is_little_endian(dataset), signed=is_signed(dataset)))
        slope, intercept = (_number(holder.get(name)) for name in ("RescaleSlope", "RescaleIntercept"))
        return Modality(slope or 1.0, intercept)


def padding_of(dataset: Dataset) -> Padding | None:
    """Return which stored values are padding; None: none are.

    The value has the sign of the pixels, whatever the VR that it was written with.
    """
    with faults_of("its padding"):
        for value, limit in (("PixelPaddingValue", "PixelPaddingRangeLimit"), ("FloatPixelPaddingValue", "")):
            if dataset.get(value) is not None:
                ends = [
                    dataset[value].value,
                    dataset.get(limit, dataset[value].value) if limit else dataset[value].value,
                ]
                low, high = sorted(_with_sign(end, dataset) if limit else float(end) for end in ends)
                return Padding(low, high)
        return None


def is_signed(dataset: Dataset) -> bool:
    """Return whether stored values may be negative."""
    return int(dataset.get("PixelRepresentation") or 0) == 1 or "PixelData" not in dataset


def _with_sign(value: Any, dataset: Dataset) -> float:
    span = 2 ** max(int(dataset.BitsAllocated), 8)
    unsigned = int(value) % span
    return float(unsigned - span if is_signed(dataset) and unsigned >= span // 2 else unsigned)


def _number(value: Any) -> float:
    number = 0.0 if value is None or value == "" else float(value)
    return number if np.isfinite(number) else 0.0
