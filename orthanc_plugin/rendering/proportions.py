"""Square pixels, for pictures that people see."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset

from orthanc_plugin.rendering.errors import faults_of
from orthanc_plugin.rendering.groups import place
from orthanc_plugin.rendering.sizes import MOST_FRAME_BYTES

MOST_STRETCHED = 20.0
"""A pixel that is so much longer than wide is a fault of the header, not of the picture."""

_LEAST_STRETCHED = 1.005
_SPACINGS = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio")


def proportion(dataset: Dataset) -> float:
    """Return how high a pixel is over how wide it is; 1 where nothing says it, or nothing that can be.

    The first of Pixel Spacing (also in the functional groups), Imager Pixel Spacing, Nominal Scanned Pixel Spacing and
    Pixel Aspect Ratio counts; each gives the vertical first (PS3.3 10.7.1.3, C.7.6.3.1.7).

    Raises
    ------
    UnrenderableError
        When they are no numbers.
    """
    with faults_of("its pixel spacing"):
        measures = place(dataset, 0, "PixelMeasuresSequence", "PixelSpacing")
        for holder, keyword in ((measures, "PixelSpacing"), *((dataset, keyword) for keyword in _SPACINGS[1:])):
            value = holder.get(keyword)
            if value and not isinstance(value, str) and len(value) == 2:
                down, across = float(value[0]), float(value[1])
                if math.isfinite(down) and math.isfinite(across) and down > 0 and across > 0:
                    return down / across
    return 1.0


def square(picture: NDArray[np.uint8], dataset: Dataset) -> NDArray[np.uint8]:
    """Return the picture with square pixels, made larger where needed and never smaller.

    Parameters
    ----------
    picture : numpy.ndarray
        uint8, ``(rows, columns)`` or ``(rows, columns, 3)``, in stored geometry.
    dataset : pydicom.Dataset
        The object that says how its pixels lie.

    Returns
    -------
    numpy.ndarray
        uint8, bicubic along the axis that grew; the picture itself where its pixels are square, where they would be
        more than `MOST_STRETCHED` times as long as wide, or where it would grow beyond `MOST_FRAME_BYTES`.
    """
    ratio = proportion(dataset)
    stretch = max(ratio, 1 / ratio)
    if not _LEAST_STRETCHED < stretch <= MOST_STRETCHED:
        return picture
    rows, columns = picture.shape[:2]
    size = (columns, round(rows * ratio)) if ratio > 1 else (round(columns / ratio), rows)
    if math.prod(size) * math.prod(picture.shape[2:]) > MOST_FRAME_BYTES:
        return picture
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))
