"""Frames of JPEG 2000 and of its High-Throughput kind."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import decode, encode_buffer

from orthanc_plugin.deid.pixels.redaction.codecs import jpeg_2000_header
from orthanc_plugin.deid.pixels.redaction.codecs.frame import BROKEN, Frame, check_size, word_of
from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError, OtherWayError
from orthanc_plugin.deid.pixels.redaction.layout import Layout

_MOST_BITS = 24
_COLOUR_AS_RGB = 1  # what the encoder calls sRGB: it then transforms the colours together


def decode_jpeg_2000(frame: bytes, layout: Layout) -> Frame:
    """Return a frame of JPEG 2000 or High-Throughput JPEG 2000; colours transformed together come back as RGB."""
    head = jpeg_2000_header.read(frame)
    check_size(layout, head.rows, head.columns, head.components, head.bits)
    said_mixed = layout.photometric in ("YBR_RCT", "YBR_ICT")
    if layout.samples == 3 and said_mixed != head.mixes and (said_mixed or layout.photometric != "RGB"):
        raise CannotRedactError("its photometric interpretation contradicts the colours of a JPEG 2000 frame")
    try:
        decoded = decode(frame).reshape(layout.shape)
    except BROKEN:
        raise CannotRedactError("a JPEG 2000 frame is truncated or broken") from None
    word = word_of(head.bits)
    words = np.array(decoded).view(word) & word.type((1 << head.bits) - 1)
    photometric = "RGB" if head.mixes and layout.samples == 3 else layout.photometric
    return Frame(words, head.bits, photometric, not head.reversible, lambda new: _encode_jpeg_2000(new, head))


def _encode_jpeg_2000(words: NDArray[Any], head: jpeg_2000_header.Jpeg2000) -> bytes:
    """Return a codestream without loss, of the same bits and sign."""
    rows, columns, samples = words.shape
    if head.bits > _MOST_BITS:
        raise OtherWayError
    values = words
    if head.signed:
        sign = words.dtype.type(1 << (head.bits - 1))
        values = (words ^ sign) - sign
    mixes = head.mixes and samples == 3
    try:
        return bytes(
            encode_buffer(
                np.ascontiguousarray(values).tobytes(),
                columns,
                rows,
                samples,
                head.bits,
                head.signed,
                photometric_interpretation=_COLOUR_AS_RGB if mixes else 0,
                use_mct=mixes,
            )
        )
    except RuntimeError:  # images of less than 32 rows or columns
        raise OtherWayError from None
