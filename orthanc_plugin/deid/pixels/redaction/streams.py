"""What a compressed frame says about itself, read from its first segments before anything is decoded."""

import struct
from dataclasses import dataclass, field

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError

_SOI, _EOI, _SOS, _DQT, _APP0, _APP14 = 0xD8, 0xD9, 0xDA, 0xDB, 0xE0, 0xEE
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}) | {0xF7}
_RGB_NAMES = frozenset({b"RGB", b"rgb"})
_SOC, _SIZ, _COD, _SOT = 0xFF4F, 0xFF51, 0xFF52, 0xFF90
_JP2 = b"\x00\x00\x00\x0cjP  "


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a JPEG stream: its name, its sampling across and down, its quantisation table."""

    name: int
    across: int
    down: int
    table: int


@dataclass(frozen=True, slots=True)
class Jpeg:
    """The header of a JPEG stream (ITU-T T.81 B).

    Attributes
    ----------
    process : int
        The marker of its frame: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC3 lossless, 0xF7 JPEG-LS ...
    bits, rows, columns : int
        Of a sample, and the size.
    components : tuple of Component
        In their order.
    tables : mapping of int to bytes
        Quantisation tables: the payload of each, precision and number first.
    marks : tuple of bytes
        The segments that decide about colours (JFIF, Adobe), without a thumbnail.
    head : int
        Where the entropy-coded data's own segment, SOS, begins.
    """

    process: int
    bits: int
    rows: int
    columns: int
    components: tuple[Component, ...]
    tables: dict[int, bytes] = field(repr=False)
    marks: tuple[bytes, ...]
    head: int

    @property
    def colours(self) -> str:
        """Return YBR_FULL or RGB where the stream says which, else nothing."""
        for mark in self.marks:
            if mark[4:9] == b"Adobe" and len(mark) >= 16:
                return "YBR_FULL" if mark[15] else "RGB"
        if any(mark[4:9] == b"JFIF\0" for mark in self.marks):
            return "YBR_FULL"
        return "RGB" if bytes(each.name for each in self.components) in _RGB_NAMES else ""


def jpeg(stream: bytes) -> Jpeg:
    """Return what a JPEG stream says about itself.

    Raises
    ------
    CannotRedactError
        When it is none, or ends before its end mark.
    """
    if stream[:2] != b"\xff\xd8" or b"\xff\xd9" not in stream[-16:]:
        raise CannotRedactError("a JPEG frame is truncated, or is none")
    try:
        return _jpeg(stream)
    except (struct.error, IndexError):
        raise CannotRedactError("the header of a JPEG frame is broken") from None


def _jpeg(stream: bytes) -> Jpeg:
    at, frame, tables, marks = 2, None, {}, []
    while True:
        while stream[at : at + 2] == b"\xff\xff":
            at += 1
        mark, (length,) = stream[at + 1], struct.unpack_from(">H", stream, at + 2)
        payload = stream[at + 4 : at + 2 + length]
        if stream[at] != 0xFF or length < 2 or len(payload) != length - 2:
            raise CannotRedactError("the header of a JPEG frame is broken")
        if mark == _DQT:
            tables.update(_tables(payload))
        elif mark in _FRAMES:
            frame = (mark, *struct.unpack_from(">BHHB", payload), payload[6:])
        elif (mark == _APP0 and payload[:5] == b"JFIF\0") or (mark == _APP14 and payload[:5] == b"Adobe"):
            marks.append(_without_thumbnail(mark, payload))
        elif mark == _SOS:
            break
        at += 2 + length
    if frame is None:
        raise CannotRedactError("a JPEG frame does not say how large it is")
    process, bits, rows, columns, count, rest = frame
    components = tuple(
        Component(rest[i], rest[i + 1] >> 4, rest[i + 1] & 15, rest[i + 2]) for i in range(0, 3 * count, 3)
    )
    return Jpeg(process, bits, rows, columns, components, tables, tuple(marks), at)


def _tables(payload: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at < len(payload):
        size = 1 + (128 if payload[at] >> 4 else 64)
        found[payload[at] & 15] = payload[at : at + size]
        at += size
    return found


def _without_thumbnail(mark: int, payload: bytes) -> bytes:
    kept = payload[:12] + b"\0\0" if mark == _APP0 else payload[:12]
    return struct.pack(">BBH", 0xFF, mark, len(kept) + 2) + kept


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


def jpeg2000(stream: bytes) -> Jpeg2000:
    """Return what a JPEG 2000 stream, bare or in JP2 boxes, says about itself.

    Raises
    ------
    CannotRedactError
        When it is none, or its components differ in size or bits.
    """
    start = stream.find(b"\xff\x4f\xff\x51") if stream[:8] == _JP2 else 0
    try:
        return _jpeg2000(stream, max(start, 0))
    except (struct.error, IndexError):
        raise CannotRedactError("the header of a JPEG 2000 frame is broken") from None


def _jpeg2000(stream: bytes, at: int) -> Jpeg2000:
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
