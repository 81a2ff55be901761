"""Look inside what an object carries: compressed frames and documents."""

import itertools
import re
import struct
from collections.abc import Iterator

from orthanc_plugin.verify.finding import Finding, Severity
from orthanc_plugin.verify.look.values import Looker
from orthanc_plugin.verify.reading import documents
from orthanc_plugin.verify.reading.reading import Reading
from orthanc_plugin.verify.reading.sizes import excess_pixels, plane
from orthanc_plugin.verify.reading.walk import name_place

UNKNOWN = "unknown form"
_DOCUMENT = 0x00420011
RLE = "1.2.840.10008.1.2.5"
_MARKER = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")
_END_OF_IMAGE = 0xD9
_WITH_TEXT = frozenset({*range(0xE0, 0xF0), *range(0xF0, 0xF7), *range(0xF9, 0xFF)})
"""APPn, JPGn and COM; F7 and F8 are the frame and the presets of JPEG-LS."""
_SOT, _SOD, _EOC, _COM, _FIRST_MARKER = 0xFF90, 0xFF93, 0xFFD9, 0xFF64, 0xFF00
_CODESTREAM = b"\xff\x4f\xff\x51"
_JP2 = b"\0\0\0\x0cjP  "
BEGINNINGS = (b"\xff\xd8", _CODESTREAM, _JP2)
_SUPERBOXES = frozenset({b"jp2h", b"res ", b"asoc", b"uinf"})


def findings(reading: Reading, looker: Looker) -> Iterator[Finding]:
    """Yield what is inside compressed frames, behind native ones, and in documents."""
    place = name_place(reading.pixels[0]) if reading.pixels else ""
    for number, frame in enumerate(_frames(reading)):
        for what, segment in segments(frame, plane(reading)):
            judge = looker.binary if what == UNKNOWN else looker.unstructured
            yield from judge(f"{place} frame {number}: {what}", segment)
    yield from _excess(reading, looker, place)
    for element in reading.elements:
        if element[0] == _DOCUMENT and element[3]:
            for form in documents.texts(reading.value(element)):
                yield from looker.unstructured(name_place(_DOCUMENT, element[4]), form)


def _excess(reading: Reading, looker: Looker, place: str) -> Iterator[Finding]:
    """Look at bytes behind the image; where all of them are zero they are padding."""
    excess = excess_pixels(reading)
    if excess is None:
        return
    value = reading.data[excess[0] : excess[1]]
    yield Finding(place, "more-bytes-than-pixels", Severity.QUARANTINE if any(value) else Severity.NOTE)
    yield from looker.unstructured(f"{place} beyond the image", value)


def _frames(reading: Reading) -> Iterator[bytes]:
    """Yield compressed frames, each put together from its fragments (PS3.5 A.4), and an offset table that is none."""
    frame: list[bytes] = []
    alone = reading.transfer_syntax == RLE  # each fragment is a frame
    for number, (start, length) in enumerate(reading.fragments):
        fragment = reading.data[start : start + length]
        if number == 0:
            if not _is_offset_table(fragment, len(reading.data)):
                yield fragment
        elif frame and (alone or fragment.startswith(BEGINNINGS)):
            yield b"".join(frame)
            frame = [fragment]
        else:
            frame.append(fragment)
    if frame:
        yield b"".join(frame)


def _is_offset_table(fragment: bytes, size: int) -> bool:
    """Whether a first fragment holds offsets, that grow and lie within the object, and nothing else."""
    if len(fragment) % 4:
        return False
    offsets = struct.unpack(f"<{len(fragment) // 4}L", fragment)
    return all(a < b for a, b in itertools.pairwise(offsets)) and (
        not offsets or (offsets[0] == 0 and offsets[-1] < size)
    )


