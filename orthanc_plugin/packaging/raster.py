"""Pictures for slides and print: what a viewer shows, and nothing that the pixels do not hold.

The grey values go through the Modality LUT and the VOI LUT or window that the object carries (PS3.3 C.11), MONOCHROME1
is turned so that black is black, palettes and YBR become RGB. The pictures are made from the array alone: there is no
EXIF, XMP, ICC or text to carry over.
"""

import struct
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from pydicom import Dataset, dcmread
from pydicom.errors import InvalidDicomError
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut
from pydicom.pixels.utils import iter_pixels

from orthanc_plugin.packaging.release import CannotRenderError, Image

PRINT_DPI = (300, 300)
_COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT")

_DECODING = (
    InvalidDicomError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    EOFError,
    struct.error,
)
"""What decoders and look-up tables raise over broken objects; anything else is a fault of ours."""

Pixels = NDArray[Any]
_OPTIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "png": ("PNG", "png", {"optimize": False, "compress_level": 4}),
    "jpeg": ("JPEG", "jpg", {"quality": 92, "subsampling": 0}),
    "tiff": ("TIFF", "tif", {"dpi": PRINT_DPI, "compression": "tiff_adobe_deflate"}),
}


def renderer(form: str) -> Callable[[Image], Iterator[tuple[str, bytes]]]:
    """Return the function that turns one object into members of the format `form` (png, jpeg or tiff)."""
    kind, ending, options = _OPTIONS[form]

    def members(image: Image) -> Iterator[tuple[str, bytes]]:
        stem = f"images/{image.label or f'{image.study:02}-{image.series:03}-{image.number:05}'}"
        for frame, pixels in enumerate(frames(image.read()), 1):
            out = BytesIO()
            Pillow.fromarray(pixels).save(out, kind, **options)
            yield f"{stem}-{frame:04}.{ending}", out.getvalue()

    return members


def frames(data: bytes) -> Iterator[Pixels]:
    """Yield each frame as it is shown.

    Parameters
    ----------
    data
        A DICOM file.

    Yields
    ------
    numpy.ndarray
        8 bits; ``(rows, columns)`` for grey, ``(rows, columns, 3)`` for colour.

    Raises
    ------
    CannotRenderError
        When the object has no pixels or they cannot be decoded.
    """
    try:
        header = dcmread(BytesIO(data))
        if "PixelData" not in header:
            raise CannotRenderError("it is not an image")
        for pixels in iter_pixels(header):
            yield shown(pixels, header)
    except _DECODING as error:
        raise CannotRenderError(f"its pixels cannot be decoded ({type(error).__name__})") from None


def shown(pixels: Pixels, header: Dataset) -> Pixels:
    """Return one frame as it is shown, in 8 bits."""
    photometric = header.PhotometricInterpretation
    if photometric in _COLOUR:
        return _to_eight_bits(pixels, header)
    if photometric == "PALETTE COLOR":
        return _palette(apply_color_lut(pixels, header))
    if photometric in ("MONOCHROME1", "MONOCHROME2"):
        return _grey(pixels, header, inverted=photometric == "MONOCHROME1")
    raise CannotRenderError(f"its photometric interpretation {photometric} is not one this format can show")


def _to_eight_bits(pixels: Pixels, header: Dataset) -> Pixels:
    surplus = int(header.BitsStored) - 8
    return (pixels >> surplus if surplus > 0 else pixels).astype(np.uint8)


def _palette(colours: Pixels) -> Pixels:
    return (colours >> 8 if colours.dtype.itemsize > 1 else colours).astype(np.uint8)


def _grey(pixels: Pixels, header: Dataset, *, inverted: bool) -> Pixels:
    padding = _padding(pixels, header)
    values = apply_modality_lut(pixels, header)
    low, high = _range(values[~padding] if not padding.all() else values, header)
    if header.get("VOILUTSequence"):
        values = np.rint(values).astype(np.int32)
    values = apply_voi_lut(values, header).astype(np.float64)
    scaled = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    eight = np.rint((1 - scaled if inverted else scaled) * 255).astype(np.uint8)
    eight[padding] = 0
    return eight


def _padding(pixels: Pixels, header: Dataset) -> Pixels:
    """Return where the pixels are padding (PS3.3 C.7.5.1.1.2)."""
    value = header.get("PixelPaddingValue")
    if value is None:
        return np.zeros(pixels.shape, dtype=bool)
    limit = header.get("PixelPaddingRangeLimit", value)
    inside: Pixels = (pixels >= min(value, limit)) & (pixels <= max(value, limit))
    return inside


def _range(values: Pixels, header: Dataset) -> tuple[float, float]:
    """Return the values that become black and white after the VOI transformation (PS3.3 C.11.2.1).

    Without one, the darkest and the brightest value of this frame.
    """
    if header.get("VOILUTSequence"):
        return 0.0, float(2 ** header.VOILUTSequence[0].LUTDescriptor[2] - 1)
    if "WindowCenter" not in header or "WindowWidth" not in header:
        return float(values.min()), float(values.max())
    if header.get("ModalityLUTSequence"):
        return 0.0, float(2 ** header.ModalityLUTSequence[0].LUTDescriptor[2] - 1)
    bits, signed = int(header.BitsStored), int(header.PixelRepresentation)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    if header.get("RescaleSlope") is None or header.get("RescaleIntercept") is None:
        return float(low), float(high)
    slope, intercept = float(header.RescaleSlope), float(header.RescaleIntercept)
    return low * slope + intercept, high * slope + intercept
