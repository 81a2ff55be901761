"""What has to go from each frame: the areas and mask planes that reach into the image, and painting them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
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
    everywhere : tuple of Area
        What goes from every frame; none of them empty, here and below.
    areas : mapping of int to list of Area
        By frame.
    masks : mapping of int to ndarray of bool
        By frame, of shape (rows, columns).
    """

    everywhere: tuple[Area, ...]
    areas: Mapping[int, list[Area]]
    masks: Mapping[int, Mask]

    def __bool__(self) -> bool:
        return bool(self.everywhere or self.areas or self.masks)

    def touches(self, frame: int) -> bool:
        """Say whether anything of this frame has to go."""
        return bool(self.everywhere) or frame in self.areas or frame in self.masks

    def rest(self, view: NDArray[Any], frame: int) -> NDArray[Any]:
        """Return the values of a frame, of shape (rows, columns, samples), that stay."""
        stays = np.ones(view.shape[:2], dtype=np.bool_)
        self.paint(stays, frame, values=False)
        return view[stays]

    def only(self, frame: int) -> "Selection":
        """Return what goes from this frame, as of an image that has no other."""
        return Selection(tuple(self._areas(frame)), {}, {0: self.masks[frame]} if frame in self.masks else {})

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
        own = chain.from_iterable(self.areas.values()) if frame is None else self.areas.get(frame, ())
        return chain(self.everywhere, own)

    def _masks(self, frame: int | None) -> Iterator[Mask]:
        if frame is None:
            return iter(self.masks.values())
        return iter([self.masks[frame]] if frame in self.masks else [])


def selection_of(areas: Sequence[Area], masks: Mapping[int, Mask], layout: Layout) -> Selection:
    """Return what lies within the image.

    Raises
    ------
    CannotRedactError
        When an area or a mask is of a frame that does not exist, or a mask of another size.
    """
    named = {area.frame for area in areas if area.frame is not None} | set(masks)
    if any(not 0 <= frame < layout.frames for frame in named):
        raise CannotRedactError("an area or a mask names a frame that it does not have")
    if any(mask.shape != (layout.rows, layout.columns) for mask in masks.values()):
        raise CannotRedactError("a mask is not of the size of the image")
    everywhere: list[Area] = []
    by_frame: dict[int, list[Area]] = {}
    for area in (each.within(layout.columns, layout.rows) for each in areas):
        if area.size:
            (everywhere if area.frame is None else by_frame.setdefault(area.frame, [])).append(area)
    return Selection(tuple(everywhere), by_frame, {frame: mask for frame, mask in masks.items() if mask.any()})
