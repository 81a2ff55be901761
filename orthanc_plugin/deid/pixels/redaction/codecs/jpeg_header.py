"""What a JPEG or JPEG-LS stream says about itself, read before anything is decoded."""

import struct
from dataclasses import dataclass, field

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError

_SOS, _DQT, _APP0, _APP14 = 0xDA, 0xDB, 0xE0, 0xEE
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}) | {0xF7}
_RGB_NAMES = frozenset({b"RGB", b"rgb"})


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


def read(stream: bytes) -> Jpeg:
    """Return what a JPEG stream says about itself.

    Raises
    ------
    CannotRedactError
        When it is none, or ends before its end mark.
    """
    if stream[:2] != b"\xff\xd8" or b"\xff\xd9" not in stream[-16:]:
        raise CannotRedactError("a JPEG frame is truncated, or is none")
    try:
        return _read(stream)
    except (struct.error, IndexError):
        raise CannotRedactError("the header of a JPEG frame is broken") from None


def _read(stream: bytes) -> Jpeg:
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
