"""What else of an object changes with its pixels: copies and figures of the old ones go, lossy flags stay true."""

import tomllib
from functools import cache
from importlib.resources import files

from pydicom.datadict import dictionary_has_tag, dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

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
    for tag in [tag for tag in dataset.keys() if _may_have_items(dataset, tag)]:  # noqa: SIM118  # else: its elements
        items = dataset[tag].value
        if isinstance(items, Sequence) and any(has_pixels(item) for item in items):
            del dataset[tag]
        elif isinstance(items, Sequence):
            for item in items:
                forget_old_pixels(item)


def _may_have_items(dataset: Dataset, tag: BaseTag) -> bool:
    """Say whether an element is a sequence, without reading any other, which then stays as it is written."""
    said = dataset.get_item(tag).VR
    return said == "SQ" or (said in (None, "UN") and dictionary_has_tag(tag) and dictionary_VR(tag) == "SQ")


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
