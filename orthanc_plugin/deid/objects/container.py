"""The outermost layer of a DICOM file: preamble, file meta information, deflated data sets (PS3.10 7, PS3.5 A.5)."""

import mmap
import zlib
from dataclasses import dataclass

from orthanc_plugin.deid.errors import ExcludedError, UnreadableError

IMPLICIT_LITTLE, EXPLICIT_LITTLE = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
DEFLATED, EXPLICIT_BIG = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"
NATIVE = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG})

MOST_INFLATED = 512 << 20  # bytes; a deflated object that grows beyond this is refused as hostile
LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_PREAMBLE = 132
Buffer = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class Header:
    """Where the data set starts and how it is written; no transfer syntax where the file has no file meta."""

    start: int
    transfer_syntax: str
    sop_class: str


def read_header(data: Buffer) -> Header:
    """Read preamble and file meta.

    Raises
    ------
    ExcludedError
        It is no DICOM file.
    UnreadableError
        The file meta is broken.
    """
    if not len(data):
        raise ExcludedError("an empty file")
    if bytes(data[128:_PREAMBLE]) == b"DICM":
        return _read_meta(data)
    if bytes(data[:2]) in (b"\x08\0", b"\0\x08", b"\x02\0") and len(data) > 16:
        return Header(0, "", "")  # old files without a preamble: pydicom finds out how they are written
    raise ExcludedError("not a DICOM file")


def _read_meta(data: Buffer) -> Header:
    at, texts = _PREAMBLE, {b"\x10\0": "", b"\x02\0": ""}
    while data[at : at + 2] == b"\x02\0":
        element, vr = data[at + 2 : at + 4], data[at + 4 : at + 6]
        wide = vr in LONG_VRS
        head = 12 if wide else 8
        if at + head > len(data):
            raise UnreadableError("truncated in its file meta information")
        size = int.from_bytes(data[at + 8 : at + 12] if wide else data[at + 6 : at + 8], "little")
        if size > len(data) - at - head:
            raise UnreadableError("truncated in its file meta information")
        if element in texts:
            texts[element] = bytes(data[at + head : at + head + size]).strip(b" \0").decode("latin-1")
        at += head + size
    return Header(at, texts[b"\x10\0"], texts[b"\x02\0"])


def inflated(data: Buffer) -> bytes:
    """Return a deflated data set.

    Raises
    ------
    UnreadableError
        When it is not one, is cut short, or would grow beyond `MOST_INFLATED`.
    """
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        out = machine.decompress(data, MOST_INFLATED)
    except zlib.error:
        raise UnreadableError("its deflated data set cannot be inflated") from None
    if machine.unconsumed_tail:
        raise UnreadableError(f"its deflated data set would grow beyond {MOST_INFLATED >> 20} MB: refused as hostile")
    if not machine.eof:
        raise UnreadableError("truncated in its deflated data set")
    return out


def deflated(data: bytes) -> bytes:
    """Return the data set deflated, of even length (PS3.5 A.5)."""
    machine = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    out = machine.compress(data) + machine.flush()
    return out + b"\0" * (len(out) % 2)
