"""Grey values: the whole way from a stored value to black, white and between, as one table where that is possible."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.rendering.modality import Modality, Padding
from orthanc_plugin.rendering.tables import BLOCK, every, fetched, has_table


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
        if has_table(stored):
            return fetched(_table(self, stored.dtype.kind, stored.dtype.itemsize), stored)
        out = np.empty(stored.size, np.uint8)
        flat = stored.reshape(-1)
        for start in range(0, flat.size, BLOCK):
            out[start : start + BLOCK] = self._shown(flat[start : start + BLOCK])
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
    table = grey._shown(every(kind, size))
    table.setflags(write=False)
    return table
