"""Overlay planes: bitmaps that lie over a picture (PS3.3 C.9.2)."""

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from orthanc_plugin.rendering.decoding import is_little_endian
from orthanc_plugin.rendering.errors import faults_of

_GROUPS = range(0x6000, 0x6100, 2)


def overlay_mask(dataset: Dataset, number: int, rows: int, columns: int) -> NDArray[np.bool_]:
    """Return where the overlays of a frame have their bits set.

    Overlays in unused bits of the pixels (retired) are not among them.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The object.
    number : int
        Frame, counted from 0.
    rows, columns : int
        Of the frame; what lies outside is cut off.

    Raises
    ------
    UnrenderableError
        When an overlay cannot be read.
    """
    mask = np.zeros((rows, columns), bool)
    with faults_of("an overlay of it"):
        for group in _GROUPS:
            if (group, 0x3000) in dataset:
                _lay(mask, dataset, group, number)
    return mask


def _lay(mask: NDArray[np.bool_], dataset: Dataset, group: int, number: int) -> None:
    bits = _plane(dataset, group, number)
    if bits is None:
        return
    top, left = (int(value) - 1 for value in dataset[group, 0x0050].value) if (group, 0x0050) in dataset else (0, 0)
    seen = bits[max(-top, 0) :, max(-left, 0) :]
    target = mask[max(top, 0) :, max(left, 0) :][: seen.shape[0], : seen.shape[1]]
    target |= seen[: target.shape[0], : target.shape[1]]


def _plane(dataset: Dataset, group: int, number: int) -> NDArray[np.bool_] | None:
    """Return the plane that belongs to a frame: the only one to every frame, several to as many frames."""
    rows, columns = int(dataset[group, 0x0010].value), int(dataset[group, 0x0011].value)
    planes = int(dataset[group, 0x0015].value or 1) if (group, 0x0015) in dataset else 1
    first = int(dataset[group, 0x0051].value or 1) - 1 if (group, 0x0051) in dataset else 0
    at = 0 if planes == 1 and (group, 0x0051) not in dataset else number - first
    if not 0 <= at < planes:
        return None
    size, data = rows * columns, dataset[group, 0x3000].value
    octets = np.frombuffer(data, np.uint8)
    if not is_little_endian(dataset) and dataset[group, 0x3000].VR == "OW":
        octets = octets[: len(octets) // 2 * 2].view(">u2").astype("<u2").view(np.uint8)
    start = at * size
    chosen = octets[start // 8 : -(-(start + size) // 8)]
    return np.unpackbits(chosen, bitorder="little")[start % 8 :][:size].reshape(rows, columns).astype(bool)
