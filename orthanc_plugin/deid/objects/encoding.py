"""Writing single elements in little endian (PS3.5 7.1): what both the byte walker and the markers need."""

import struct

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element

from orthanc_plugin.deid.objects.container import LONG_VRS

_NUL_PADDED = frozenset({"UI", "OB", "UN", "OW"})
_MOST_SHORT = 0xFFFF
_short = struct.Struct("<HH2sH").pack
_long = struct.Struct("<HH2sHI").pack
_plain = struct.Struct("<HHI").pack


def padded(vr: str, value: bytes) -> bytes:
    """Return the value with the padding of its VR to an even length."""
    if len(value) % 2:
        return value + (b"\0" if vr in _NUL_PADDED else b" ")
    return value


def head(tag: int, vr: str, length: int, *, implicit: bool) -> bytes:
    """Return what stands before a value. A value too long for its VR is written as UN (PS3.5 6.2.2)."""
    group, element = tag >> 16, tag & 0xFFFF
    if implicit:
        return _plain(group, element, length)
    raw = vr.encode()
    if raw in LONG_VRS:
        return _long(group, element, raw, 0, length)
    return _short(group, element, raw, length) if length <= _MOST_SHORT else _long(group, element, b"UN", 0, length)


def element(tag: int, vr: str, value: bytes, *, implicit: bool) -> bytes:
    """Return a whole element."""
    value = padded(vr, value)
    return head(tag, vr, len(value), implicit=implicit) + value


def elements(dataset: Dataset, *, implicit: bool) -> list[tuple[int, bytes]]:
    """Return each element of a small data set, encoded by pydicom, by tag."""
    found = []
    for each in dataset:
        buffer = DicomBytesIO()
        buffer.is_implicit_VR, buffer.is_little_endian = implicit, True
        write_data_element(buffer, each)
        found.append((int(each.tag), buffer.getvalue()))
    return found
