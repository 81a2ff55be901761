"""What has to go from each frame: the areas and mask planes that reach into the image, and painting them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.redaction.errors import CannotRedactError
from orthanc_plugin.deid.pixels.redaction.layout import Layout

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Selection:
    """Areas within the image and masks with something in them; nothing else.

    Attributes
    ----------
    areas : tuple of Area
        None of them empty.
    masks : mapping of int to ndarray of bool
        By frame, of shape (rows, columns).
    """

    areas: tuple[Area, ...]
    masks: Mapping[int, Mask]

    def __bool__(self) -> bool:
        return bool(self.areas or self.masks)

    def touches(self, frame: int) -> bool:
        """Say whether anything of this frame has to go."""
        return frame in self.masks or any(area.frame in (None, frame) for area in self.areas)

    def only(self, frame: int) -> "Selection":
        """Return what goes from this frame, as of an image that has no other."""
        areas = tuple(replace(area, frame=None) for area in self._areas(frame))
        return Selection(areas, {0: self.masks[frame]} if frame in self.masks else {})

    def paint(self, view: NDArray[Any], frame: int | None, values: object, top: int = 0, left: int = 0) -> None:
        """Write values into what has to go, in place.

        Parameters
        ----------
        view : ndarray
            Two axes are rows and columns, then what a value is.
        frame : int or None
            Counted from 0; None: whatever goes from any frame.
        values : array_like
            What is written.
        top, left : int
            Row and column of the image at the view's first pixel; may be negative.
        """
        rows, columns = view.shape[:2]
        for area in self._areas(frame):
            here = Area(area.left - left, area.top - top, area.right - left, area.bottom - top).within(columns, rows)
            view[here.top : here.bottom, here.left : here.right] = values
        for mask in self._masks(frame):
            first, start = max(top, 0), max(left, 0)
            part = mask[first : max(top + rows, 0), start : max(left + columns, 0)]
            at, across = first - top, start - left
            view[at : at + part.shape[0], across : across + part.shape[1]][part] = values

    def _areas(self, frame: int | None) -> Iterator[Area]:
        return (area for area in self.areas if frame is None or area.frame in (None, frame))

    def _masks(self, frame: int | None) -> Iterator[Mask]:
        return (mask for number, mask in self.masks.items() if frame is None or number == frame)


def selection_of(areas: Sequence[Area], masks: Mapping[int, Mask] | None, layout: Layout) -> Selection:
    """Return what lies within the image.

    Raises
    ------
    CannotRedactError
        When an area or a mask is of a frame that does not exist, or a mask of another size.
    """
    masks = masks or {}
    named = {area.frame for area in areas if area.frame is not None} | set(masks)
    if any(not 0 <= frame < layout.frames for frame in named):
        raise CannotRedactError("an area or a mask names a frame that it does not have")
    if any(mask.shape != (layout.rows, layout.columns) for mask in masks.values()):
        raise CannotRedactError("a mask is not of the size of the image")
    within = (area.within(layout.columns, layout.rows) for area in areas)
    return Selection(
        tuple(area for area in within if area.size), {frame: mask for frame, mask in masks.items() if mask.any()}
    )
