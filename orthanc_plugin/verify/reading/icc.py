"""What of an ICC profile can be read: its numbers spell a name by chance, its texts do not (ICC.1 7.3, 10)."""

import struct

ICC_PROFILE = 0x00282000

_HEADER, _ENTRY, _MOST_TAGS = 128, 12, 100
_NUMBERS = frozenset(
    {b"XYZ ", b"curv", b"para", b"mft1", b"mft2", b"mAB ", b"mBA ", b"sf32", b"chrm", b"view", b"meas"}
)


def legible(value: bytes) -> bytes:
    """Return a profile without the numbers of its curves and tables; all of it where it is none."""
    if value[36:40] != b"acsp" or len(value) < _HEADER + 4:
        return value
    count = min(int(struct.unpack_from(">I", value, _HEADER)[0]), _MOST_TAGS)
    entries = value[_HEADER + 4 : _HEADER + 4 + count * _ENTRY]
    left = bytearray(value)
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        start, size = struct.unpack_from(">II", entries, at + 4)
        stop = min(start + size, len(value))
        if start >= _HEADER and value[start : start + 4].rstrip() in _NUMBERS:
            left[start:stop] = bytes(max(stop - start, 0))
    return bytes(left)
