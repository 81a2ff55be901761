"""The areas that rules name, in the pixels of one object."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from pydicom import Dataset

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.devices.rules import (
    DeviceFacts,
    DeviceRule,
    Does,
    KnownPlace,
    Place,
    Rectangle,
    matching,
)
from orthanc_plugin.rendering import faults_of

LEAST_COVERED = 0.1
"""Of a picture: regions that cover less of it are not believed to be all that it shows."""

_MOST_REGIONS = 32
_ENDS = ("RegionLocationMinX0", "RegionLocationMinY0", "RegionLocationMaxX1", "RegionLocationMaxY1")

Box = tuple[int, int, int, int]


def areas(rules: tuple[DeviceRule, ...], dataset: Dataset) -> tuple[Area, ...]:
    """Return what the rules that are for this object would blank, in every frame.

    Parameters
    ----------
    rules : tuple of DeviceRule
        As `load_rules` returns them.
    dataset : pydicom.Dataset
        The object; its pixels are not needed.

    Returns
    -------
    tuple of Area
        In stored pixels, inside the picture, each with ``rule <name>`` as its method.

    Raises
    ------
    UnrenderableError
        When the header is broken, so that nobody knows what the rules would say.
    """
    return _areas(rules, dataset, Does.BLANK)


def searched(rules: tuple[DeviceRule, ...], dataset: Dataset) -> tuple[Area, ...]:
    """Return where writing has to be looked for harder, as `areas` does."""
    return _areas(rules, dataset, Does.SEARCH)


def of_rule(rule: DeviceRule, dataset: Dataset) -> tuple[Area, ...]:
    """Return the areas of one rule in an object, whether it matches or not."""
    facts = DeviceFacts.of(dataset)
    with faults_of("its known places"):
        boxes = [box for where in rule.where for box in _boxes(where, dataset, facts.columns, facts.rows)]
    cut = (Area(*box, method=f"rule {rule.name}").within(facts.columns, facts.rows) for box in boxes)
    return tuple(area for area in cut if area.size)


def covered(areas: Iterable[Area], columns: int, rows: int) -> int:
    """Return how many pixels of a picture are in at least one of the areas, which lie inside it."""
    return _covered([(area.left, area.top, area.right, area.bottom) for area in areas], columns, rows)


def _covered(boxes: list[Box], columns: int, rows: int) -> int:
    rest = sum((right - left) * (bottom - top) for left, top, right, bottom in _outside(boxes, columns, rows))
    return columns * rows - rest if boxes else 0


def _areas(rules: tuple[DeviceRule, ...], dataset: Dataset, does: Does) -> tuple[Area, ...]:
    found = matching(rules, DeviceFacts.of(dataset))
    return tuple(area for rule in found if rule.does == does for area in of_rule(rule, dataset))


def _boxes(where: Rectangle | KnownPlace, dataset: Dataset, columns: int, rows: int) -> list[Box]:
    if isinstance(where, Rectangle):
        return [_scaled(where, columns, rows)]
    if where.place == Place.MARGINS:
        return _margins(where.depth, columns, rows)
    return _outside(_regions(dataset, columns, rows), columns, rows)


def _scaled(where: Rectangle, columns: int, rows: int) -> Box:
    """Return a rectangle in whole pixels; of a pixel that is touched all goes."""
    across, down = (1, 1) if where.in_pixels else (columns, rows)
    return (
        int(where.left * across),
        int(where.top * down),
        -int(-where.right * across // 1),
        -int(-where.bottom * down // 1),
    )


def _margins(depth: float, columns: int, rows: int) -> list[Box]:
    across, down = round(columns * depth), round(rows * depth)
    return [
        (0, 0, columns, down),
        (0, rows - down, columns, rows),
        (0, down, across, rows - down),
        (columns - across, down, columns, rows - down),
    ]


def _regions(dataset: Dataset, columns: int, rows: int) -> list[Box]:
    """Return the regions where they can be believed, else none, and so nothing is claimed.

    Not believed: where one is turned round or reaches beyond the picture (cropped or scaled copies keep the regions of
    their original), where there are too many, where all together cover little, where none is of a spatial format.
    """
    items = dataset.get("SequenceOfUltrasoundRegions") or ()
    if not 1 <= len(items) <= _MOST_REGIONS or not any(item.get("RegionSpatialFormat") for item in items):
        return []
    boxes = [_region(item) for item in items]
    found = [box for box in boxes if box and box[0] < box[2] <= columns + 1 and box[1] < box[3] <= rows + 1]
    if len(found) < len(items):
        return []
    return found if _covered(found, columns, rows) >= LEAST_COVERED * columns * rows else []


def _region(item: Dataset) -> Box | None:
    """Return a region; its last column and row belong to it (PS3.3 C.8.5.5.1.1)."""
    ends: list[Any] = [item.get(keyword) for keyword in _ENDS]
    if not all(isinstance(end, int) and end >= 0 for end in ends):
        return None
    return ends[0], ends[1], ends[2] + 1, ends[3] + 1


def _outside(regions: list[Box], columns: int, rows: int) -> list[Box]:
    """Return rectangles that cover what is in no region, without overlap; nothing where there are no regions."""
    if not regions:
        return []
    edges = sorted({0, rows, *(min(edge, rows) for _, top, _, bottom in regions for edge in (top, bottom))})
    bands: list[Box] = []
    for top, bottom in pairwise(edges):
        inside = sorted((left, right) for left, above, right, below in regions if above <= top and below >= bottom)
        bands += [(left, top, right, bottom) for left, right in _gaps(inside, columns)]
    return _joined(bands)


def _gaps(spans: list[tuple[int, int]], columns: int) -> list[tuple[int, int]]:
    gaps, reached = [], 0
    for left, right in spans:
        if left > reached:
            gaps.append((reached, left))
        reached = max(reached, right)
    return [*gaps, (reached, columns)] if reached < columns else gaps


def _joined(bands: list[Box]) -> list[Box]:
    """Return bands of the same columns, one below the other, as one."""
    joined: list[Box] = []
    for left, top, right, bottom in bands:
        above = next((box for box in joined if (box[0], box[2], box[3]) == (left, right, top)), None)
        if above is not None:
            joined.remove(above)
        joined.append((left, above[1] if above else top, right, bottom))
    return sorted(joined, key=lambda box: (box[1], box[0]))
