"""Pictures of an object as it is shown: one renderer for reviewing, for packages and for whatever looks for writing."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from orthanc_plugin.rendering.decoding import decoded, frame_count
from orthanc_plugin.rendering.errors import UnrenderableError, faults_of
from orthanc_plugin.rendering.grey import Grey
from orthanc_plugin.rendering.modality import is_signed, modality_of, padding_of
from orthanc_plugin.rendering.overlays import overlay_mask
from orthanc_plugin.rendering.palette import has_supplement, palette_of
from orthanc_plugin.rendering.ranges import ValueRange, frame_range, range_of
from orthanc_plugin.rendering.windows import Curve, Window, offered, windows

Picture = NDArray[np.uint8]
Wanted = Window | Curve | tuple[float, float] | int | None


class Rendering:
    """How one object is shown.

    Made by `of`. Frames go through the modality LUT or rescale, then the VOI LUT or window, each frame by its own
    functional groups; MONOCHROME1 is turned, palettes become colours, padding is black. An ICC profile is not applied.
    """

    def __init__(
        self, dataset: Dataset, window: Wanted, value_range: ValueRange | None, *, whole: bool, overlays: bool
    ) -> None:
        self._dataset, self._wanted, self._range = dataset, window, value_range
        self._whole, self._overlays = whole, overlays
        with faults_of("its header"):
            self._photometric = str(dataset.get("PhotometricInterpretation") or "")
            self._padding = None if whole else padding_of(dataset)
            coloured = self._photometric == "PALETTE COLOR" or has_supplement(dataset)
            self._palette = palette_of(dataset) if coloured else None
        self._last: tuple[int, Grey] | None = None

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        *,
        window: Wanted = None,
        value_range: ValueRange | None = None,
        whole: bool = False,
        overlays: bool = False,
    ) -> "Rendering":
        """Return how an object is shown.

        Parameters
        ----------
        dataset : pydicom.Dataset
            The object with its pixels; it is not changed.
        window : Window, Curve, (center, width), int, optional
            Instead of what the object offers. A number is an index into `windows`; a frame that has fewer is shown as
            the object would have it.
        value_range : ValueRange, optional
            What becomes black and white where no window says so: the range of a series. Without it the range over all
            frames of the object.
        whole : bool
            Everything that is stored: windows, curves and padding are passed over, from the least value to the
            greatest. For looking for what a window hides; colours are as ever.
        overlays : bool
            Overlay planes lie over the picture, white.

        Raises
        ------
        UnrenderableError
            When its palette or padding cannot be read.
        """
        return cls(dataset, window, value_range, whole=whole, overlays=overlays)

    def picture(self, stored: NDArray[Any], number: int = 0) -> Picture:
        """Return one frame as it is shown, in stored geometry.

        Parameters
        ----------
        stored : numpy.ndarray
            As `decoded` yields it.
        number : int
            Of the frame, counted from 0.

        Returns
        -------
        numpy.ndarray
            uint8, ``(rows, columns)`` or ``(rows, columns, 3)``.

        Raises
        ------
        UnrenderableError
            When the colour space is unknown, or a look-up table or window cannot be read.
        """
        with faults_of("its header"):
            picture = self._shown(stored, number)
        if self._overlays and (mask := overlay_mask(self._dataset, number, *picture.shape[:2])).any():
            picture = picture.copy()
            picture[mask] = 255
        return picture

    def interest(self, stored: NDArray[Any], number: int = 0) -> Window | Curve | ValueRange:
        """Return what decides black and white in a grey frame, so that a report can say it."""
        if self._wanted is not None and not self._whole and (chosen := self._chosen(number)):
            return chosen
        own = None if self._whole else offered(self._dataset, number, signed=self._may_be_negative(stored, number))
        return own or self._whole_range(stored, number)

    def _shown(self, stored: NDArray[Any], number: int) -> Picture:
        if stored.ndim == 3:
            return stored
        if self._palette is not None and self._photometric == "PALETTE COLOR":
            return self._palette.of(stored)
        if not self._photometric.startswith("MONOCHROME"):
            raise UnrenderableError("its colour space is not one that can be shown")
        grey = self._grey(stored, number).picture(stored)
        return grey if self._palette is None else self._supplemented(stored, grey)

    def _grey(self, stored: NDArray[Any], number: int) -> Grey:
        """Return the transformation of a frame; that of the frame before where no frame has its own."""
        key = number if "PerFrameFunctionalGroupsSequence" in self._dataset else 0
        if self._last is None or self._last[0] != key:
            self._last = key, self._made_grey(stored, number)
        return self._last[1]

    def _made_grey(self, stored: NDArray[Any], number: int) -> Grey:
        inverted = self._photometric == "MONOCHROME1" or self._dataset.get("PresentationLUTShape") == "INVERSE"
        modality = modality_of(self._dataset, number)
        return Grey(modality, self.interest(stored, number), self._padding, inverted)

    def _chosen(self, number: int) -> Window | Curve | None:
        if isinstance(self._wanted, int):
            choice = windows(self._dataset, number)
            return choice[self._wanted] if 0 <= self._wanted < len(choice) else None
        return Window(*self._wanted) if isinstance(self._wanted, tuple) else self._wanted

    def _may_be_negative(self, stored: NDArray[Any], number: int) -> bool:
        """Return whether the modality's values reach below 0, which decides the sign of a VOI LUT's first value."""
        modality = modality_of(self._dataset, number)
        if modality.table is not None:
            return False
        if is_signed(self._dataset):
            return True
        greatest = 2.0 ** int(self._dataset.get("BitsStored") or 8 * stored.dtype.itemsize) - 1
        ends = np.array([0.0, greatest])
        return bool(modality.of(ends).min() < 0)

    def _whole_range(self, stored: NDArray[Any], number: int) -> ValueRange:
        if self._dataset.get("BitsAllocated") == 1:
            return ValueRange(0, 1)
        if self._range is None:
            if frame_count(self._dataset) == 1:
                one = frame_range(stored, modality_of(self._dataset, number), self._padding)
                return one or ValueRange(0, 0)
            self._range = range_of(self._dataset, whole=self._whole) or ValueRange(0, 0)
        return self._range

    def _supplemented(self, stored: NDArray[Any], grey: Picture) -> Picture:
        """Return the grey picture with the colours of the values from the palette's first one up."""
        palette = self._palette
        if palette is None:
            return np.stack([grey] * 3, axis=-1)
        coloured = (stored >= palette.first) & (stored < palette.first + len(palette.colours))
        return np.where(coloured[..., None], palette.of(stored), grey[..., None])


def pictures(dataset: Dataset, **how: Any) -> Iterator[Picture]:
    """Yield every frame as it is shown; `how` is what `Rendering.of` takes.

    Raises
    ------
    UnrenderableError
        When a frame cannot be decoded or shown.
    """
    rendering = Rendering.of(dataset, **how)
    for number, stored in enumerate(decoded(dataset)):
        yield rendering.picture(stored, number)
