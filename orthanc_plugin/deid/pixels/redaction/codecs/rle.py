"""Frames of RLE Lossless (PS3.5 Annex G)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rle.utils import decode_pixel_data, encode_pixel_data

from orthanc_plugin.deid.pixels.redaction.codecs.frame import Frame
from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError
from orthanc_plugin.deid.pixels.redaction.layout import Layout, as_pixels


def decode_rle(frame: bytes, layout: Layout) -> Frame:
    """Return a frame of RLE Lossless (PS3.5 Annex G)."""
    layout.check_size()
    size: dict[str, Any] = {"rows": layout.rows, "columns": layout.columns, "bits_allocated": layout.allocated}
    try:
        planes = decode_pixel_data(frame, version=2, **size)
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":  # Rust's, no Exception
            raise CannotRedactError("an RLE frame is truncated or broken") from None
        raise
    words = np.frombuffer(planes, dtype=f"<u{layout.allocated // 8}")
    if words.size != layout.words:
        raise CannotRedactError("a compressed frame says another size than the header")

    def encode(new: NDArray[Any]) -> bytes:
        source = np.ascontiguousarray(new).tobytes()
        return bytes(encode_pixel_data(source, byteorder="<", samples_per_pixel=layout.samples, **size))

    return Frame(as_pixels(words, layout.shape, by_plane=True), layout.allocated, layout.photometric, False, encode)
