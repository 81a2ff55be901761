"""Decoding one frame to words and encoding words to one frame, without a value changed on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jpeg_ls  # type: ignore[import-untyped]  # publishes no types
import numpy as np
from libjpeg.utils import decode as decode_with_libjpeg
from numpy.typing import NDArray
from openjpeg.utils import decode as decode_with_openjpeg
from openjpeg.utils import encode_buffer
from rle.utils import decode_pixel_data, encode_pixel_data

from orthanc_plugin.deid.pixels.redaction import streams
from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError, OtherWayError
from orthanc_plugin.deid.pixels.redaction.layout import Layout, as_pixels

_MOST_BITS_OF_JPEG_LS, _MOST_BITS_OF_JPEG_2000 = 16, 24
_COLOUR_AS_RGB = 1  # what the encoder of JPEG 2000 calls sRGB: it then transforms the colours together
_BROKEN = (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Frame:
    """A decoded frame.

    Attributes
    ----------
    words : ndarray of unsigned int
        Shape (rows, columns, samples), writable; values of `bits` bits, negative ones in two's complement.
    bits : int
        Of a value in the stream.
    photometric : str
        What the samples are, now that they are decoded.
    lossy : bool
        Whether the stream had lost something.
    encode : callable
        Makes a frame of the same transfer syntax of these words.
    """

    words: NDArray[Any]
    bits: int
    photometric: str
    lossy: bool
    encode: Callable[[NDArray[Any]], bytes]


def _word(bits: int) -> np.dtype[Any]:
    return np.dtype("<u1" if bits <= 8 else "<u2" if bits <= 16 else "<u4")


def _check(layout: Layout, rows: int, columns: int, samples: int, bits: int) -> None:
    """Refuse a stream that is another image than the header says, before it is decoded."""
    layout.check_size()
    if (rows, columns, samples) != layout.shape or bits > layout.allocated:
        raise CannotRedactError("a compressed frame says another size than the header")


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


def decode_jpeg_ls(frame: bytes, layout: Layout) -> Frame:
    """Return a frame of JPEG-LS, lossless or near-lossless."""
    head = streams.jpeg(frame)
    _check(layout, head.rows, head.columns, len(head.components), head.bits)
    try:
        decoded, said = jpeg_ls.decode_buffer(frame)
    except _BROKEN:
        raise CannotRedactError("a JPEG-LS frame is truncated or broken") from None
    by_plane = said["components"] > 1 and said["interleave_mode"] == 0
    words = as_pixels(np.frombuffer(decoded, dtype=_word(head.bits)), layout.shape, by_plane=by_plane)
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
    data = np.ascontiguousarray(ordered).astype(_word(bits), copy=False).tobytes()
    return bytes(jpeg_ls.encode_buffer(data, rows, columns, samples, bits, interleave_mode=mode))


def decode_jpeg_2000(frame: bytes, layout: Layout) -> Frame:
    """Return a frame of JPEG 2000 or High-Throughput JPEG 2000; colours transformed together come back as RGB."""
    head = streams.jpeg2000(frame)
    _check(layout, head.rows, head.columns, head.components, head.bits)
    said_mixed = layout.photometric in ("YBR_RCT", "YBR_ICT")
    if layout.samples == 3 and said_mixed != head.mixes and (said_mixed or layout.photometric != "RGB"):
        raise CannotRedactError("its photometric interpretation contradicts the colours of a JPEG 2000 frame")
    try:
        decoded = decode_with_openjpeg(frame).reshape(layout.shape)
    except _BROKEN:
        raise CannotRedactError("a JPEG 2000 frame is truncated or broken") from None
    word = _word(head.bits)
    words = np.array(decoded).view(word) & word.type((1 << head.bits) - 1)
    photometric = "RGB" if head.mixes and layout.samples == 3 else layout.photometric
    return Frame(words, head.bits, photometric, not head.reversible, lambda new: _encode_jpeg_2000(new, head))


def _encode_jpeg_2000(words: NDArray[Any], head: streams.Jpeg2000) -> bytes:
    """Return a codestream without loss, of the same bits and sign."""
    rows, columns, samples = words.shape
    if head.bits > _MOST_BITS_OF_JPEG_2000:
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


def decode_jpeg(frame: bytes, layout: Layout) -> Frame:
    """Return a frame of JPEG, lossless or not, of any bits, with the colours as they are in the stream."""
    head = streams.jpeg(frame)
    _check(layout, head.rows, head.columns, len(head.components), head.bits)
    try:
        decoded = decode_with_libjpeg(_with_whole_spectrum(frame, head), 0, reshape=False)
    except _BROKEN:
        raise CannotRedactError("a JPEG frame is truncated, broken, or of a process that is not handled") from None
    words = np.array(decoded).view(_word(head.bits)).reshape(layout.shape)
    return Frame(words, head.bits, colours_of(layout, head), head.process not in (0xC3, 0xCB), _no_encoder)


def _with_whole_spectrum(frame: bytes, head: streams.Jpeg) -> bytes:
    """Return a sequential frame whose scan says 0 to 63, as it must (T.81 B.2.3); some devices wrote 0 to 0."""
    if head.process not in (0xC0, 0xC1):
        return frame
    end = head.head + 2 + int.from_bytes(frame[head.head + 2 : head.head + 4], "big")
    return frame[: end - 3] + b"\x00\x3f\x00" + frame[end:]


def colours_of(layout: Layout, head: streams.Jpeg) -> str:
    """Return what the samples of a JPEG stream are: what its marks say, then what the header says."""
    if layout.samples == 1:
        return layout.photometric
    if layout.photometric.startswith("YBR_PARTIAL"):
        raise CannotRedactError("its photometric interpretation does not exist without shared chroma")
    return head.colours or ("RGB" if layout.photometric == "RGB" else "YBR_FULL")


def _no_encoder(_: NDArray[Any]) -> bytes:
    raise OtherWayError


def fits_jpeg_ls(bits: int) -> bool:
    """Say whether JPEG-LS can hold values of so many bits."""
    return bits <= _MOST_BITS_OF_JPEG_LS
