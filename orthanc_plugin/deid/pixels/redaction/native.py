"""Blackening pixels that are not compressed, in place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError
from orthanc_plugin.deid.pixels.redaction.layout import Layout, as_pixels
from orthanc_plugin.deid.pixels.redaction.selection import Selection
from orthanc_plugin.deid.pixels.redaction.work import Work

_BITS_AT_ONCE = 1 << 24


def blacken_native(data: bytes, work: Work, order: str, *, swapped: bool) -> bytearray:
    """Return the value of Pixel Data with black in it; what is behind the last frame is dropped.

    Parameters
    ----------
    data : bytes
        The value; one copy of it is made and changed in place.
    work : Work
        How the pixels lie, what goes, what is written.
    order : {"<", ">"}
        Order of the bytes of a word.
    swapped : bool
        Whether bytes lie in words of 16 bits of big endian (PS3.5 8.1.2, Annex D).

    Raises
    ------
    CannotRedactError
        When there are fewer pixels than the header says.
    """
    layout = work.layout
    size = -(-_bits_of_a_frame(layout) * layout.frames // 8)
    if len(data) < size:
        raise CannotRedactError("its pixel data is truncated: it has fewer pixels than its header says")
    out = bytearray(data[: size + size % 2])
    out.extend(bytes(len(out) % 2))
    _swap(out, swapped=swapped)
    for frame in (number for number in range(layout.frames) if work.selection.touches(number)):
        _blacken_frame(out, frame, work, order)
    out[size:] = bytes(len(out) - size)
    _swap(out, swapped=swapped)
    return out


def _bits_of_a_frame(layout: Layout) -> int:
    if layout.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422"):
        if layout.columns % 2 or layout.allocated != 8:
            raise CannotRedactError("its shared chroma does not fit its columns or bits")
        return layout.rows * layout.columns * 2 * layout.allocated
    if layout.photometric in ("YBR_PARTIAL_420", "YBR_RCT", "YBR_ICT"):
        raise CannotRedactError("its photometric interpretation does not exist without compression")
    return layout.words * layout.allocated


def _swap(out: bytearray, *, swapped: bool) -> None:
    if swapped:
        np.frombuffer(out, dtype=np.uint16).byteswap(inplace=True)


def _blacken_frame(out: bytearray, frame: int, work: Work, order: str) -> None:
    layout = work.layout
    if layout.allocated == 1:
        plane = Plane(frame, layout.rows, layout.columns, frame)
        blacken_bits(out, plane, work.selection, value=int(work.paint.inverse))
        return
    kind = "f" if layout.is_float else "u"
    dtype = np.dtype(f"{order}{kind}{layout.allocated // 8}")
    size = _bits_of_a_frame(layout) // 8
    words = np.frombuffer(out, dtype=dtype, count=size // dtype.itemsize, offset=frame * size)
    if layout.photometric.endswith("_422"):
        _blacken_pairs(words, frame, work)
        return
    view = as_pixels(words, layout.shape, by_plane=layout.by_plane)
    values = work.paint.values(lambda: work.selection.rest(view, frame), layout.allocated)
    work.selection.paint(view, frame, values)


def _blacken_pairs(words: NDArray[Any], frame: int, work: Work) -> None:
    """Blacken two pixels that share their chroma (PS3.3 C.7.6.3.1.2) as one."""
    layout = work.layout
    pairs = words.reshape(layout.rows, layout.columns // 2, 4)
    light, blue, red = work.paint.values(lambda: words, layout.allocated)
    wanted = np.zeros((layout.rows, layout.columns), dtype=np.bool_)
    work.selection.paint(wanted, frame, values=True)
    pairs[wanted[:, ::2] | wanted[:, 1::2]] = [light, light, blue, red]


@dataclass(frozen=True, slots=True)
class Plane:
    """One plane of packed bits among others that follow each other without filling.

    Attributes
    ----------
    number, rows, columns : int
        Which of them it is, and its size.
    frame : int or None
        Of the image beneath it; None: all of them.
    top, left : int
        Row and column of the image at its first bit.
    """

    number: int
    rows: int
    columns: int
    frame: int | None
    top: int = 0
    left: int = 0


def blacken_bits(out: bytearray, plane: Plane, selection: Selection, value: int) -> None:
    """Write a value, 0 or 1, into what goes from a plane of packed bits, the lowest first, in place."""
    for first, last in _strips(plane.rows, plane.columns):
        start = (plane.number * plane.rows + first) * plane.columns
        end = start + (last - first) * plane.columns
        part = slice(start // 8, -(-end // 8))
        bits = np.unpackbits(np.frombuffer(out[part], dtype=np.uint8), bitorder="little")
        view = bits[start % 8 : start % 8 + end - start].reshape(last - first, plane.columns)
        selection.paint(view, plane.frame, value, plane.top + first, plane.left)
        out[part] = np.packbits(bits, bitorder="little").tobytes()


def _strips(rows: int, columns: int) -> Iterable[tuple[int, int]]:
    step = max(_BITS_AT_ONCE // columns, 1)
    return ((first, min(first + step, rows)) for first in range(0, rows, step))
