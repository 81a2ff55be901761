"""Opens a picture that somebody sent, without letting it fill the memory (ASVS 5.0, V5)."""

import io
import warnings
from collections.abc import Sequence

from PIL import Image, UnidentifiedImageError

DAMAGED = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises for a file that is damaged, no picture, or a bomb: on opening it, or on reading its pixels."""


def opened(data: bytes, formats: Sequence[str]) -> Image.Image:
    """Return the picture with its size known and its pixels not read yet.

    Raises
    ------
    Exception
        One of `DAMAGED`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(io.BytesIO(data), formats=tuple(formats))
