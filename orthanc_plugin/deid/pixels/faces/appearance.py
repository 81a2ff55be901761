"""Makes a volume look as a T1 would show it, as far as that helps a fit, and says which cells are tissue."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.faces.volume import Volume
from orthanc_plugin.deid.pixels.late import ndimage

_AIR, _BONE = -300.0, 150.0  # Hounsfield units, at 4 mm
_SOFT = (-100.0, 120.0)


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """What a fit looks at.

    Attributes
    ----------
    grey : ndarray
        Float32 from 0 to 1.
    tissue : ndarray
        Bool, the largest connected part that is not air.
    """

    grey: NDArray[np.float32]
    tissue: NDArray[np.bool_]


def appearance_of(volume: Volume, *, hounsfield: bool) -> Appearance:
    """Return how a volume looks to the fit.

    Parameters
    ----------
    volume : Volume
        Gathered from slices.
    hounsfield : bool
        Whether its values are Hounsfield units: then bone is made dark and a head rest is left out.
    """
    values = volume.values
    if hounsfield:
        tissue = _largest(values > _AIR)
        grey = (np.clip(values, *_SOFT) - _SOFT[0]) / (_SOFT[1] - _SOFT[0])
        grey[(values > _BONE) | ~ndimage.binary_dilation(tissue)] = 0
        return Appearance(grey.astype(np.float32), tissue)
    low, high = np.percentile(values, (1, 99.5))
    if high <= low:
        return Appearance(np.zeros_like(values), np.zeros(values.shape, np.bool_))
    grey = np.clip((values - low) / (high - low), 0, 1).astype(np.float32)
    tissue = _largest(ndimage.binary_closing(grey > _least_tissue(grey)))
    return Appearance(grey, tissue)


def _largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    labels, count = ndimage.label(mask)
    if not count:
        return mask
    return np.asarray(labels == 1 + int(np.argmax(np.bincount(labels.ravel())[1:])))


def _least_tissue(grey: NDArray[np.float32]) -> float:
    """Return what is brighter than air: dim skin around a bright brain counts (PET), noise does not."""
    between = _otsu(grey)
    dark = grey[grey < 0.5 * between]
    if not dark.size:
        return 0.6 * between
    air = float(np.median(dark))
    noise = 1.4826 * float(np.median(np.abs(dark - air)))
    return min(0.6 * between, max(air + 5 * noise, 0.04))


def _otsu(grey: NDArray[np.float32]) -> float:
    """Return the threshold that parts dark from bright with the least variance within each."""
    counts, edges = np.histogram(grey, 64, (0, 1))
    below = np.cumsum(counts)
    total = np.cumsum(counts * (edges[:-1] + edges[1:]) / 2)
    share = below[:-1] / below[-1]
    spread = (total[-1] / below[-1] * share - total[:-1] / below[-1]) ** 2 / np.maximum(share * (1 - share), 1e-9)
    return float(edges[1 + int(np.argmax(spread))])
