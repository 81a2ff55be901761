"""Look-up tables of an object: modality LUT, VOI LUT, palettes (PS3.3 C.11.1.1.1, C.11.2.1.1, C.7.6.3.1.5)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataelem import DataElement

from orthanc_plugin.rendering.errors import UnrenderableError

_WRAPS = 2**16


@dataclass(frozen=True, eq=False, slots=True)
class LookUpTable:
    """A table from values to entries.

    Attributes
    ----------
    first : int
        The value of the first entry. Lower values get the first entry, values beyond the last get the last.
    bits : int
        Of each entry: 2**bits - 1 is the greatest.
    entries : numpy.ndarray
        uint16.
    """

    first: int
    bits: int
    entries: NDArray[np.uint16]

    def of(self, values: NDArray[Any]) -> NDArray[np.uint16]:
        """Return the entries of values of any numeric type; the index does not wrap, however few bits an entry has."""
        whole = np.rint(np.nan_to_num(values)) if values.dtype.kind == "f" else values.astype(np.int64)
        index = np.clip(whole - self.first, 0, len(self.entries) - 1).astype(np.int32)
        return np.asarray(self.entries[index])


def read_table(item: Dataset, *, little: bool, signed: bool) -> LookUpTable:
    """Return the table of a Modality LUT or VOI LUT item.

    Parameters
    ----------
    item : pydicom.Dataset
        With LUT Descriptor and LUT Data.
    little : bool
        Byte order of words in OW.
    signed : bool
        Whether what goes in may be negative: then a first value of 32768 and more is a negative one, whatever its VR.

    Raises
    ------
    UnrenderableError
        When the table is empty.
    """
    return described_table(item["LUTDescriptor"], entries_of(item["LUTData"], little=little), signed=signed)


def described_table(descriptor: DataElement, entries: NDArray[np.uint16], *, signed: bool) -> LookUpTable:
    """Return the table with the number of entries, first value and bits of a descriptor; 0 entries are 65536."""
    count, first, bits = (int(value) for value in descriptor.value)
    entries = _counted(entries, (count % _WRAPS) or _WRAPS, bits)
    if not entries.size:
        raise UnrenderableError("a look-up table of it is empty")
    if signed and first >= _WRAPS // 2:
        first -= _WRAPS
    elif not signed:
        first %= _WRAPS
    return LookUpTable(first, max(bits, int(entries.max()).bit_length(), 1), entries)


def entries_of(data: DataElement, *, little: bool) -> NDArray[np.uint16]:
    """Return the 16-bit words of LUT Data, in OW or as numbers."""
    if isinstance(data.value, bytes):
        whole = len(data.value) // 2 * 2
        return np.frombuffer(data.value[:whole], "<u2" if little else ">u2").astype(np.uint16)
    numbers = data.value if hasattr(data.value, "__len__") else [data.value]
    return np.array([int(number) % _WRAPS for number in numbers], np.uint16)


def _counted(words: NDArray[np.uint16], count: int, bits: int) -> NDArray[np.uint16]:
    """Return `count` entries: one a word, or two a word where 8-bit entries are packed, the first in the low byte."""
    if bits <= 8 and len(words) == (count + 1) // 2:
        return words.astype("<u2").view(np.uint8)[:count].astype(np.uint16)
    return words[:count]
