"""Writing in a picture too large to hold, such as a slide: part by part, in every size in which it may be read."""

from collections.abc import Iterator
from dataclasses import replace

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection.line import Line, once
from orthanc_plugin.deid.pixels.detection.looking import OVERLAP, TILE, busy
from orthanc_plugin.deid.pixels.detection.moving import see
from orthanc_plugin.rendering.mosaic import Mosaic

_COARSEST = 256  # pixels of the long side of the smallest picture: letters of a quarter of the whole are read in it
_SMALL = 400  # pixels of the long side, below which a picture is looked at in twice its size


def find_in_mosaic(mosaic: Mosaic, *, like_ultrasound: bool = False) -> tuple[Line, ...]:
    """Return the lines of writing in a picture too large to hold, in pixels of the whole picture.

    Windows of 1024 x 1024 share 192 pixels with their neighbours, so that a line is whole in one of them, in pieces in
    several, or whole in a smaller size of the picture. At most one window is held: memory does not grow with the
    picture. A window of one even colour is not looked at; where a large picture shows nothing that speaks for writing,
    its full size is looked at in half.

    Parameters
    ----------
    mosaic : Mosaic
        The picture.
    like_ultrasound : bool
        Whether it is of a kind for which our own network was made.

    Raises
    ------
    WeightsMissingError
        The networks are not installed.
    """
    scales = mosaic.scales(_COARSEST)
    large = max(mosaic.plane.columns, mosaic.plane.rows) > TILE
    return tuple(once(one for by in scales for one in _at_scale(mosaic, by, large, like_ultrasound)))


def _at_scale(mosaic: Mosaic, by: int, large: bool, at_home: bool) -> Iterator[Line]:
    for window in mosaic.windows(by, TILE, OVERLAP):
        picture = mosaic.part(window, by)
        rows, columns = busy(picture)
        if rows.start == rows.stop:
            continue
        known = () if large and by == 1 else None
        small = not large and max(picture.shape[:2]) < _SMALL
        for one in see(picture[rows, columns], "tiles", at_home=at_home, doubling=small, known=known):
            yield _scaled(one.moved(window.left + columns.start, window.top + rows.start), by)


def _scaled(one: Line, by: int) -> Line:
    if by == 1:
        return one
    return replace(
        one, area=_larger(one.area, by), box=one.box.scaled(by), parts=tuple(_larger(part, by) for part in one.parts)
    )


def _larger(area: Area, by: int) -> Area:
    return replace(area, left=area.left * by, top=area.top * by, right=area.right * by, bottom=area.bottom * by)
