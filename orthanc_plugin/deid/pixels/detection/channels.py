"""What our own network is shown of a picture. Training and use share this file, which imports no other part."""

import numpy as np
from numpy.typing import NDArray

WINDOW = 31
"""Side of the window, in pixels, of the local mean and deviation."""


def channels(plane: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the two channels: the value, and the value less its local mean over its local deviation.

    Parameters
    ----------
    plane : ndarray of uint8
        (rows, columns), grey levels as shown.

    Returns
    -------
    ndarray of float32
        (2, rows, columns): the first about 0 and at most 1 off it, the second within 6.
    """
    from scipy import ndimage  # noqa: PLC0415  loaded with the first picture, as in late.py

    values = plane.astype(np.float32)
    mean = ndimage.uniform_filter(values, WINDOW, mode="reflect")
    square = ndimage.uniform_filter(values * values, WINDOW, mode="reflect")
    deviation = np.sqrt(np.maximum(square - mean * mean, 0)) + 1.5  # flat ground stays quiet, and is never divided by 0
    return np.stack([values / 127.5 - 1, np.clip((values - mean) / deviation, -6, 6)])
