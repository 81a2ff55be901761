"""A decoded frame, and what every decoder asks before it decodes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError
from orthanc_plugin.deid.pixels.redaction.layout import Layout

BROKEN = (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError, UnicodeDecodeError)
"""What the decoders raise at a broken stream."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A decoded frame.

    Attributes
    ----------
    words : ndarray of unsigned int
        Shape (rows, columns, samples), writable; values of `bits` bits, negative ones in two's complement.
    bits : int
        Of a value in the stream.
    photometric : str
        What the samples are, now that they are decoded.
    lossy : bool
        Whether the stream had lost something.
    encode : callable
        Makes a frame of the same transfer syntax of these words.
    """

    words: NDArray[Any]
    bits: int
    photometric: str
    lossy: bool
    encode: Callable[[NDArray[Any]], bytes]


def word_of(bits: int) -> np.dtype[Any]:
    """Return the type of a word that holds so many bits."""
    return np.dtype("<u1" if bits <= 8 else "<u2" if bits <= 16 else "<u4")


def check_size(layout: Layout, rows: int, columns: int, samples: int, bits: int) -> None:
    """Refuse a stream that is another image than the header says, before it is decoded."""
    layout.check_size()
    if (rows, columns, samples) != layout.shape or bits > layout.allocated:
        raise CannotRedactError("a compressed frame says another size than the header")
