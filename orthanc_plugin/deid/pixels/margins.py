"""Radiographs are looked at before they pass: writing in their margins, or anywhere else, needs a person (R30)."""

import mmap
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread

from orthanc_plugin.deid.outcome import HeldBackError
from orthanc_plugin.deid.pixels.risk import looked_at
from orthanc_plugin.deid.pixels.writing import shows_writing

_ERRORS = (
    ValueError, LookupError, TypeError, AttributeError, RuntimeError, EOFError, OSError, ArithmeticError, MemoryError,
    AssertionError,
)  # fmt: skip
"""What pydicom and its decoders raise over pixels that they cannot read."""


def look(data: bytes | mmap.mmap, sop_class: str) -> None:
    """Let a radiograph pass only where it shows no writing; objects of other kinds pass unseen.

    Parameters
    ----------
    data : bytes or mmap
        The whole file.
    sop_class : str
        Its SOP class UID.

    Raises
    ------
    HeldBackError
        There seems to be writing, or the pixels cannot be decoded and so nobody has looked.
    """
    if sop_class not in looked_at():
        return
    try:
        planes = _planes(data)
    except _ERRORS:
        raise HeldBackError(
            "its pixels cannot be decoded, so its margins cannot be looked at for writing (R30)"
        ) from None
    if any(shows_writing(plane) for plane in planes):
        raise HeldBackError("it shows what looks like writing; a person has to look at it first (R30)")


def _planes(data: bytes | mmap.mmap) -> list[NDArray[Any]]:
    """Return every frame as one plane: colour as its mean."""
    dataset = dcmread(BytesIO(data), force=True)
    if "PixelData" not in dataset:
        return []
    pixels = dataset.pixel_array
    if int(dataset.get("SamplesPerPixel") or 1) > 1:
        pixels = pixels.mean(axis=-1, dtype=np.float32)
    return [pixels] if pixels.ndim == 2 else list(pixels)
