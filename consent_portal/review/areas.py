"""Rectangles that are to be covered: how they are kept, and how they are carried from image to image. Pure."""

import json
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any

MOST = 256
"""So many areas an image can have: as many as the engine covers in one."""
Areas = tuple["Area", ...]


@dataclass(frozen=True)
class Area:
    """A rectangle of stored pixels, `right` and `bottom` exclusive; `frame` counts from 0, None is every frame."""

    left: int
    top: int
    right: int
    bottom: int
    frame: int | None = None

    def is_inside(self, rows: int, columns: int, frames: int) -> bool:
        """Whether it covers something, and nothing outside the image."""
        in_frame = self.frame is None or 0 <= self.frame < frames
        return in_frame and 0 <= self.left < self.right <= columns and 0 <= self.top < self.bottom <= rows


@dataclass(frozen=True)
class Proposed:
    """An area that the machine proposes, by which method, and whether it is sure."""

    area: Area
    method: str
    sure: bool


def in_order(areas: Iterable[Area]) -> Areas:
    """Return each area once, in one order whatever the order was."""
    return tuple(sorted(set(areas), key=lambda one: (-1 if one.frame is None else one.frame, *astuple(one)[:4])))


def clipped(area: Area, rows: int, columns: int, frames: int) -> Area | None:
    """Return the part of an area that lies in the image, None where nothing does."""
    inside = replace(
        area,
        left=max(0, area.left),
        top=max(0, area.top),
        right=min(columns, area.right),
        bottom=min(rows, area.bottom),
    )
    return inside if inside.is_inside(rows, columns, frames) else None


def on_every_frame(areas: Iterable[Area], frame: int | None) -> Areas:
    """Return the areas, those of `frame` on every frame; of all frames where none is named."""
    return in_order(replace(one, frame=None) if frame in {None, one.frame} else one for one in areas)


def carried(before: Areas, after: Areas, there: Areas, *, is_own: bool) -> Areas:
    """Return what stands on another image once a change of this one was carried to it.

    What is on every frame is added. What was on every frame before the change and is not any more goes there too, but
    only where whoever changes it was the last to touch the other image: nobody's areas are taken away by another.
    """
    new = {one for one in after if one.frame is None}
    gone = {one for one in before if one.frame is None} - new if is_own else set()
    return in_order((set(there) - gone) | new)


def dumped(areas: Iterable[Area]) -> str:
    """Return areas as a column keeps them."""
    return json.dumps([asdict(one) for one in areas], separators=(",", ":"))


def loaded(text: str) -> Areas:
    """Return areas from their column."""
    return tuple(Area(**one) for one in json.loads(text))


def load_proposed(text: str) -> tuple[Proposed, ...]:
    """Return what the machine proposed, from its column."""
    return tuple(_proposed(one) for one in json.loads(text))


def _proposed(told: dict[str, Any]) -> Proposed:
    area = Area(told["left"], told["top"], told["right"], told["bottom"], told["frame"])
    return Proposed(area, told["method"], told["sure"])
