"""Radiographs are looked at before they pass: writing in their margins, or anywhere else, needs a person (R30)."""

import mmap
from collections import OrderedDict
from hashlib import sha256
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset

from orthanc_plugin.deid.outcome import HeldBackError
from orthanc_plugin.deid.pixels.risk import looked_at
from orthanc_plugin.deid.pixels.writing import shows_writing

_ERRORS = (
    ValueError, LookupError, TypeError, AttributeError, RuntimeError, EOFError, OSError, ArithmeticError, MemoryError,
    AssertionError,
)  # fmt: skip
"""What pydicom and its decoders raise over pixels that they cannot read."""

_MOST_SEEN = 64
_DESCRIBED = (
    "Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "PlanarConfiguration", "PhotometricInterpretation",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
)  # fmt: skip
"""What decides how the stored bytes become pixels."""


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
        writing = _shows_writing(dcmread(BytesIO(data), force=True))
    except _ERRORS:
        raise HeldBackError(
            "its pixels cannot be decoded, so nobody can look for writing in its margins (R30)"
        ) from None
    if writing:
        raise HeldBackError("it shows what looks like writing; a person has to look at it first (R30)")


_seen: OrderedDict[tuple[object, ...], bool] = OrderedDict()
"""What was found in the last images: one and the same is asked for again, for a lecture, then for print."""


def _shows_writing(dataset: Dataset) -> bool:
    if "PixelData" not in dataset:
        return False
    likeness = (sha256(dataset.PixelData).digest(), *(str(dataset.get(name)) for name in _DESCRIBED), _syntax(dataset))
    found = _seen.get(likeness)
    if found is None:
        found = _seen[likeness] = any(map(shows_writing, _planes(dataset)))
        if len(_seen) > _MOST_SEEN:
            _seen.popitem(last=False)
    return found


def _syntax(dataset: Dataset) -> str:
    return str(dataset.file_meta.get("TransferSyntaxUID"))


def _planes(dataset: Dataset) -> list[NDArray[Any]]:
    """Return every frame as one plane: colour as its mean."""
    pixels = dataset.pixel_array
    if int(dataset.get("SamplesPerPixel") or 1) > 1:
        pixels = pixels.mean(axis=-1, dtype=np.float32)
    return [pixels] if pixels.ndim == 2 else list(pixels)
