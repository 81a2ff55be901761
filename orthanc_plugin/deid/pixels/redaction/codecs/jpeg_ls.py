"""Frames of JPEG-LS (ITU-T T.87), and the writing of any others in it."""

from typing import Any

import jpeg_ls  # type: ignore[import-untyped]  # publishes no types
import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.redaction.codecs import jpeg_header
from orthanc_plugin.deid.pixels.redaction.codecs.frame import BROKEN, Frame, check_size, word_of
from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError
from orthanc_plugin.deid.pixels.redaction.layout import Layout, as_pixels

_MOST_BITS = 16


def decode_jpeg_ls(frame: bytes, layout: Layout) -> Frame:
    """Return a frame of JPEG-LS, lossless or near-lossless."""
    head = jpeg_header.read(frame)
    check_size(layout, head.rows, head.columns, len(head.components), head.bits)
    try:
        decoded, said = jpeg_ls.decode_buffer(frame)
    except BROKEN:
        raise CannotRedactError("a JPEG-LS frame is truncated or broken") from None
    by_plane = said["components"] > 1 and said["interleave_mode"] == 0
    words = as_pixels(np.frombuffer(decoded, dtype=word_of(head.bits)), layout.shape, by_plane=by_plane)
    mode = int(said["interleave_mode"])
    return Frame(
        words,
        head.bits,
        layout.photometric,
        bool(said["allowed_lossy_error"]),
        lambda new: encode_jpeg_ls(new, head.bits, mode),
    )


def encode_jpeg_ls(words: NDArray[Any], bits: int, mode: int = 2) -> bytes:
    """Return a frame of JPEG-LS without loss.

    Parameters
    ----------
    words : ndarray
        Shape (rows, columns, samples).
    bits : int
        Of a value, at most 16.
    mode : {0, 1, 2}
        How colours follow each other: plane by plane, line by line, pixel by pixel.
    """
    rows, columns, samples = words.shape
    bits = max(bits, 2)  # the least that JPEG-LS knows
    ordered = words.transpose(2, 0, 1) if mode == 0 and samples > 1 else words
    data = np.ascontiguousarray(ordered).astype(word_of(bits), copy=False).tobytes()
    return bytes(jpeg_ls.encode_buffer(data, rows, columns, samples, bits, interleave_mode=mode))


def fits_jpeg_ls(bits: int) -> bool:
    """Say whether JPEG-LS can hold values of so many bits."""
    return bits <= _MOST_BITS
