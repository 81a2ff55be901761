"""Every picture is looked at before it passes: writing in its margins, or anywhere else, needs a person (R23, R30)."""

import mmap
from collections import OrderedDict
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.filereader import read_partial
from pydicom.pixels.utils import iter_pixels
from pydicom.tag import BaseTag

from orthanc_plugin.deid.outcome import HeldBackError
from orthanc_plugin.deid.pixels.writing import shows_writing

_ERRORS = (
    ValueError, LookupError, TypeError, AttributeError, RuntimeError, EOFError, OSError, ArithmeticError, MemoryError,
    AssertionError,
)  # fmt: skip
"""What pydicom and its decoders raise over pixels that they cannot read."""

_MOST_SEEN = 64
_PIECE = 1 << 22  # bytes
_PIXELS = (0x7FE00008, 0x7FE00009, 0x7FE00010)  # float, double float, pixel data


def look(data: bytes | mmap.mmap) -> None:
    """Let a picture pass only where it shows no writing, whatever its kind and whatever it says of itself.

    Parameters
    ----------
    data : bytes or mmap
        The whole file.

    Raises
    ------
    HeldBackError
        There seems to be writing, or the pixels cannot be decoded and so nobody has looked.
    """
    try:
        writing = _shows_writing(data)
    except _ERRORS:
        raise HeldBackError("its pixels cannot be decoded, so nobody can look for writing in them (R23, R30)") from None
    if writing:
        raise HeldBackError("it shows what looks like writing; a person has to look at it first (R23, R30)")


_seen: OrderedDict[bytes, bool] = OrderedDict()
"""What was found in the last files: one and the same is asked for again, for a lecture, then for print."""


def _shows_writing(data: bytes | mmap.mmap) -> bool:
    likeness = _digest(data)
    found = _seen.get(likeness)
    if found is None:
        found = any(shows_writing(plane) for plane in _planes(data))
        _seen[likeness] = found
        if len(_seen) > _MOST_SEEN:
            _seen.popitem(last=False)
    return found


def _digest(data: bytes | mmap.mmap) -> bytes:
    digest = sha256()
    for start in range(0, len(data), _PIECE):
        digest.update(data[start : start + _PIECE])
        _let_go(data)
    return digest.digest()


def _let_go(data: bytes | mmap.mmap) -> None:
    """Let the pages of a mapped file go that were read: they are in the file."""
    if isinstance(data, mmap.mmap):
        data.madvise(mmap.MADV_DONTNEED)


def _planes(data: bytes | mmap.mmap) -> Iterator[NDArray[Any]]:
    """Yield every frame as one plane, one at a time: colour as its mean."""
    source: Any = data if isinstance(data, mmap.mmap) else BytesIO(data)
    found: list[int] = []

    def ends(tag: BaseTag, _vr: str | None, _length: int) -> bool:
        found.extend([tag] if tag in _PIXELS else [])
        return bool(tag >= _PIXELS[0])

    source.seek(0)
    header = read_partial(source, ends, force=True)
    if not found:
        return
    for pixels in iter_pixels(source):
        _let_go(data)
        yield pixels.mean(axis=-1, dtype=np.float32) if int(header.get("SamplesPerPixel") or 1) > 1 else pixels
