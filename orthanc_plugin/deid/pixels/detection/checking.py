"""A find that is not sure counts only if something can be read there: speckle, bone and cloth read as nothing.

Measured on drawn speckle: of false finds none had a likelihood above 0.55 or was read with more than 0.7; of true ones
below 0.7 none was read with less than 0.87.
"""

from orthanc_plugin.deid.pixels.detection.boxes import Box
from orthanc_plugin.deid.pixels.detection.detector import Picture, Scored
from orthanc_plugin.deid.pixels.detection.recogniser import read

_SURE, _SURE_UNUSUAL = 0.7, 0.85  # likelihood; of a line that is turned, or high
_LEVEL, _LARGE = 4.0, 30  # degrees from the rows; pixels
_READ = 0.75  # of the recogniser, on the mean of the characters
_MOST = 200  # unsure finds read in one picture, the likeliest first; the rest is texture


def checked(picture: Picture, found: list[Scored]) -> list[Scored]:
    """Return the finds that are sure, and those of the others at which something is read.

    Parameters
    ----------
    picture : uint8 array
        The picture in which they were found.
    found : list of box and likelihood
        In its pixels.
    """
    unsure = sorted((one for one in found if not _is_sure(*one)), key=lambda one: -one[1])[:_MOST]
    return [one for one in found if _is_sure(*one)] + [one for one in unsure if _is_read(picture, one[0])]


def _is_sure(box: Box, score: float) -> bool:
    usual = abs(box.angle) <= _LEVEL and box.height <= _LARGE
    return score >= (_SURE if usual else _SURE_UNUSUAL)


def _is_read(picture: Picture, box: Box) -> bool:
    reading = read(picture, box)
    return bool(reading.text) and reading.confidence >= _READ
