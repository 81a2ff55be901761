"""Pictures of an object as it is shown: one renderer for reviewing, for packages and for whatever looks for writing."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from orthanc_plugin.rendering.decoding import decoded
from orthanc_plugin.rendering.errors import UnrenderableError, faults_of
from orthanc_plugin.rendering.grey import Grey
from orthanc_plugin.rendering.interest import How, Interest, Interests, Wanted
from orthanc_plugin.rendering.modality import modality_of, padding_of
from orthanc_plugin.rendering.overlays import overlay_mask
from orthanc_plugin.rendering.palette import has_supplement, palette_of
from orthanc_plugin.rendering.ranges import ValueRange

Picture = NDArray[np.uint8]


class Rendering:
    """How one object is shown.

    Made by `of`. Frames go through the modality LUT or rescale, then the VOI LUT or window, each frame by its own
    functional groups; MONOCHROME1 is turned, palettes become colours, padding is black. An ICC profile is not applied.
    """

    def __init__(self, dataset: Dataset, how: How) -> None:
        self._dataset, self._overlays = dataset, how.overlays
        self._last: tuple[int, Grey] | None = None
        with faults_of("its header"):
            self._photometric = str(dataset.get("PhotometricInterpretation") or "")
            self._padding = None if how.whole else padding_of(dataset)
            coloured = self._photometric == "PALETTE COLOR" or has_supplement(dataset)
            self._palette = palette_of(dataset) if coloured else None
        self._interests = Interests(dataset, how, self._padding)

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
        return cls(dataset, How(window, value_range, whole, overlays))

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

    def interest(self, stored: NDArray[Any], number: int = 0) -> Interest:
        """Return what decides black and white in a grey frame, so that a report can say it."""
        with faults_of("its header"):
            return self._interests.of(stored, number)

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
        return Grey(modality, self._interests.of(stored, number), self._padding, inverted)

    def _supplemented(self, stored: NDArray[Any], grey: Picture) -> Picture:
        """Return the grey picture with the colours of the values from the palette's first one up."""
        palette = self._palette
        if palette is None:
            return np.stack([grey] * 3, axis=-1)
        coloured = (stored >= palette.first) & (stored < palette.first + len(palette.colours))
        return np.where(coloured[..., None], palette.of(stored), grey[..., None])


def pictures(
    dataset: Dataset,
    *,
    window: Wanted = None,
    value_range: ValueRange | None = None,
    whole: bool = False,
    overlays: bool = False,
) -> Iterator[Picture]:
    """Yield every frame as it is shown, as `Rendering.of` explains.

    Raises
    ------
    UnrenderableError
        When a frame cannot be decoded or shown.
    """
    rendering = Rendering.of(dataset, window=window, value_range=value_range, whole=whole, overlays=overlays)
    for number, stored in enumerate(decoded(dataset)):
        yield rendering.picture(stored, number)
