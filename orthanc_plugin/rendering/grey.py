"""Grey values: the whole way from a stored value to black, white and between, as one table where that is possible."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.rendering.modality import Modality, Padding

_BLOCK = 2**20
"""Pixels that are transformed at once where no table can be made, so that floats of a large frame are not held."""


class Interest(Protocol):
    """What decides black and white: a window, a curve or a range."""

    def of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return values as shares of white, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Grey:
    """The transformation of one frame."""

    modality: Modality
    interest: Interest
    padding: Padding | None
    inverted: bool

    def picture(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        """Return a stored frame in 8 bits; values that are no number are black."""
        if stored.dtype.kind in "iu" and stored.dtype.itemsize <= 2:
            unsigned = np.dtype(f"u{stored.dtype.itemsize}")
            return np.asarray(_table(self, stored.dtype.kind, stored.dtype.itemsize)[stored.view(unsigned)])
        out = np.empty(stored.size, np.uint8)
        flat = stored.reshape(-1)
        for start in range(0, flat.size, _BLOCK):
            out[start : start + _BLOCK] = self._shown(flat[start : start + _BLOCK])
        return out.reshape(stored.shape)

    def _shown(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        finite = np.nan_to_num(stored) if stored.dtype.kind == "f" else stored
        shares = np.nan_to_num(self.interest.of(self.modality.of(finite)))
        eight = np.rint((1 - shares if self.inverted else shares) * 255).astype(np.uint8)
        if stored.dtype.kind == "f":
            eight[np.isnan(stored)] = 0
        if self.padding is not None:
            eight[self.padding.where(stored)] = 0
        return eight


@lru_cache(maxsize=16)
def _table(grey: Grey, kind: str, size: int) -> NDArray[np.uint8]:
    """Return what is shown for each stored value, by the value read as unsigned."""
    every = np.arange(2 ** (8 * size), dtype=f"u{size}").view(f"{kind}{size}")
    table = grey._shown(every)
    table.setflags(write=False)
    return table
