"""What became of a picture: which strings are hidden, and what else was lost."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from scipy.ndimage import binary_closing

from orthanc_plugin.pixel_bench.corpus import Picture
from orthanc_plugin.pixel_bench.writing import Written

HIDDEN = 0.9
"""Share of a string's ink that has to be blackened for it to count as hidden, in every frame where it stands."""
_AROUND = 16  # pixels around a string's box that are no collateral
_STROKE = 11  # closes over black letters and edges: a blackened pixel that was black before is blackened too
_LOSS = 12  # levels by which a decoder's black may differ, lossy compression only
_LOSSY = "1.2.840.10008.1.2.4.5"  # JPEG baseline and extended
Frames = NDArray[Any]
Redact = Callable[[bytes], bytes | None]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one picture.

    Attributes
    ----------
    picture : str
        Its kind.
    clean : bool
        Whether nothing was written in it.
    held : bool
        Whether it was held.
    strings : tuple
        Each string, and whether it was hidden. Of a held picture all are hidden: nobody sees it.
    collateral, equal : float
        Shares of all pixels blackened away from the writing, and of the pixels not blackened that are as they were.
    """

    picture: str
    clean: bool
    held: bool
    strings: tuple[tuple[Written, bool], ...]
    collateral: float = 0.0
    equal: float = 1.0


def _pixels(data: bytes) -> tuple[Frames, bool]:
    """Return all frames as (frames, rows, columns, samples), and whether they were compressed with loss."""
    ds = pydicom.dcmread(io.BytesIO(data))
    values = ds.pixel_array
    frames, samples = int(ds.get("NumberOfFrames", 1) or 1), int(ds.SamplesPerPixel)
    lossy = str(ds.file_meta.TransferSyntaxUID).startswith(_LOSSY)
    return values.reshape(frames, ds.Rows, ds.Columns, samples).astype(np.int32), lossy


def blackened(before: Frames, after: Frames, *, lossy: bool) -> NDArray[np.bool_]:
    """Return which pixels were made one value, the same wherever pixels changed; (frames, rows, columns).

    A pixel that had this value before counts where it lies within a stroke's width among those that changed. What was
    changed in any other way, by compressing again or by blurring, hides nothing.

    Parameters
    ----------
    before, after : ndarray
        (frames, rows, columns, samples).
    lossy : bool
        Whether a decoder's black may be a little off.
    """
    changed: NDArray[np.bool_] = (before != after).any(3)
    if not changed.any():
        return changed
    values, counts = np.unique(after[changed], axis=0, return_counts=True)
    black = values[counts.argmax()]
    is_black = (np.abs(after - black) <= (_LOSS if lossy else 0)).all(3)
    kernel = np.ones((_STROKE, _STROKE), bool)
    found = [binary_closing(np.pad(c & b, _STROKE), kernel)[_STROKE:-_STROKE, _STROKE:-_STROKE] & b
             for c, b in zip(changed, is_black, strict=True)]  # fmt: skip
    return np.stack(found)


def judge(picture: Picture, redacted: bytes | None) -> Fate:
    """Return what became of a picture.

    Parameters
    ----------
    picture : Picture
        With the truth.
    redacted : bytes or None
        The DICOM file that would leave; None if it was held.
    """
    if redacted is None:
        return Fate(picture.kind, not picture.strings, held=True, strings=tuple((s, True) for s in picture.strings))
    (before, lossy), (after, _) = _pixels(picture.data), _pixels(redacted)
    if before.shape != after.shape:
        msg = f"a redacted {picture.kind} has another shape than its original: {after.shape}, not {before.shape}."
        raise ValueError(msg)
    black = blackened(before, after, lossy=lossy)
    strings = tuple((s, all(black[n][s.box][s.ink].mean() >= HIDDEN for n in s.frames)) for s in picture.strings)
    kept = ~black
    same = (before == after).all(3)[kept]
    return Fate(
        picture.kind,
        not picture.strings,
        held=False,
        strings=strings,
        collateral=float((black & ~_near(picture.strings, black.shape)).mean()),
        equal=float(same.mean()) if same.size else 1.0,
    )


def _near(strings: Iterable[Written], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    near = np.zeros(shape, bool)
    for s in strings:
        rows, columns = s.ink.shape
        down = slice(max(s.top - _AROUND, 0), s.top + rows + _AROUND)
        across = slice(max(s.left - _AROUND, 0), s.left + columns + _AROUND)
        near[list(s.frames), down, across] = True
    return near
