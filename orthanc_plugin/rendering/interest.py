"""What decides black and white in each frame of an object: the choice between what is wanted, offered and measured."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from orthanc_plugin.rendering.modality import Padding, is_signed, modality_of
from orthanc_plugin.rendering.ranges import ValueRange, frame_range, range_of
from orthanc_plugin.rendering.sizes import frame_count
from orthanc_plugin.rendering.windows import Curve, Window, offered, windows

Wanted = Window | Curve | tuple[float, float] | int | None
Interest = Window | Curve | ValueRange


@dataclass(frozen=True, slots=True)
class How:
    """How a requester wants an object shown; `Rendering.of` explains each."""

    window: Wanted
    value_range: ValueRange | None
    whole: bool
    overlays: bool


class Interests:
    """The choice for each frame of one object."""

    def __init__(self, dataset: Dataset, how: How, padding: Padding | None) -> None:
        self._dataset, self._how, self._padding, self._range = dataset, how, padding, how.value_range

    def of(self, stored: NDArray[Any], number: int) -> Interest:
        """Return what is wanted, else what the object offers, else the range of the object or series."""
        if self._how.whole:
            return self._measured(stored, number)
        return (
            self._chosen(number)
            or offered(self._dataset, number, signed=self._may_be_negative(stored, number))
            or self._measured(stored, number)
        )

    def _chosen(self, number: int) -> Window | Curve | None:
        wanted = self._how.window
        if isinstance(wanted, int):
            choice = windows(self._dataset, number)
            return choice[wanted] if 0 <= wanted < len(choice) else None
        return Window(*wanted) if isinstance(wanted, tuple) else wanted

    def _may_be_negative(self, stored: NDArray[Any], number: int) -> bool:
        """Return whether the modality's values reach below 0, which decides the sign of a VOI LUT's first value."""
        modality = modality_of(self._dataset, number)
        if modality.table is not None:
            return False
        if is_signed(self._dataset):
            return True
        greatest = 2.0 ** int(self._dataset.get("BitsStored") or 8 * stored.dtype.itemsize) - 1
        return bool(modality.of(np.array([0.0, greatest])).min() < 0)

    def _measured(self, stored: NDArray[Any], number: int) -> ValueRange:
        if self._dataset.get("BitsAllocated") == 1:
            return ValueRange(0, 1)
        if self._range is None:
            if frame_count(self._dataset) == 1:
                return frame_range(stored, modality_of(self._dataset, number), self._padding) or ValueRange(0, 0)
            self._range = range_of(self._dataset, whole=self._how.whole) or ValueRange(0, 0)
        return self._range