def segments(frame: bytes, pixels: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of a compressed frame that are not image: JPEG and JPEG 2000 segments, boxes, what follows.

    A frame in a form we do not know is yielded whole, as `UNKNOWN`. An RLE frame is followed where the number of its
    pixels is known.
    """
    if frame.startswith(b"\xff\xd8"):
        yield from _jpeg(frame)
    elif frame.startswith(_JP2):
        yield from _boxes(frame)
    elif frame.startswith(_CODESTREAM):
        yield from _codestream(frame)
    elif not _is_rle(frame):
        yield UNKNOWN, frame
    elif pixels:
        yield from _behind_runs(frame, pixels)


def _is_rle(frame: bytes) -> bool:
    """Whether a frame begins with an RLE header (PS3.5 G.5)."""
    if len(frame) < 64:
        return False
    count, *offsets = struct.unpack("<16L", frame[:64])
    return 1 <= count <= 15 and offsets[0] == 64 and not any(offsets[count:])


def _behind_runs(frame: bytes, pixels: int) -> Iterator[tuple[str, bytes]]:
    """Yield what stands behind the runs of each RLE segment (PS3.5 G.3)."""
    count, *offsets = struct.unpack("<16L", frame[:64])
    starts = [*offsets[:count], len(frame)]
    for start, stop in itertools.pairwise(starts):
        pos, told = start, 0
        while told < pixels and pos < stop:
            lead = int.from_bytes(frame[pos : pos + 1], "big", signed=True)
            told += lead + 1 if lead >= 0 else 0 if lead == -128 else 1 - lead
            pos += lead + 2 if lead >= 0 else 1 if lead == -128 else 2
        if any(frame[pos:stop]):
            yield "behind a segment", frame[pos:stop]


def _jpeg(frame: bytes) -> Iterator[tuple[str, bytes]]:
    """Walk JPEG and JPEG-LS marker segments; entropy-coded data holds no marker but restarts (T.81 B.1.1.5)."""
    pos = 2
    while (hit := _MARKER.search(frame, pos)) is not None:
        pos, marker = hit.end(), hit[0][1]
        if marker == _END_OF_IMAGE:
            break
        length = int.from_bytes(frame[pos : pos + 2], "big")
        if marker in _WITH_TEXT:
            yield f"segment {marker:02X}", frame[pos + 2 : pos + length]
        pos += max(length, 2)
    if any(frame[pos:]):
        yield "after the image", frame[pos:]


def _boxes(frame: bytes) -> Iterator[tuple[str, bytes]]:
    """Walk the boxes of a JP2 file (T.800 I.4)."""
    pos = 0
    while pos + 8 <= len(frame):
        length, kind = struct.unpack(">L4s", frame[pos : pos + 8])
        header = 8
        if length == 1:
            length, header = int.from_bytes(frame[pos + 8 : pos + 16], "big"), 16
        stop = len(frame) if length == 0 else pos + length
        if not pos + header <= stop <= len(frame):
            break
        yield from _box(kind, frame[pos + header : stop])
        pos = stop
    if any(frame[pos:]):
        yield "after the boxes", frame[pos:]


def _box(kind: bytes, content: bytes) -> Iterator[tuple[str, bytes]]:
    if kind == b"jp2c":
        yield from _codestream(content)
    elif kind in _SUPERBOXES:
        yield from _boxes(content)
    else:
        yield "box", content


def _codestream(frame: bytes) -> Iterator[tuple[str, bytes]]:
    """Walk the headers of a JPEG 2000 codestream, tile-part by tile-part (T.800 A.4), and look behind its end."""
    pos, tile_end = 2, 0
    while pos + 4 <= len(frame):
        marker, length = struct.unpack(">HH", frame[pos : pos + 4])
        if marker == _SOT and length == 10:
            size = int.from_bytes(frame[pos + 6 : pos + 10], "big")
            tile_end = pos + size if size else max(frame.rfind(b"\xff\xd9"), pos + 12)
        if marker == _SOD:
            pos = max(tile_end, pos + 2)
            continue
        if marker == _EOC or marker < _FIRST_MARKER:
            break
        if marker == _COM:
            yield "comment", frame[pos + 4 : pos + 2 + length]
        pos += 2 + max(length, 2)
    rest = frame[pos:].removeprefix(b"\xff\xd9")
    if any(rest):
        yield "after the image", rest
