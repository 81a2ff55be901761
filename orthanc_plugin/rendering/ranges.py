"""From which value to which an object or a series reaches, where no window says what is of interest."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from orthanc_plugin.rendering.decoding import decoded
from orthanc_plugin.rendering.errors import faults_of
from orthanc_plugin.rendering.modality import Modality, Padding, modality_of, padding_of


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The least and the greatest of the modality's values; they become black and white.

    ``one | other`` is the range of both: of the objects of a series.
    """

    low: float
    high: float

    def __or__(self, other: "ValueRange") -> "ValueRange":
        return ValueRange(min(self.low, other.low), max(self.high, other.high))

    def of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values as shares of white, 0 to 1; where all are alike, 0."""
        span = self.high - self.low
        return np.clip((values - self.low) / span, 0, 1) if span > 0 else np.zeros_like(values)


def range_of(dataset: Dataset, *, whole: bool = False, only: Sequence[int] | None = None) -> ValueRange | None:
    """Return the range of all frames of an object; every frame is decoded once, one at a time.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.
    whole : bool
        Padding counts too.
    only : sequence of int, optional
        The range of these frames alone, counted from 0: of a long recording that somebody waits for.

    Returns
    -------
    ValueRange or None
        In the modality's values; None where the object is coloured or has no finite value.

    Raises
    ------
    UnrenderableError
        When its pixels cannot be decoded.
    """
    with faults_of("its header"):
        palette = dataset.get("PhotometricInterpretation") == "PALETTE COLOR"
    padding, found = None if whole else padding_of(dataset), None
    numbers = count() if only is None else iter(only)
    for number, stored in zip(numbers, decoded(dataset, only), strict=False):
        if stored.ndim != 2 or palette:
            return None
        one = frame_range(stored, modality_of(dataset, number), padding)
        found = one if found is None or one is None else found | one
    return found


def frame_range(stored: NDArray[Any], modality: Modality, padding: Padding | None) -> ValueRange | None:
    """Return the range of one stored frame; of padding alone where it holds nothing else."""
    image = stored
    if padding is not None and not (outside := ~padding.where(stored)).all() and outside.any():
        image = stored[outside]
    if image.dtype.kind == "f":
        image = image[np.isfinite(image)]
    if not image.size:
        return None
    if modality.table is not None:
        values = modality.of(image)
        return ValueRange(float(values.min()), float(values.max()))
    ends = modality.of(np.array([image.min(), image.max()]))
    return ValueRange(float(ends.min()), float(ends.max()))
