"""A find that is not sure counts only if something can be read there: speckle, bone and cloth read as nothing.

Measured on drawn speckle: of false finds none had a likelihood above 0.55 or was read with more than 0.7; of true ones
below 0.7 none was read with less than 0.87.
"""

import numpy as np

from orthanc_plugin.deid.pixels.detection import network
from orthanc_plugin.deid.pixels.detection.boxes import Box
from orthanc_plugin.deid.pixels.detection.detector import LEAST, Cells, Picture, Scored
from orthanc_plugin.deid.pixels.detection.recogniser import read

_SURE, _SURE_UNUSUAL = 0.9, 0.9  # likelihood; of a line that is turned, or high
_LEVEL, _LARGE = 4.0, 30  # degrees from the rows; pixels
_READ, _READ_ALONE = 0.75, 0.8  # of the recogniser, on the mean of the characters
_LETTERS, _WORD = 2, 3  # characters
_OBLONG = 2.0  # times longer than high
_MARKED = 0.5  # of a line's cells, marked by our own network
_MOST = 200  # unsure finds read in one picture, the likeliest first; the rest is as most of these are


def checked(picture: Picture, found: list[Scored], highest: float, cells: Cells | None = None) -> list[Scored]:
    """Return the finds that are sure, and those of the others at which something is read or the network surely marks.

    Parameters
    ----------
    picture : uint8 array
        The picture in which they were found.
    found : list of box and likelihood
        In its pixels.
    highest : float
        Pixels: what is higher is a line only if our own network marks it too.
    cells : array of uint8, optional
        What our own network says of the picture.
    """
    both = [] if cells is None else [one for one in found if is_line(one[0]) and is_said(one[0], cells, network.FIRM)]
    lines = [one for one in found if one not in both and one[1] > LEAST and one[0].height <= highest]
    return both + _read_or_sure(picture, lines)


def is_line(box: Box) -> bool:
    """Say whether it is as long as two signs weak alone have to be: teeth and joints are not."""
    return box.length >= _OBLONG * box.height


def is_said(box: Box, cells: Cells, what: np.uint8) -> bool:
    """Say whether our own network says something of most of a line: two that are unsure alone are sure together."""
    parts = cells_of(box, cells)
    said = sum(int((part & what != 0).sum()) for part in parts)
    return said >= _MARKED * max(sum(part.size for part in parts), 1)


def cells_of(box: Box, cells: Cells) -> list[Cells]:
    """Return the cells within the areas that cover a box."""
    size = network.CELL
    return [
        cells[
            max(a.top // size, 0) : max(-(-a.bottom // size), 0), max(a.left // size, 0) : max(-(-a.right // size), 0)
        ]
        for a in box.parts()
    ]


def _read_or_sure(picture: Picture, found: list[Scored]) -> list[Scored]:
    unsure = sorted((one for one in found if not _is_sure(*one)), key=lambda one: -one[1])
    written = [one for one in unsure[:_MOST] if is_read(picture, one[0])]
    if 2 * len(written) >= _MOST:
        written += unsure[_MOST:]
    return [one for one in found if _is_sure(*one)] + written


def _is_sure(box: Box, score: float) -> bool:
    usual = abs(box.angle) <= _LEVEL and box.height <= _LARGE
    return score >= (_SURE if usual else _SURE_UNUSUAL)


def is_read(picture: Picture, box: Box) -> bool:
    """Say whether the recogniser reads more than one letter there, and is sure of it: enough beside a likelihood.

    A tooth is read as one letter at times.
    """
    reading = read(picture, box)
    return sum(map(str.isalnum, reading.text)) >= _LETTERS and reading.confidence >= _READ


def is_word(picture: Picture, box: Box) -> bool:
    """Say whether the recogniser reads several characters and is surer of them: enough where a weak sign stands alone.

    At the weak signs in real slices and radiographs without writing it read at most one character with 0.79.
    """
    reading = read(picture, box)
    return sum(map(str.isalnum, reading.text)) >= _WORD and reading.confidence >= _READ_ALONE
