"""Text inside compressed frames: JPEG application and comment segments, JPEG 2000 comments and boxes.

Every payload is overwritten with zeros in its place, so that no length and no offset changes. What decides about
colours stays: the JFIF and Adobe segments, the colour transform of JPEG-LS, the colour box of JP2 (PS3.5 A.4, ITU-T
T.81 B, T.800 A and I).
"""

import re
import struct

from orthanc_plugin.deid.actions.icc import without_texts
from orthanc_plugin.deid.errors import UnreadableError
from orthanc_plugin.deid.pixels.rle import without_slack

_JPEG_FAMILY = re.compile(r"1\.2\.840\.10008\.1\.2\.4\.(?:5\d|6\d|70|8[01]|9[0-3]|20[1-3])")
RLE, ENCAPSULATED_NATIVE = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.1.98"

_ITEM, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_SOI, _SOC, _JP2 = b"\xff\xd8", b"\xff\x4f", b"\x00\x00\x00\x0cjP  "
_KNOWN_BOXES = frozenset({b"jP  ", b"ftyp", b"ihdr", b"bpcc", b"pclr", b"cmap", b"cdef", b"jp2c"})
_AFTER_SCAN = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")
_SOS, _EOI = 0xDA, 0xD9
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_JPEG_LS = {0xF7, 0xF8}
_WITHOUT_IMAGE = frozenset({*range(0x02, 0xC0), *range(0xE0, 0xFF)} - _JPEG_LS)
"""Application segments, comments, and what is reserved for extensions (T.81 table B.1; T.87 takes two of these)."""
_ENUMERATED_COLOUR = 7  # bytes of a colour box that names its colour space by a number (T.800 I.5.3.3)

Range = tuple[int, int]


def can_look_into(transfer_syntax: str) -> bool:
    """Say whether frames of this transfer syntax can be searched for text."""
    known = transfer_syntax in (RLE, ENCAPSULATED_NATIVE)
    return known or bool(_JPEG_FAMILY.fullmatch(transfer_syntax))


def fragments(data: bytes, start: int, end: int, *, delimited: bool = True) -> tuple[list[Range], int]:
    """Return where the values of the items are, the offset table first, and where the sequence ends.

    Parameters
    ----------
    data : bytes
        Where the items are, from `start` on.
    start, end : int
        The value; with `delimited` up to and with its delimiter, without it as pydicom gives it.
    delimited : bool
        Whether the delimiter must be there.

    Raises
    ------
    UnreadableError
        When the items do not fill the range.
    """
    found: list[Range] = []
    at = start
    while at + 8 <= end:
        tag, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if tag == _END:
            return found, at + 8
        if tag != _ITEM or length > end - at - 8:
            break
        found.append((at + 8, at + 8 + length))
        at += 8 + length
    if at == end and found and not delimited:
        return found, at
    raise UnreadableError("truncated or broken in its compressed pixel data")


def cleaned(data: bytes, values: list[Range], transfer_syntax: str, plane: int) -> dict[Range, bytes]:
    """Return new bytes for those fragments that held text, or had room for some.

    Parameters
    ----------
    data : bytes
        Where the fragments are.
    values : list of (start, end)
        From `fragments`, with the offset table.
    transfer_syntax : str
        What the frames should be.
    plane : int
        The pixels of a frame.

    Raises
    ------
    UnreadableError
        When a frame cannot be followed to its end.
    """
    new: dict[Range, bytes] = {}
    _check_table(data, values)
    if transfer_syntax == RLE:  # each frame is one fragment (PS3.5 A.4.2)
        frames = {place: data[place[0] : place[1]] for place in values[1:]}
        return {place: clean for place, frame in frames.items() if (clean := without_slack(frame, plane)) != frame}
    if transfer_syntax == ENCAPSULATED_NATIVE:
        return new
    for group in _frames(data, values[1:]):
        frame = b"".join(data[start:end] for start, end in group)
        clean = _frame(frame)
        if clean == frame:
            continue
        at = 0
        for start, end in group:
            new[start, end] = clean[at : at + end - start]
            at += end - start
    return new


def _check_table(data: bytes, values: list[Range]) -> None:
    """Refuse a table of offsets that holds anything else: what it points to are frames of this pixel data."""
    if not values:
        return
    start, end = values[0]
    if (end - start) % 4:
        raise UnreadableError("broken in the offset table of its compressed pixel data")
    offsets = struct.unpack(f"<{(end - start) // 4}L", data[start:end])
    if offsets and (offsets[0] or max(offsets) >= values[-1][1] - start):
        raise UnreadableError("broken in the offset table of its compressed pixel data")


