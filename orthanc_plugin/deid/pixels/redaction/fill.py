"""What is written over pixels: the value that is shown black, or the one that means "no pixel here"."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.tag import Tag

from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError
from orthanc_plugin.deid.pixels.redaction.layout import Layout

Fill = Literal["black", "padding"]

_WINDOWS = ("WindowCenter", "VOILUTSequence")
_PADDING = {
    "PixelData": "PixelPaddingValue",
    "FloatPixelData": "FloatPixelPaddingValue",
    "DoubleFloatPixelData": "DoubleFloatPixelPaddingValue",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """How to find the values to write.

    Attributes
    ----------
    layout : Layout
        Of the object.
    inverse : bool
        Whether the highest value is shown black.
    from_frame : bool
        Whether to take the darkest value of a frame and not that of the type: where no window is given, readers scale
        from the lowest to the highest value, and a value far below would make the rest of the image one grey.
    padding : float or None
        The padding value, where it is wanted and known.
    index : int
        The darkest colour of a palette.
    spare_bits : bool
        Whether bits above the values hold overlays, so that a sign must not reach into them.
    """

    layout: Layout
    inverse: bool
    from_frame: bool
    padding: float | None
    index: int
    spare_bits: bool

    def values(self, rest: Callable[[], NDArray[Any]], bits: int, photometric: str | None = None) -> list[Any]:
        """Return one value a sample.

        Parameters
        ----------
        rest : callable
            Gives what stays of the frame: unsigned words of `bits` bits, or floating-point numbers. What goes must
            decide nothing.
        bits : int
            Of a word.
        photometric : str, optional
            What the samples of this frame are, if not what the header says.
        """
        if self.layout.is_float:
            return [self._of_floats(rest())]
        name = photometric or self.layout.photometric
        stored = min(self.layout.stored, bits)
        if name.startswith("MONOCHROME"):
            return [self._of_words(rest, bits, stored)]
        middle = 1 << (stored - 1)
        values = [self.index] if name == "PALETTE COLOR" else [0, 0, 0]
        if name.startswith("YBR"):
            values = [middle >> 3 if name.startswith("YBR_PARTIAL") else 0, middle, middle]
        return [value << min(self.layout.shift, bits - stored) for value in values]

    def _of_floats(self, rest: NDArray[Any]) -> float:
        if self.padding is not None:
            return self.padding
        finite = rest[np.isfinite(rest)]
        if not finite.size:
            return 0.0
        return float(finite.max() if self.inverse else finite.min())

    def _of_words(self, rest: Callable[[], NDArray[Any]], bits: int, stored: int) -> int:
        shift, sign = min(self.layout.shift, bits - stored), 1 << (stored - 1) if self.layout.signed else 0
        lowest, highest = -sign, (1 << stored) - 1 - sign
        value = highest if self.inverse else lowest
        if self.padding is not None and lowest <= self.padding <= highest:
            value = int(self.padding)
        elif (sign or self.inverse) and self.from_frame and (words := rest()).size:
            values = ((words >> shift) & ((1 << stored) - 1)) ^ sign  # in the order of the signed values
            value = int(values.max() if self.inverse else values.min()) - sign
        if self.spare_bits:
            value &= (1 << stored) - 1
        return (value << shift) & ((1 << bits) - 1)


def paint_of(dataset: Dataset, layout: Layout, fill: Fill) -> Paint:
    """Return how this object is painted.

    Raises
    ------
    CannotRedactError
        When its palette cannot be read.
    """
    padding = dataset.get(_PADDING[layout.keyword]) if fill == "padding" else None
    if isinstance(padding, int) and layout.signed and padding >= 1 << (layout.allocated - 1):
        padding -= 1 << layout.allocated  # written with an unsigned VR
    falling = float(dataset.get("RescaleSlope") or 1) < 0
    dark_is_high = layout.photometric == "MONOCHROME1" or dataset.get("PresentationLUTShape") == "INVERSE"
    return Paint(
        layout=layout,
        inverse=dark_is_high != falling,
        from_frame=fill == "padding" or not any(dataset.get(keyword) for keyword in _WINDOWS),
        padding=None if padding is None else float(padding),
        index=_darkest(dataset, layout) if layout.photometric == "PALETTE COLOR" else 0,
        spare_bits=_has_overlays_in_spare_bits(dataset),
    )


def _has_overlays_in_spare_bits(dataset: Dataset) -> bool:
    places = (dataset.get(Tag(group, 0x0102)) for group in range(0x6000, 0x6100, 2))
    return any(place is not None and place.value for place in places)


def _darkest(dataset: Dataset, layout: Layout) -> int:
    """Return the index of the darkest colour (PS3.3 C.7.9)."""
    size = 1 << min(layout.stored, 16)
    try:
        colours = apply_color_lut(np.arange(size, dtype=np.uint16), dataset)
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, NotImplementedError):
        raise CannotRedactError("its palette cannot be read") from None
    weights = np.array([299, 587, 114], dtype=np.int64)
    return int(np.argmin(colours[..., :3].astype(np.int64) @ weights))
