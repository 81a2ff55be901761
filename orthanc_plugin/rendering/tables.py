"""Tables of every stored value: one fetch a pixel, for values of at most 16 bits."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Entry = TypeVar("Entry", bound=np.generic)

BLOCK = 2**20
"""Pixels that are worked on at once, so that indices or floats of a large frame are never all in memory."""


def has_table(stored: NDArray[Any]) -> bool:
    """Return whether a table of all values of this type is small."""
    return stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2


def every(kind: str, size: int) -> NDArray[Any]:
    """Return every value of an integer type of `size` bytes, in the order of its bits read as unsigned."""
    return np.arange(2 ** (8 * size), dtype=f"u{size}").view(f"{kind}{size}")


def fetched(table: NDArray[Entry], stored: NDArray[Any]) -> NDArray[Entry]:
    """Return the entry of each stored value, by its bits read as unsigned."""
    index = np.ascontiguousarray(stored).reshape(-1).view(f"u{stored.dtype.itemsize}")
    out = np.empty(index.size, table.dtype)
    for start in range(0, index.size, BLOCK):
        np.take(table, index[start : start + BLOCK], out=out[start : start + BLOCK], mode="clip")
    return out.reshape(stored.shape)
