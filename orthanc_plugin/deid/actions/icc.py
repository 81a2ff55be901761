"""ICC profiles: the colours stay, every text in the profile goes."""

import struct
from dataclasses import dataclass

from orthanc_plugin.deid.actions.base import Action
from orthanc_plugin.deid.actions.context import Context

_HEADER, _ENTRY = 128, 12
_COLOUR_TYPES = frozenset(
    {b"XYZ ", b"curv", b"para", b"mft1", b"mft2", b"mAB ", b"mBA ", b"sf32", b"chrm", b"view", b"meas", b"sig "}
)
_MOST_TAGS = 100


@dataclass(frozen=True)
class CleanIcc(Action):
    """Overwrites, in place, the texts, dates and makers of an ICC profile (ICC.1 7.2 and 10)."""

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes | None:  # noqa: ARG002  the interface of an action
        """Return the profile without its texts; None where it is no ICC profile."""
        return without_texts(value)

    def describe(self) -> str:
        """Say what it does."""
        return "colours kept, texts, makers and dates in the profile blanked"


def without_texts(value: bytes) -> bytes | None:
    """Return an ICC profile of the same length without its texts; None where it is no ICC profile."""
    if len(value) < _HEADER + 4 or value[36:40] != b"acsp":
        return None
    (count,) = struct.unpack_from(">I", value, _HEADER)
    keep = _colour_ranges(value, count) if count <= _MOST_TAGS else None
    if keep is None:
        return None
    new = bytearray(len(value))
    new[:_HEADER] = _header(value)
    end = _HEADER + 4 + count * _ENTRY
    new[_HEADER:end] = value[_HEADER:end]
    for start, size in keep:
        new[start : start + size] = value[start : start + size]
    return value if bytes(new) == value else bytes(new)


def _header(value: bytes) -> bytes:
    """Return the header without CMM, date, platform, maker, model, creator, profile id and reserved bytes."""
    head = bytearray(value[:_HEADER])
    for start, size in ((4, 4), (24, 12), (40, 4), (48, 8), (80, 48)):
        head[start : start + size] = bytes(size)
    head[24:36] = struct.pack(">6H", 1900, 1, 1, 0, 0, 0)
    return bytes(head)


def _colour_ranges(value: bytes, count: int) -> list[tuple[int, int]] | None:
    """Return where the colour data are; for any other tag only its type signature stays, so its text is empty."""
    found = []
    for index in range(count):
        start = _HEADER + 4 + index * _ENTRY
        if start + _ENTRY > len(value):
            return None
        offset, size = struct.unpack_from(">II", value, start + 4)
        if offset < _HEADER or offset + size > len(value):
            return None
        found.append((offset, size if value[offset : offset + 4] in _COLOUR_TYPES else 4))
    return found
