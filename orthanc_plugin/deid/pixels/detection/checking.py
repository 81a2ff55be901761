"""A find that is not sure counts only if something can be read there: speckle, bone and cloth read as nothing.

Measured on drawn speckle: of false finds none had a likelihood above 0.55 or was read with more than 0.7; of true ones
below 0.7 none was read with less than 0.87.
"""

from orthanc_plugin.deid.pixels.detection.boxes import Box
from orthanc_plugin.deid.pixels.detection.detector import Picture, Scored
from orthanc_plugin.deid.pixels.detection.recogniser import read

_SURE, _SURE_UNUSUAL = 0.9, 0.9  # likelihood; of a line that is turned, or high
_LEVEL, _LARGE = 4.0, 30  # degrees from the rows; pixels
_READ, _READ_ALONE = 0.75, 0.8  # of the recogniser, on the mean of the characters
_WORD = 3  # characters
_MOST = 200  # unsure finds read in one picture, the likeliest first; the rest is as most of these are


def checked(picture: Picture, found: list[Scored]) -> list[Scored]:
    """Return the finds that are sure, and those of the others at which something is read.

    Parameters
    ----------
    picture : uint8 array
        The picture in which they were found.
    found : list of box and likelihood
        In its pixels.
    """
    unsure = sorted((one for one in found if not _is_sure(*one)), key=lambda one: -one[1])
    written = [one for one in unsure[:_MOST] if is_read(picture, one[0])]
    if 2 * len(written) >= _MOST:
        written += unsure[_MOST:]
    return [one for one in found if _is_sure(*one)] + written


def _is_sure(box: Box, score: float) -> bool:
    usual = abs(box.angle) <= _LEVEL and box.height <= _LARGE
    return score >= (_SURE if usual else _SURE_UNUSUAL)


def is_read(picture: Picture, box: Box) -> bool:
    """Say whether the recogniser reads anything there, and is sure of it: enough beside a likelihood."""
    reading = read(picture, box)
    return bool(reading.text) and reading.confidence >= _READ


def is_word(picture: Picture, box: Box) -> bool:
    """Say whether the recogniser reads several characters and is surer of them: enough where a weak sign stands alone.

    At the weak signs in real slices and radiographs without writing it read at most one character with 0.79.
    """
    reading = read(picture, box)
    return sum(map(str.isalnum, reading.text)) >= _WORD and reading.confidence >= _READ_ALONE
