"""Areas as the viewer's addresses and fields write them; what people call a frame counts from 1."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from consent_portal.review.areas import Area

MOST_IN_ADDRESS = 400
"""As many areas as an address can hold; a picture with more is looked at as it is."""
EVERY = "a"
FIELDS = ("left", "top", "width", "height", "frame")


def written(areas: Iterable[Area]) -> str:
    """Return areas as an address holds them: `left.top.right.bottom.frame`, joined by `_`; `a` is every frame."""
    return "_".join(f"{one.left}.{one.top}.{one.right}.{one.bottom}.{_frame(one)}" for one in areas)


def _frame(area: Area) -> str:
    return EVERY if area.frame is None else str(area.frame + 1)


def read(text: str) -> tuple[Area, ...]:
    """Return the areas that an address holds.

    Raises
    ------
    ValueError
        When it is no such text, or holds more than `MOST_IN_ADDRESS`.
    """
    parts = text.split("_") if text else []
    if len(parts) > MOST_IN_ADDRESS:
        raise ValueError(f"an address holds at most {MOST_IN_ADDRESS} areas")
    return tuple(map(_read_one, parts))


def _read_one(part: str) -> Area:
    *edges, frame = part.split(".")
    if len(edges) != 4 or not all(map(_is_number, edges)) or not (frame == EVERY or _is_number(frame)):
        raise ValueError("an area is left.top.right.bottom.frame in whole numbers")
    left, top, right, bottom = map(int, edges)
    if not (left < right and top < bottom) or frame == "0":
        raise ValueError("an area is at least one pixel wide and high, and its frame counts from 1")
    return Area(left, top, right, bottom, None if frame == EVERY else int(frame) - 1)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


def of_rows(fields: Sequence[Sequence[str]]) -> tuple[Area, ...]:
    """Return the areas of the rows of number fields, column by column as in `FIELDS`.

    Raises
    ------
    ValueError
        When a row holds anything but whole numbers; its text is the number of that row.
    """
    return tuple(_of_row(number, *row) for number, row in enumerate(zip(*fields, strict=True), start=1))


def _of_row(number: int, left: str, top: str, width: str, height: str, frame: str) -> Area:  # noqa: PLR0913, PLR0917  (its fields)
    given = [one.strip() for one in (left, top, width, height, frame or EVERY)]
    if not all(map(_is_number, given[:4])) or not (given[4] == EVERY or _is_number(given[4])):
        raise ValueError(str(number))
    x, y, wide, high = map(int, given[:4])
    if not wide or not high or given[4] == "0":
        raise ValueError(str(number))
    return Area(x, y, x + wide, y + high, None if given[4] == EVERY else int(given[4]) - 1)


def holds(area: Area, other: Area) -> bool:
    """Whether the other area lies within this one, in every frame that the other is in."""
    same = area.frame is None or area.frame == other.frame
    across = area.left <= other.left and other.right <= area.right
    return same and across and area.top <= other.top and other.bottom <= area.bottom


def in_frame(areas: Iterable[Area], frame: int) -> tuple[Area, ...]:
    """Return the areas that cover something of a frame, counted from 0."""
    return tuple(one for one in areas if one.frame in {None, frame})


def in_the_middle(columns: int, rows: int) -> Area:
    """Return the area that a button adds for those who do not point."""
    left, top = columns * 2 // 5, rows * 9 // 20
    return Area(left, top, max(left + 1, columns * 3 // 5), max(top + 1, rows * 11 // 20))


def without(areas: Sequence[Area], number: int) -> tuple[Area, ...]:
    """Return the areas without the one of a number, counted from 1."""
    return tuple(one for at, one in enumerate(areas, start=1) if at != number)


def for_script(areas: Iterable[Area], found: Iterable[Area]) -> list[dict[str, object]]:
    """Return areas as the script takes them, and which of them a machine has found."""
    known = {replace(one, frame=None) for one in found}
    return [
        {
            "left": one.left,
            "top": one.top,
            "right": one.right,
            "bottom": one.bottom,
            "frame": None if one.frame is None else one.frame + 1,
            "found": replace(one, frame=None) in known,
        }
        for one in areas
    ]
