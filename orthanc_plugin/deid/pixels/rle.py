"""What an RLE frame has room for beside its image: unused offsets, and bytes behind a segment (PS3.5 Annex G)."""

import struct
from itertools import pairwise

from orthanc_plugin.deid.errors import UnreadableError

_HEADER = struct.Struct("<16L")
_NO_OPERATION = 128


def without_slack(frame: bytes, plane: int) -> bytes:
    """Return the frame with zeros wherever nothing of the image is; no length and no offset changes.

    Parameters
    ----------
    frame : bytes
        One frame, with its header.
    plane : int
        Bytes that each segment decodes to: the pixels of a frame.

    Raises
    ------
    UnreadableError
        When it is no RLE frame.
    """
    if len(frame) < _HEADER.size:
        raise UnreadableError("truncated or broken in an RLE frame")
    count, *offsets = _HEADER.unpack_from(frame)
    bounds = [*offsets[:count], len(frame)]
    if not 1 <= count <= len(offsets) or bounds[0] < _HEADER.size or bounds != sorted(bounds) or not plane:
        raise UnreadableError("truncated or broken in an RLE frame")
    out = bytearray(frame)
    out[4 * (count + 1) : bounds[0]] = bytes(bounds[0] - 4 * (count + 1))
    for start, end in pairwise(bounds):
        behind = _end_of_image(frame, start, end, plane)
        out[behind:end] = bytes(end - behind)
    return bytes(out)


def _end_of_image(frame: bytes, at: int, end: int, left: int) -> int:
    """Return where a segment has told as many bytes as a plane has."""
    while left > 0 and at < end:
        control = frame[at]
        if control < _NO_OPERATION:  # so many bytes follow as they are
            at += control + 2
            left -= control + 1
        elif control > _NO_OPERATION:  # one byte, so many times
            at += 2
            left -= 257 - control
        else:
            at += 1
    return min(at, end)
