"""A picture like ultrasound as our own network sees it in its own size and half as large again: small faint letters."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import network

_LARGER, _MOST = 1.5, 1024  # times; pixels of the long side: larger pictures are seen in their own size alone


def see_closer(plane: NDArray[np.uint8]) -> network.Seen:
    """Return what the network makes of a picture in both sizes, in the picture's own pixels and cells.

    Of 172 drawn strings it saw 96.5 % so, 95.4 % in one size. To ask for less sureness marked a real clean ultrasound.

    Parameters
    ----------
    plane : uint8 array of shape (rows, columns)
        Grey levels as shown.
    """
    seen = network.see(plane, at_home=True)
    rows, columns = plane.shape
    if not plane.size or max(plane.shape) > _MOST:
        return seen
    size = (round(columns * _LARGER), round(rows * _LARGER))
    closer = network.see(np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BILINEAR)), at_home=True)
    areas = {*seen.areas, *(_smaller(area).within(columns, rows) for area in closer.areas)}
    down, across = (
        np.minimum((np.arange(side) * _LARGER).astype(int), most - 1)
        for side, most in zip(seen.cells.shape, closer.cells.shape, strict=True)
    )
    ordered = sorted(areas, key=lambda a: (a.top, a.left, a.bottom, a.right))
    return network.Seen(ordered, seen.cells | closer.cells[np.ix_(down, across)])


def _smaller(area: Area) -> Area:
    left, top = int(area.left / _LARGER), int(area.top / _LARGER)
    right, bottom = -int(-area.right // _LARGER), -int(-area.bottom // _LARGER)
    return Area(left, top, right, bottom, None, area.method)
