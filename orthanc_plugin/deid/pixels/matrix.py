"""Areas of a slide, as its tiles have them and as people see them: of a plane, in pixels of the total matrix."""

import mmap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import groupby
from typing import Any

import numpy as np
from pydicom import Dataset, dcmread

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.rendering import UnrenderableError, faults_of
from orthanc_plugin.rendering.tiles import Plane, Tile, is_tiled, planes_of


def planes_to_look_at(dataset: Dataset) -> tuple[Plane, ...]:
    """Return the planes of a slide; none where the object is no slide, or does not say where its tiles lie."""
    try:
        return planes_of(dataset) if is_tiled(dataset) else ()
    except UnrenderableError:
        return ()


def as_stored(data: bytes | mmap.mmap, areas: Sequence[Area]) -> tuple[Area, ...]:
    """Return areas that a person drew as areas of stored frames: of a slide, of each tile that they touch."""
    try:
        with faults_of("its header"):
            if isinstance(data, mmap.mmap):
                data.seek(0)
            file: Any = data if isinstance(data, mmap.mmap) else BytesIO(data)
            planes = planes_to_look_at(dcmread(file, stop_before_pixels=True, force=True))
    except UnrenderableError:
        planes = ()
    return in_tiles(areas, planes) if planes else tuple(areas)


def in_tiles(areas: Iterable[Area], planes: Sequence[Plane]) -> tuple[Area, ...]:
    """Return what areas cover of each tile, in its own pixels and of its frame.

    Parameters
    ----------
    areas : iterable of Area
        In pixels of the matrix; the frame is the plane, counted from 0, and None is every one.
    planes : sequence of Plane
        Of the slide.
    """
    found = []
    for number, plane in enumerate(planes):
        here = [area for area in areas if area.frame in (None, number)]
        places = np.array(plane.tiles)
        for area in here:
            found += [_of_tile(area, Tile(*tile), plane) for tile in places[_touched(area, places, plane)].tolist()]
    return tuple(area for area in found if area.size)


def _touched(area: Area, places: Any, plane: Plane) -> Any:
    across = (places[:, 1] < area.right) & (places[:, 1] + plane.wide > area.left)
    return across & (places[:, 2] < area.bottom) & (places[:, 2] + plane.high > area.top)


def _of_tile(area: Area, tile: Tile, plane: Plane) -> Area:
    return replace(area.moved(-tile.left, -tile.top).within(plane.wide, plane.high), frame=tile.frame)


def put_together(areas: Iterable[Area], planes: Sequence[Plane]) -> tuple[Area, ...]:
    """Return areas of tiles as areas of planes, in pixels of the matrix; pieces that lie side by side are joined."""
    at = {tile.frame: (number, tile) for number, plane in enumerate(planes) for tile in plane.tiles}
    placed = [_of_plane(area, *place) for area in areas for place in _places(area, at, planes)]
    return tuple(_joined(_joined(placed, _across), _down))


def _places(area: Area, at: dict[int, tuple[int, Tile]], planes: Sequence[Plane]) -> Iterable[tuple[int, Tile]]:
    """Return where an area lies: what is of every frame is of the corner of each tile, told once a plane."""
    if area.frame is not None:
        return (at[area.frame],)
    return tuple((number, plane.tiles[0]) for number, plane in enumerate(planes))


def _of_plane(area: Area, number: int, tile: Tile) -> Area:
    return replace(area.moved(tile.left, tile.top), frame=number)


def _across(area: Area) -> tuple[Any, ...]:
    return (area.frame, area.method, area.top, area.bottom), area.left, area.right


def _down(area: Area) -> tuple[Any, ...]:
    return (area.frame, area.method, area.left, area.right), area.top, area.bottom


def _joined(areas: Iterable[Area], told: Callable[[Area], tuple[Any, ...]]) -> Iterator[Area]:
    """Yield the areas; those of one band that touch are one."""
    for _, band in groupby(sorted(areas, key=told), key=lambda area: told(area)[0]):
        last: Area | None = None
        for area in band:
            if last is not None and told(area)[1] <= told(last)[2]:
                last = replace(last, right=max(last.right, area.right), bottom=max(last.bottom, area.bottom))
                continue
            if last is not None:
                yield last
            last = area
        if last is not None:
            yield last
