"""Compressed pixel data as a list of frames, and back (PS3.5 A.4): one fragment a frame, with an offset table."""

import struct
from collections.abc import Sequence

from pydicom.encaps import generate_fragments, parse_basic_offsets
from pydicom.filebase import DicomBytesIO

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError

_ITEM = b"\xfe\xff\x00\xe0"
_STARTS = (b"\xff\xd8\xff", b"\xff\x4f\xff", b"\x00\x00\x00\x0cjP  ")
_MOST_OF_A_TABLE = 0xFFFFFFFF


def frames_of(value: bytes, count: int) -> list[bytes]:
    """Return the frames, each without regard to how it was cut in fragments.

    An extended offset table needs no reading: it goes with one fragment a frame (PS3.3 C.7.6.3.1.8).

    Raises
    ------
    CannotRedactError
        When it cannot be said where each of `count` frames begins, or the items break off.
    """
    try:
        reader = DicomBytesIO(value)
        offsets = parse_basic_offsets(reader)
        fragments = list(generate_fragments(reader))
    except (ValueError, EOFError, struct.error):
        raise CannotRedactError("its compressed pixel data is truncated or broken") from None
    if count == len(fragments):
        return fragments
    groups = _by_table(fragments, offsets) if len(offsets) == count else _by_start(fragments, count)
    if len(groups) != count or not all(groups):
        raise CannotRedactError("its compressed pixel data does not show where each frame begins")
    return [b"".join(group) for group in groups]


def _by_table(fragments: Sequence[bytes], offsets: Sequence[int]) -> list[list[bytes]]:
    groups: list[list[bytes]] = []
    at = 0
    for fragment in fragments:
        if at in offsets:
            groups.append([])
        if not groups:
            break
        groups[-1].append(fragment)
        at += len(fragment) + 8
    return groups


def _by_start(fragments: Sequence[bytes], count: int) -> list[list[bytes]]:
    if count == 1:
        return [list(fragments)]
    groups: list[list[bytes]] = []
    for fragment in fragments:
        if fragment.startswith(_STARTS):
            groups.append([])
        if not groups:
            break
        groups[-1].append(fragment)
    return groups


def encapsulated(frames: Sequence[bytes]) -> bytes:
    """Return the frames as the value of Pixel Data, without the delimiter, which belongs to the element.

    The table stays empty where frames begin too far for its offsets.
    """
    out, offsets = bytearray(), []
    for frame in frames:
        offsets.append(len(out))
        out += _ITEM + struct.pack("<L", len(frame) + len(frame) % 2) + frame + bytes(len(frame) % 2)
    fits = offsets[-1] <= _MOST_OF_A_TABLE
    table = struct.pack(f"<{len(offsets)}L", *offsets) if fits else b""
    return b"".join([_ITEM, struct.pack("<L", len(table)), table, out])
