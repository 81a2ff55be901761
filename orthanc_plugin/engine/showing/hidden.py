"""Overlays in the unused bits of pixels (retired), which a renderer does not show and a person has to see."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID, ImplicitVRLittleEndian, RLELossless

from orthanc_plugin.engine.showing.errors import CannotShowError

_GROUPS = range(0x6000, 0x6100, 2)


def hidden_mask(dataset: Dataset, number: int) -> NDArray[np.bool_] | None:
    """Return where a frame has bits of such overlays set; None where no overlay says that it lies there.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.
    number : int
        Frame, counted from 0; it can be decoded.

    Raises
    ------
    CannotShowError
        They cannot be read apart from the pixels.
    """
    said = [group for group in _GROUPS if (group, 0x0100) in dataset and _value(dataset, group, 0x0100) != 1]
    if not said:
        return None
    syntax = UID(dataset.file_meta.get("TransferSyntaxUID") or ImplicitVRLittleEndian)
    if (syntax.is_encapsulated and syntax != RLELossless) or int(dataset.get("SamplesPerPixel") or 1) != 1:
        raise CannotShowError("an overlay lies in its pixels in a way that cannot be shown; it cannot be released")
    options: dict[str, Any] = {"correct_unused_bits": False}
    words = next(get_decoder(syntax).iter_array(dataset, indices=[number], raw=True, **options))[0]
    bits = words.view(f"u{words.dtype.itemsize}")
    return np.asarray((bits & bits.dtype.type(_wanted(dataset, said))) != 0)


def _wanted(dataset: Dataset, groups: list[int]) -> int:
    """Return the bits in which overlays lie: those that they name, else all that the pixels do not use."""
    allocated, stored = int(dataset.BitsAllocated), int(dataset.get("BitsStored") or dataset.BitsAllocated)
    high = int(dataset.get("HighBit") or stored - 1)
    used = sum(1 << bit for bit in range(max(high - stored + 1, 0), high + 1))
    unused = ((1 << allocated) - 1) & ~used
    named = {_value(dataset, group, 0x0102) for group in groups}
    places = [place for place in named if isinstance(place, int) and 0 <= place < allocated]
    return sum(1 << place for place in places) if len(places) == len(named) else unused


def _value(dataset: Dataset, group: int, element: int) -> Any:
    found = dataset.get((group, element))
    return None if found is None else found.value
