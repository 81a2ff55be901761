"""What a JPEG 2000 stream says about itself, read before anything is decoded."""

import struct
from dataclasses import dataclass

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError

_SOC, _SIZ, _COD, _SOT = 0xFF4F, 0xFF51, 0xFF52, 0xFF90
_JP2 = b"\x00\x00\x00\x0cjP  "


@dataclass(frozen=True, slots=True)
class Jpeg2000:
    """The header of a JPEG 2000 codestream (ITU-T T.800 A).

    Attributes
    ----------
    rows, columns, components, bits : int
        The size, how many components, bits of each.
    signed, mixes, reversible : bool
        Whether values have a sign; whether the colours are transformed together; whether the wavelet loses nothing.
    """

    rows: int
    columns: int
    components: int
    bits: int
    signed: bool
    mixes: bool
    reversible: bool


def read(stream: bytes) -> Jpeg2000:
    """Return what a JPEG 2000 stream, bare or in JP2 boxes, says about itself.

    Raises
    ------
    CannotRedactError
        When it is none, or its components differ in size or bits.
    """
    start = stream.find(b"\xff\x4f\xff\x51") if stream[:8] == _JP2 else 0
    try:
        return _read(stream, max(start, 0))
    except (struct.error, IndexError):
        raise CannotRedactError("the header of a JPEG 2000 frame is broken") from None


def _read(stream: bytes, at: int) -> Jpeg2000:
    if struct.unpack_from(">HH", stream, at) != (_SOC, _SIZ):
        raise CannotRedactError("a JPEG 2000 frame is truncated, or is none")
    right, bottom, left, top = struct.unpack_from(">4I", stream, at + 8)
    (count,) = struct.unpack_from(">H", stream, at + 40)
    sizes = {stream[at + 42 + 3 * i : at + 45 + 3 * i] for i in range(count)}
    if len(sizes) != 1 or next(iter(sizes))[1:] != b"\1\1":
        raise CannotRedactError("the components of a JPEG 2000 frame differ in size or bits")
    depth = next(iter(sizes))[0]
    mixes, reversible = _coding(stream, at + 2)
    return Jpeg2000(bottom - top, right - left, count, (depth & 0x7F) + 1, bool(depth & 0x80), mixes, reversible)


def _coding(stream: bytes, at: int) -> tuple[bool, bool]:
    while True:
        marker, length = struct.unpack_from(">HH", stream, at)
        if marker == _COD:
            return bool(stream[at + 8]), stream[at + 13] == 1
        if marker == _SOT or marker < 0xFF00:
            raise CannotRedactError("a JPEG 2000 frame does not say how it is coded")
        at += 2 + length
