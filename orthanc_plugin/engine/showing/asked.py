"""What is asked of a picture, read from a request that may hold anything; every fault is named at once."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.engine.errors import FaultsError

MOST_AREAS = 256
LEAST_SIDE, LARGEST_SIDE = 16, 4096
_LARGEST = 2**31 - 1
_EDGES = ("left", "top", "right", "bottom")
_WINDOW = "give the number of one of its windows, counted from 0, or a finite center and a width above 0"

Wanted = tuple[float, float] | int | None


@dataclass(frozen=True)
class Look:
    """One picture that somebody wants to see.

    Parameters
    ----------
    frame
        Counted from 0.
    side
        Longest side of a thumbnail; None: pixel by pixel as stored.
    window
        Number of an offered window, or centre and width; None: as the object itself has it.
    areas
        What is covered first.
    ticket
        As it came.
    part
        What is shown of it, in stored pixels; None: all of it.
    """

    frame: int = 0
    side: int | None = None
    window: Wanted = None
    areas: tuple[Area, ...] = ()
    ticket: Any = field(default=None, repr=False)
    part: Area | None = None


def read_look(body: Any) -> Look:
    """Return what a request asks for.

    Raises
    ------
    FaultsError
        Naming every field that cannot be understood.
    """
    if not isinstance(body, dict):
        raise FaultsError([("body", "must be a JSON object")])
    faults = [
        *_number_faults(body),
        *_window_faults(body.get("window")),
        *_area_faults(body),
        *_part_faults(body.get("part")),
    ]
    if faults:
        raise FaultsError(faults)
    areas = tuple(_area(one) for one in body.get("areas") or ()) if body.get("covered") is True else ()
    part = _area(body["part"]) if body.get("part") is not None else None
    return Look(body.get("frame", 0), body.get("side"), _window(body.get("window")), areas, body.get("ticket"), part)


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _number_faults(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if not _whole(body.get("frame", 0), 0, _LARGEST):
        yield "frame", "must be a whole number from 0"
    if body.get("side") is not None and not _whole(body["side"], LEAST_SIDE, LARGEST_SIDE):
        yield "side", f"must be a whole number from {LEAST_SIDE} to {LARGEST_SIDE}, or null for the picture as stored"


def _finite(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and abs(value) <= 1e12 and math.isfinite(value)


def _window_faults(window: Any) -> Iterator[tuple[str, str]]:
    if window is None or _whole(window, 0, _LARGEST):
        return
    given: tuple[Any, Any] = (window.get("center"), window.get("width")) if isinstance(window, dict) else ("", "")
    if not all(map(_finite, given)) or given[1] <= 0:
        yield "window", _WINDOW


def _window(window: Any) -> Wanted:
    return (float(window["center"]), float(window["width"])) if isinstance(window, dict) else window


def _area_faults(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    areas = body.get("areas")
    if not isinstance(body.get("covered", False), bool):
        yield "covered", "must be true or false"
    if areas is None:
        return
    if not isinstance(areas, list):
        yield "areas", "must be a list"
    elif len(areas) > MOST_AREAS:
        yield "areas", f"are more than {MOST_AREAS}, the most that are covered in one image; join some of them"
    else:
        for number, area in enumerate(areas):
            if not _is_area(area):
                told = "needs whole numbers left < right and top < bottom, from 0, and a frame from 0 or null"
                yield f"areas[{number}]", told


def _part_faults(part: Any) -> Iterator[tuple[str, str]]:
    if part is None:
        return
    if not _is_area(part) or max(part["right"] - part["left"], part["bottom"] - part["top"]) > LARGEST_SIDE:
        yield (
            "part",
            f"needs whole numbers left < right and top < bottom, from 0, at most {LARGEST_SIDE} apart, or null",
        )


def _is_area(area: Any) -> bool:
    if not isinstance(area, dict) or not all(_whole(area.get(edge), 0, _LARGEST) for edge in _EDGES):
        return False
    in_order = area["left"] < area["right"] and area["top"] < area["bottom"]
    return in_order and (area.get("frame") is None or _whole(area["frame"], 0, _LARGEST))


def _area(area: dict[str, Any]) -> Area:
    left, top, right, bottom = (area[edge] for edge in _EDGES)
    return Area(left, top, right, bottom, area.get("frame"), "person")
