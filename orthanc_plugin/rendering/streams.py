"""What a compressed frame says of its own size, read without decoding it."""

import struct
from dataclasses import dataclass

_SIZ = b"\xff\x4f\xff\x51"
_JP2 = b"\x00\x00\x00\x0cjP  "
_NO_LENGTH = {0x01, *range(0xD0, 0xD9)}
_FRAME_HEADERS = {*range(0xC0, 0xD0), 0xDE, 0xF7} - {0xC4, 0xC8, 0xCC}
"""SOF0 to SOF15 and DHP of JPEG and SOF55 of JPEG-LS; DHT, JPG and DAC are none."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a stream's header declares: rows, columns and samples of each pixel."""

    rows: int
    columns: int
    samples: int


def declared(stream: bytes) -> Declared | None:
    """Return the size that a JPEG, JPEG-LS or JPEG 2000 stream declares; None where it is no such stream.

    Of several codestreams in one JP2 wrapper the largest counts, since it is not said which a decoder takes.
    """
    if stream.startswith(_SIZ):
        return _jpeg_2000(stream, 0)
    if stream.startswith(_JP2):
        return _largest(stream)
    if stream.startswith(b"\xff\xd8"):
        return _jpeg(stream)
    return None


def _largest(stream: bytes) -> Declared | None:
    at, found = stream.find(_SIZ), []
    while at >= 0:
        found.append(_jpeg_2000(stream, at))
        at = stream.find(_SIZ, at + 1)
    return max(found, key=lambda size: size.rows * size.columns * size.samples, default=None)


def _jpeg_2000(stream: bytes, at: int) -> Declared:
    """Read the SIZ marker segment (ISO/IEC 15444-1 A.5.1)."""
    right, bottom, left, top = struct.unpack_from(">4L", stream, at + 8)
    (samples,) = struct.unpack_from(">H", stream, at + 40)
    return Declared(max(bottom - top, 0), max(right - left, 0), samples)


def _jpeg(stream: bytes) -> Declared | None:
    """Walk the marker segments to the frame header (ISO/IEC 10918-1 B.2.2)."""
    at = 2
    while at + 4 <= len(stream):
        if stream[at] != 0xFF:
            return None
        marker = stream[at + 1]
        if marker in _FRAME_HEADERS:
            rows, columns, samples = struct.unpack_from(">HHB", stream, at + 5)
            return Declared(rows, columns, samples)
        if marker == 0xFF:
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        else:
            at += 2 + struct.unpack_from(">H", stream, at + 2)[0]
    return None
