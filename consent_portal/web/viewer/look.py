"""How somebody wants to look at a picture: which frame, in which window, how large, covered or as it is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from consent_portal.engine_pictures import Window
from consent_portal.review.areas import Area
from consent_portal.web.viewer.areas import read

SIDES = {"240": 240, "3000": 3000}
"""Sizes other than the stored one: of a contact sheet, and of what is too large to be sent whole."""
PART = 1500
"""Pixels across and down of the part of a large picture that is shown at its full size."""
MOST_PIXELS = 24_000_000
"""A picture of more, such as a whole slide, is sent smaller; its areas are of stored pixels all the same."""


@dataclass(frozen=True)
class Look:
    """What the engine is asked to show; `frame` counts from 0.

    Attributes
    ----------
    window : Window or int or None
        Centre and width, or which of the object's own; None is what the object says first.
    areas : tuple of Area
        Covered by the engine's own writer before the picture is made; () is the picture as it is.
    part : Area or None
        What is shown of it, in stored pixels; None is all of it.
    """

    frame: int = 0
    side: int | None = None
    window: Window | int | None = None
    areas: tuple[Area, ...] = ()
    part: Area | None = None


def look_of(asked: Mapping[str, str], frame: int) -> Look:
    """Return the look that an address asks for; a size or a window that makes no sense is left out.

    Raises
    ------
    ValueError
        When its areas cannot be read: a picture that should be covered is never shown bare.
    """
    side = SIDES.get(asked.get("side", ""))
    return Look(frame, side, window_of(asked), read(asked.get("covered", "")), part_of(asked))


def part_of(asked: Mapping[str, str]) -> Area | None:
    """Return the part of a picture that begins where an address says, within the size that it says; None without."""
    given = [asked.get(name, "") for name in ("part_left", "part_top", "columns", "rows")]
    if not all(one.isascii() and one.isdigit() and len(one) < 11 for one in given):
        return None
    columns, rows = max(int(given[2]), 1), max(int(given[3]), 1)
    left, top = min(int(given[0]), max(columns - PART, 0)), min(int(given[1]), max(rows - PART, 0))
    return Area(left, top, min(left + PART, columns), min(top + PART, rows), None)


def window_of(asked: Mapping[str, str]) -> Window | int | None:
    """Return the window that fields or an address name: numbers before a choice."""
    center, width = _number(asked.get("center", "")), _number(asked.get("width", ""))
    if center is not None and width is not None and width > 0:
        return Window(center, width)
    preset = asked.get("preset", "")
    return int(preset) if preset.isascii() and preset.isdigit() and len(preset) < 3 else None


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and abs(found) < 1e7 else None


def asked_for(window: Window | int | None) -> dict[str, str]:
    """Return the window as the words of an address."""
    if isinstance(window, Window):
        return {"center": f"{window.center:g}", "width": f"{window.width:g}"}
    return {} if window is None else {"preset": str(window)}


def frame_of(asked: Mapping[str, str], frames: int) -> int:
    """Return which frame an address asks for, counted from 1; the first where there is no such frame."""
    text = asked.get("frame", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return number if 1 <= number <= frames else 1