def _frames(data: bytes, values: list[Range]) -> list[list[Range]]:
    """Group fragments to frames: a fragment that does not start as a stream goes on with the one before."""
    groups: list[list[Range]] = []
    for start, end in values:
        begins = data[start : start + 2] in (_SOI, _SOC) or data[start : start + 8] == _JP2
        if begins or not groups:
            groups.append([])
        groups[-1].append((start, end))
    return groups


def _frame(frame: bytes) -> bytes:
    out = bytearray(frame)
    try:
        if frame[:2] == _SOI:
            _jpeg(out)
        elif frame[:2] == _SOC:
            _codestream(out, 0, len(out))
        elif frame[:8] == _JP2:
            _boxes(out, 0, len(out))
        else:
            raise UnreadableError("a compressed frame is not what its transfer syntax says")
    except (struct.error, IndexError):
        raise UnreadableError("truncated or broken in a compressed frame") from None
    return bytes(out)


def _blank(out: bytearray, start: int, end: int) -> None:
    out[start:end] = bytes(max(end - start, 0))


def _jpeg(out: bytearray) -> None:
    at = 2
    while at < len(out):
        if out[at] != 0xFF:
            raise UnreadableError("broken in a JPEG frame: no marker where one must be")
        marker = out[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == _EOI:
            _blank(out, at + 2, len(out))
            return
        elif marker in _STANDALONE:
            at += 2
        else:
            at = _segment(out, at, marker)
    # a stream without its end mark: the last scan runs to the end of the frame


def _segment(out: bytearray, at: int, marker: int) -> int:
    """Blank one segment where it holds text; return where the next marker is."""
    length: int = struct.unpack_from(">H", out, at + 2)[0]
    start, end = at + 4, at + 2 + length
    if length < 2 or end > len(out):
        raise UnreadableError("truncated or broken in a JPEG segment")
    if marker in _WITHOUT_IMAGE:
        _blank(out, start + _needed(bytes(out[start:end]), marker), end)
    if marker != _SOS:
        return end
    found = _AFTER_SCAN.search(out, end)
    return found.start() if found else len(out)


def _needed(payload: bytes, marker: int) -> int:
    """Return how many bytes at the start of an application segment decide about colours or size."""
    if marker == 0xE0 and payload[:5] == b"JFIF\0":
        return 14
    if marker == 0xEE and payload[:5] == b"Adobe":
        return 12
    if marker == 0xE8 and payload[:4] == b"mrfx":
        return 5
    return 0


def _codestream(out: bytearray, at: int, end: int) -> None:
    """Blank the comments of a JPEG 2000 codestream, in its main header and in those of its tile parts."""
    at += 2
    while at + 4 <= end:
        marker, length = struct.unpack_from(">HH", out, at)
        if marker == 0xFFD9:
            _blank(out, at + 2, end)
            return
        if marker == 0xFF90:  # start of a tile part, with its length
            (part,) = struct.unpack_from(">I", out, at + 6)
            stop = at + part if part else end - 2
            _tile_header(out, at + 2 + length, min(stop, end))
            at = stop
            continue
        if marker < 0xFF00 or at + 2 + length > end:
            raise UnreadableError("broken in a JPEG 2000 frame: no marker where one must be")
        if marker == 0xFF64:
            _blank(out, at + 6, at + 2 + length)
        at += 2 + length


def _tile_header(out: bytearray, at: int, end: int) -> None:
    while at + 4 <= end:
        marker, length = struct.unpack_from(">HH", out, at)
        if marker == 0xFF93:  # start of data
            return
        if marker == 0xFF64:
            _blank(out, at + 6, min(at + 2 + length, end))
        at += 2 + length


def _boxes(out: bytearray, at: int, end: int) -> None:
    """Blank the boxes of a JP2 file that are not needed to show the image."""
    while at + 8 <= end:
        length, kind = struct.unpack_from(">I4s", out, at)
        stop = end if length == 0 else at + length
        if length == 1 or stop > end or (length and length < 8):
            raise UnreadableError("broken in the boxes of a JPEG 2000 frame")
        _box(out, kind, at + 8, stop)
        at = stop
    _blank(out, at, end)


def _box(out: bytearray, kind: bytes, start: int, end: int) -> None:
    if kind == b"jp2h":
        _boxes(out, start, end)
    elif kind == b"jp2c":
        _codestream(out, start, end)
    elif kind == b"colr":
        profile = without_texts(bytes(out[start + 3 : end])) if out[start] == 2 else None
        if profile is not None:
            out[start + 3 : end] = profile
        else:
            _blank(out, start + _ENUMERATED_COLOUR, end)
    elif kind not in _KNOWN_BOXES:
        _blank(out, start, end)
