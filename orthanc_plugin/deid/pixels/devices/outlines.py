"""A picture on which areas are outlined, for who writes a rule."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from orthanc_plugin.deid.pixels.areas import Area

_GOES, _SEARCHED = (255, 64, 64), (255, 208, 0)


def outlined(picture: NDArray[np.uint8], goes: tuple[Area, ...], searched: tuple[Area, ...]) -> NDArray[np.uint8]:
    """Return the picture in colour with the areas that go in red and those that are searched in yellow.

    Parameters
    ----------
    picture : numpy.ndarray
        uint8, ``(rows, columns)`` or ``(rows, columns, 3)``, stored geometry; it is not changed.
    goes, searched : tuple of Area
        Inside the picture.
    """
    image = Image.fromarray(picture).convert("RGB")
    draw = ImageDraw.Draw(image)
    width = max(round(min(image.size) / 200), 1)
    for areas, colour in ((searched, _SEARCHED), (goes, _GOES)):
        for area in areas:
            draw.rectangle((area.left, area.top, area.right - 1, area.bottom - 1), outline=colour, width=width)
    return np.asarray(image)
