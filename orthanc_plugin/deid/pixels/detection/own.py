"""Our own network beside the detector: where it is there, and how far its lone finds are trusted."""

from importlib import import_module
from importlib.util import find_spec

import numpy as np

from orthanc_plugin.deid.pixels.detection.boxes import Box
from orthanc_plugin.deid.pixels.detection.detector import Picture

_NETWORK = "orthanc_plugin.deid.pixels.detection.network"
_BLACK, _SURROUND = 8, 0.2  # grey levels; share of an ultrasound that is black
_GRAIN = 4.0  # grey levels between neighbours within the sector, on the median


def marks(picture: Picture) -> list[tuple[Box, float, str, bool]]:
    """Return what our own network takes for writing: boxes, likelihood, method, and whether that is doubtful alone."""
    if find_spec(_NETWORK) is None:
        return []
    plane = picture if picture.ndim == 2 else picture.mean(axis=-1).astype(np.uint8)
    doubtful = not like_ultrasound(plane)
    return [
        (
            Box((a.left + a.right) / 2, (a.top + a.bottom) / 2, a.right - a.left, a.bottom - a.top),
            0.5,
            "text network",
            doubtful,
        )
        for a in import_module(_NETWORK).marks(plane)
    ]


def like_ultrasound(plane: Picture) -> bool:
    """Say whether a picture has a black surround and grain within, as ultrasound has: there the network is at home."""
    bright = plane > _BLACK
    if plane.shape[1] < 2 or 1 - float(bright.mean()) < _SURROUND or not bright.any():
        return False
    steps = np.abs(np.diff(plane.astype(np.int16), axis=1))[bright[:, 1:] & bright[:, :-1]]
    return bool(len(steps)) and float(np.median(steps)) >= _GRAIN
