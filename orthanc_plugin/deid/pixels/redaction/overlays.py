"""Blackening overlays (60xx,3000): clearing their bits wherever an area of the image lies beneath them."""

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError
from orthanc_plugin.deid.pixels.redaction.layout import Layout
from orthanc_plugin.deid.pixels.redaction.native import Plane, blacken_bits
from orthanc_plugin.deid.pixels.redaction.selection import Selection


def blacken_overlays(dataset: Dataset, layout: Layout, selection: Selection, *, big_endian: bool) -> None:
    """Clear every overlay beneath the areas, in place.

    An overlay without frames lies over every frame, so what goes from any frame goes from it (PS3.3 C.9.2).

    Raises
    ------
    CannotRedactError
        When an overlay does not say where it lies, or has fewer bits than it says.
    """
    for group in range(0x6000, 0x6100, 2):
        if Tag(group, 0x3000) in dataset:
            try:
                _blacken(dataset, group, layout, selection, big_endian=big_endian)
            except (TypeError, ValueError, KeyError, IndexError):
                raise CannotRedactError("an overlay does not say where it lies") from None


def _blacken(dataset: Dataset, group: int, layout: Layout, selection: Selection, *, big_endian: bool) -> None:
    def value(element: int) -> object:
        found = dataset.get(Tag(group, element))
        return None if found is None else found.value

    rows, columns = int(str(value(0x0010))), int(str(value(0x0011)))
    origin = value(0x0050) or (1, 1)
    top, left = (int(each) - 1 for each in origin)  # type: ignore[attr-defined]  # two numbers, or this raises
    own_frames = value(0x0015)
    count, first = int(str(own_frames or 1)), int(str(value(0x0051) or 1)) - 1
    data = dataset[Tag(group, 0x3000)]
    out = bytearray(data.value)
    if rows < 1 or columns < 1 or len(out) * 8 < rows * columns * count:
        raise CannotRedactError("an overlay has fewer bits than it says")
    swapped = big_endian and data.VR == "OW" and len(out) % 2 == 0
    _swap(out, swapped=swapped)
    for number in range(count):
        frame = first + number if own_frames and layout.frames > 1 else None
        blacken_bits(out, Plane(number, rows, columns, frame, top, left), selection, value=0)
    _swap(out, swapped=swapped)
    data.value = bytes(out)


def _swap(out: bytearray, *, swapped: bool) -> None:
    if swapped:
        out[::2], out[1::2] = out[1::2], out[::2]
