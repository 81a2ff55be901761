"""Segmented palettes, expanded (PS3.3 C.7.9.2)."""

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.rendering.errors import UnrenderableError

_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2


def expanded(words: NDArray[np.uint16], count: int, *, offset_unit: int) -> NDArray[np.uint16]:
    """Return the entries that segments describe.

    Parameters
    ----------
    words : numpy.ndarray
        The segmented data, one value a word.
    count : int
        Entries wanted; no more are made, so that no data can fill the memory.
    offset_unit : int
        Bytes of a value in the object: an indirect segment counts its offset in bytes.

    Raises
    ------
    UnrenderableError
        When a segment is of no known kind, or one that is pointed at points on.
    """
    entries: list[int] = []
    _expand([int(word) for word in words], 0, None, entries, count, offset_unit)
    return np.array(entries[:count], np.uint16)


def _expand(words: list[int], at: int, segments: int | None, entries: list[int], count: int, unit: int) -> None:  # noqa: PLR0913, PLR0917  the state of one walk
    done = 0
    while at + 2 <= len(words) and len(entries) < count and (segments is None or done < segments):
        kind, length = words[at], words[at + 1]
        if kind == _DISCRETE:
            entries.extend(words[at + 2 : at + 2 + length])
            at += 2 + length
        elif kind == _LINEAR and entries and at + 2 < len(words):
            entries.extend(_line(entries[-1], words[at + 2], min(length, count)))
            at += 3
        elif kind == _INDIRECT and segments is None and at + 3 < len(words):
            _expand(words, _offset(words[at + 2 : at + 4], unit) // unit, length, entries, count, unit)
            at += 4
        else:
            raise UnrenderableError("a segmented palette of it is broken")
        done += 1


def _offset(words: list[int], unit: int) -> int:
    return words[0] | words[1] << (8 * unit)


def _line(start: int, end: int, length: int) -> list[int]:
    return [int(value) for value in np.rint(np.linspace(start, end, length + 1)[1:])]
