"""The PP-OCR detector, run directly: which parts of a picture look like lines of writing."""

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.detection import weights
from orthanc_plugin.deid.pixels.detection.boxes import Box, fitted
from orthanc_plugin.deid.pixels.late import ndimage

Picture = NDArray[np.uint8]
Scored = tuple[Box, float]
Cells = NDArray[np.uint8]
"""Cells of a picture and what our own network says of them, as `network.see` gives them."""

_STEP = 32  # the network halves a picture five times
_PROBABLE = 0.3  # of a pixel
LEAST = 0.5
"""Likelihood of a line on the mean: below, it counts only beside other signs."""
_GROWN = 1.6  # the network marks the core of a line; the line is larger by this times area over perimeter
_THIN = 3  # pixels: thinner components are specks
_EVERY_WAY = np.ones((3, 3), dtype=np.bool_)
_LARGE, _OBLONG = 30, 1.5  # pixels; a higher region has to be this many times longer than high
_MOST = 2000  # components looked at in one picture


def likelihood(picture: Picture) -> NDArray[np.float32]:
    """Return how likely each pixel belongs to writing, 0 to 1, for a picture of any size, grey or RGB."""
    rows, columns = picture.shape[:2]
    edges = [(0, -rows % _STEP), (0, -columns % _STEP)] + [(0, 0)] * (picture.ndim - 2)
    padded = np.pad(picture, edges, mode="edge").astype(np.float32) / 127.5 - 1.0
    planes = np.repeat(padded[None], 3, axis=0) if picture.ndim == 2 else padded[..., ::-1].transpose(2, 0, 1)
    said = weights.run("detector", np.ascontiguousarray(planes[None]))
    return said[0, 0, :rows, :columns]


def lines(probable: NDArray[np.float32], highest: float, lowest: float = 5.0) -> list[Scored]:
    """Return the lines of writing in a map of likelihood, each with its mean likelihood.

    Parameters
    ----------
    probable : array of shape (rows, columns)
        What `likelihood` returned.
    highest : float
        Pixels: what is higher is no line. Bright anatomy and homogeneous speckle count as likely as a whole.
    lowest : float
        Pixels: what is lower is no line that anybody reads, but an edge of bone or a tick of a ruler.
    """
    labels, count = ndimage.label(probable > _PROBABLE, structure=_EVERY_WAY)
    if not count:
        return []
    means = ndimage.mean(probable, labels, np.arange(1, count + 1))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    places = ndimage.find_objects(labels)
    chosen = np.flatnonzero((means > _PROBABLE) & (sizes >= _THIN * _THIN))
    chosen = chosen[np.argsort(-sizes[chosen], kind="stable")][:_MOST]
    boxes = ((_box(labels[places[n]] == n + 1, places[n]), float(means[n])) for n in sorted(chosen))
    return [(box, score) for box, score in boxes if lowest <= box.height <= highest and not _is_blot(box)]


def _is_blot(box: Box) -> bool:
    return box.height > _LARGE and box.length < _OBLONG * box.height


def _box(shape: NDArray[np.bool_], place: tuple[slice, slice]) -> Box:
    rim = np.argwhere(shape & ~ndimage.binary_erosion(shape)).astype(np.float64)
    box = fitted(rim).moved(place[1].start, place[0].start)
    return box.grown(_GROWN * box.length * box.height / (2 * (box.length + box.height)))
