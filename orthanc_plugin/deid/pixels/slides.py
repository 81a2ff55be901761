"""Writing on a whole slide, also where it goes over the borders of tiles, as areas of the tiles that it touches."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pydicom import Dataset

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import Line, find_in_mosaic
from orthanc_plugin.deid.pixels.matrix import in_tiles, planes_to_look_at
from orthanc_plugin.rendering import Rendering, StoredFrames
from orthanc_plugin.rendering.mosaic import Mosaic, Window
from orthanc_plugin.rendering.tiles import Plane, is_tiled

_NOWHERE = "it does not say where its tiles lie, so writing over their borders may be overlooked; a person has to look"
_LABELLED = "it says itself that the slide's label is in it; a person has to look at it"


def doubt_about(dataset: Dataset) -> str:
    """Return why a person has to look at a slide, whatever is found in it; empty where nobody has to."""
    if str(dataset.get("SpecimenLabelInImage") or "").strip().upper() == "YES":
        return _LABELLED
    return _NOWHERE if is_tiled(dataset) and not planes_to_look_at(dataset) else ""


def find_in_slide(
    dataset: Dataset, rendering: Rendering, planes: Iterable[Plane], *, like_ultrasound: bool = False
) -> tuple[Line, ...]:
    """Return the lines of writing in a slide, each as one line for every tile that it touches, in the tile's pixels.

    Parameters
    ----------
    dataset : Dataset
        The object.
    rendering : Rendering
        How its tiles are shown.
    planes : iterable of Plane
        Where they lie.
    like_ultrasound : bool
        Whether it is of a kind for which our own network was made.

    Raises
    ------
    UnrenderableError
        A tile cannot be decoded.
    WeightsMissingError
        The networks are not installed.
    """
    stored = StoredFrames(dataset)
    found: list[Line] = []
    for plane in planes:
        mosaic = Mosaic(rendering, plane, stored)
        lines = find_in_mosaic(mosaic, like_ultrasound=like_ultrasound)
        found += [one for line in lines for one in _in_tiles(line, mosaic)]
    return tuple(found)


def _in_tiles(line: Line, mosaic: Mosaic) -> Iterator[Line]:
    """Yield a line as a line of each tile that it touches."""
    parts = in_tiles((replace(part, frame=None) for part in line.parts), [mosaic.plane])
    for tile in mosaic.tiles_in(_around(line.parts)):
        here = tuple(part for part in parts if part.frame == tile.frame)
        if here:
            yield replace(line, area=_all_of(here), parts=here, box=line.box.moved(-tile.left, -tile.top))


def _around(areas: Iterable[Area]) -> Window:
    lefts, tops, rights, bottoms = zip(*((one.left, one.top, one.right, one.bottom) for one in areas), strict=True)
    return Window(min(lefts), min(tops), max(rights), max(bottoms))


def _all_of(areas: tuple[Area, ...]) -> Area:
    return Area(*_around(areas), areas[0].frame, areas[0].method)
