"""Frames of an object as pictures for the second reader, with nothing of the code that made the object (ADR 0041)."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.pixels.utils import iter_pixels

_ALL, _SAMPLED = 8, 6  # frames: so many are all read; of more, so many spread over them, beside their mean
_SMALL = 900  # columns: a smaller picture is read at twice its size


def pictures(data: bytes) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yield frames by name, dark on light, large enough to be read.

    Of a long film its mean is read, where what stands still stands out, and frames spread over it.

    Parameters
    ----------
    data
        A DICOM file with pixels.

    Yields
    ------
    tuple of str and ndarray
        The name of the frame, and its grey values, uint8 (rows, columns).
    """
    header = dcmread(BytesIO(data), stop_before_pixels=True, force=True)
    count = max(int(header.get("NumberOfFrames") or 1), 1)
    chosen = set(range(count)) if count <= _ALL else {round(each) for each in np.linspace(0, count - 1, _SAMPLED)}
    total: NDArray[np.float64] | None = None
    for number, stored in enumerate(iter_pixels(BytesIO(data))):
        plane = stored.mean(axis=-1) if stored.ndim == 3 else stored.astype(np.float64)
        if count > _ALL:
            total = plane.copy() if total is None else total + plane
        if number in chosen:
            yield f"frame {number + 1}", _legible(plane)
    if total is not None:
        yield "mean of the frames", _legible(total)


def _legible(plane: NDArray[Any]) -> NDArray[np.uint8]:
    low, high = (float(value) for value in np.percentile(plane, (0.2, 99.8)))
    low, high = (low, high) if high > low else (float(plane.min()), float(plane.max()))
    eight = (np.clip((plane - low) / max(high - low, 1e-9), 0, 1) * 255).astype(np.uint8)
    if float(np.median(eight)) < 128:
        eight = 255 - eight
    return np.repeat(np.repeat(eight, 2, axis=0), 2, axis=1) if eight.shape[1] < _SMALL else eight
