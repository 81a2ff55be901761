"""What else of an object changes with its pixels: copies and figures of the old ones go, lossy flags stay true."""

import tomllib
from functools import cache
from importlib.resources import files

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

_PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_OVERLAYS = range(0x6000, 0x6100, 2)


@cache
def _telling() -> frozenset[int]:
    table = tomllib.loads(files(__package__).joinpath("telling.toml").read_text(encoding="utf-8"))
    plain = {tag for keyword in table["keywords"] if (tag := tag_for_keyword(keyword)) is not None}
    return frozenset(plain | {group << 16 | element for group in _OVERLAYS for element in table["overlay_elements"]})


def forget_old_pixels(dataset: Dataset) -> None:
    """Remove what tells of the old pixels, at every depth, in place.

    A sequence whose items have pixels of their own is a copy of some kind, and goes whole.
    """
    for tag in sorted(_telling() & set(dataset.keys())):
        del dataset[tag]
    for tag in list(dataset.keys()):
        if dataset.get_item(tag).VR not in ("SQ", None, "UN"):
            continue
        element = dataset[tag]
        if element.VR != "SQ":
            continue
        if any(has_pixels(item) for item in element.value):
            del dataset[tag]
            continue
        for item in element.value:
            forget_old_pixels(item)


def has_pixels(item: Dataset) -> bool:
    """Say whether an item holds pixels itself."""
    return not _PIXELS.isdisjoint(item.keys())


def say_lossy(dataset: Dataset, method: str, ratio: float) -> None:
    """Say that the values were compressed with loss once, where the source forgot to (PS3.3 C.7.6.1.1.5).

    Parameters
    ----------
    dataset : Dataset
        Changed in place.
    method : str
        A defined term of Lossy Image Compression Method.
    ratio : float
        Bytes of the decoded frames by those of the compressed ones.
    """
    if dataset.get("LossyImageCompression") != "01":
        dataset.LossyImageCompression = "01"
        dataset.LossyImageCompressionRatio = f"{ratio:.2f}"
        dataset.LossyImageCompressionMethod = method
