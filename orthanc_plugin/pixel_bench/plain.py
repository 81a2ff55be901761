"""Pictures shown and blackened in the plainest way: a peer that only finds writing is measured as a redactor."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import ExplicitVRLittleEndian

Boxes = Iterable[tuple[int, int, int, int]]
"""Left, top, right, bottom in pixels."""
Find = Callable[[NDArray[np.uint8]], Boxes]
"""From a picture, (rows, columns) or (rows, columns, 3), to where writing stands."""


def shown(ds: pydicom.Dataset, frame: NDArray[Any]) -> NDArray[np.uint8]:
    """Return a frame as the bench's objects are meant to be shown: through their palette or their one window.

    Parameters
    ----------
    ds : Dataset
        The object.
    frame : ndarray
        Stored values of one frame.
    """
    if "PALETTE" in ds.PhotometricInterpretation:
        return np.asarray(apply_color_lut(frame, ds) // 256, np.uint8)
    if "WindowWidth" not in ds:
        return np.asarray(frame, np.uint8)
    low = float(ds.WindowCenter) - float(ds.WindowWidth) / 2
    return np.asarray(((frame - low) / float(ds.WindowWidth) * 255).clip(0, 255), np.uint8)


def redactor(find: Find) -> Callable[[bytes], bytes | None]:
    """Return a redactor that blackens what is found in each frame for itself, and writes native pixels.

    Parameters
    ----------
    find : callable
        The peer.
    """

    def redact(data: bytes) -> bytes:
        ds = pydicom.dcmread(io.BytesIO(data))
        several = int(ds.get("NumberOfFrames", 1) or 1) > 1
        frames = np.array(ds.pixel_array if several else ds.pixel_array[None])
        black = -1024 if ds.PixelRepresentation else 0
        for frame in frames:
            for left, top, right, bottom in list(find(shown(ds, frame))):
                frame[max(top, 0) : bottom, max(left, 0) : right] = black
        return _written(ds, frames)

    return redact


def _written(ds: pydicom.Dataset, frames: NDArray[Any]) -> bytes:
    if ds.PhotometricInterpretation.startswith("YBR"):
        ds.PhotometricInterpretation, ds.PlanarConfiguration = "RGB", 0
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    raw = frames.tobytes()
    ds.PixelData = raw + b"\0" * (len(raw) % 2)
    ds["PixelData"].VR = "OB" if ds.BitsAllocated == 8 else "OW"
    ds["PixelData"].is_undefined_length = False
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()
