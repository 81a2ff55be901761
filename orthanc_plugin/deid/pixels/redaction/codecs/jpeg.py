"""Frames of JPEG: lossless or not, of any bits, decoded."""

from typing import Any

import numpy as np
from libjpeg.utils import decode
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.redaction.codecs import jpeg_header
from orthanc_plugin.deid.pixels.redaction.codecs.frame import BROKEN, Frame, check_size, word_of
from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError, OtherWayError
from orthanc_plugin.deid.pixels.redaction.layout import Layout


def decode_jpeg(frame: bytes, layout: Layout) -> Frame:
    """Return a frame of JPEG, lossless or not, of any bits, with the colours as they are in the stream."""
    head = jpeg_header.read(frame)
    check_size(layout, head.rows, head.columns, len(head.components), head.bits)
    try:
        decoded = decode(_with_whole_spectrum(frame, head), 0, reshape=False)
    except BROKEN:
        raise CannotRedactError("a JPEG frame is truncated, broken, or of a process that is not handled") from None
    words = np.array(decoded).view(word_of(head.bits)).reshape(layout.shape)
    return Frame(words, head.bits, colours_of(layout, head), head.process not in (0xC3, 0xCB), _no_encoder)


def _with_whole_spectrum(frame: bytes, head: jpeg_header.Jpeg) -> bytes:
    """Return a sequential frame whose scan says 0 to 63, as it must (T.81 B.2.3); some devices wrote 0 to 0."""
    if head.process not in (0xC0, 0xC1):
        return frame
    end = head.head + 2 + int.from_bytes(frame[head.head + 2 : head.head + 4], "big")
    return frame[: end - 3] + b"\x00\x3f\x00" + frame[end:]


def colours_of(layout: Layout, head: jpeg_header.Jpeg) -> str:
    """Return what the samples of a JPEG stream are: what its marks say, then what the header says."""
    if layout.samples == 1:
        return layout.photometric
    if layout.photometric.startswith("YBR_PARTIAL"):
        raise CannotRedactError("its photometric interpretation does not exist without shared chroma")
    return head.colours or ("RGB" if layout.photometric == "RGB" else "YBR_FULL")


def _no_encoder(_: NDArray[Any]) -> bytes:
    raise OtherWayError
