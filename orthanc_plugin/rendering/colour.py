"""Colours as RGB of 8 bits, from whatever colour space the pixels are stored in (PS3.3 C.7.6.3.1.2)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from orthanc_plugin.rendering.errors import UnrenderableError

FULL = ("YBR_FULL", "YBR_FULL_422")
PARTIAL = ("YBR_PARTIAL_422", "YBR_PARTIAL_420")
COLOUR = ("RGB", "YBR_ICT", "YBR_RCT", *FULL, *PARTIAL)
_STUDIO = np.array([[1.1644, 0.0, 1.5960], [1.1644, -0.3917, -0.8129], [1.1644, 2.0173, 0.0]], np.float32)
"""Of Y 16-235 and C 16-240 (ITU-R BT.601), which the partial spaces are."""


def rgb(pixels: NDArray[Any], photometric: str, bits: int) -> NDArray[np.uint8]:
    """Return colour pixels as RGB.

    Parameters
    ----------
    pixels : numpy.ndarray
        ``(rows, columns, 3)``, chroma at full resolution.
    photometric : str
        Photometric Interpretation of these pixels. An ICC profile is not applied.
    bits : int
        Bits Stored.

    Returns
    -------
    numpy.ndarray
        uint8, ``(rows, columns, 3)``.

    Raises
    ------
    UnrenderableError
        When there are not three samples in a colour space that has been agreed on (ARGB, CMYK, HSV).
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or photometric not in COLOUR:
        raise UnrenderableError("its colour space is not one that can be shown")
    eight = _eight(pixels, bits)
    if photometric in FULL:
        rows, columns = eight.shape[:2]
        image = Image.frombytes("YCbCr", (columns, rows), np.ascontiguousarray(eight).tobytes())
        return np.asarray(image.convert("RGB"))
    return _from_partial(eight) if photometric in PARTIAL else eight


def _eight(pixels: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    if bits == 8 and pixels.dtype.itemsize == 1:
        return pixels.view(np.uint8)
    if bits > 8:
        return (pixels >> (bits - 8)).astype(np.uint8)
    return np.asarray(pixels.astype(np.uint16) * 255 // (2**bits - 1), np.uint8)


def _from_partial(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    shown = (pixels.astype(np.float32) - np.array([16, 128, 128], np.float32)) @ _STUDIO.T
    return np.asarray(np.clip(np.rint(shown), 0, 255), np.uint8)
