"""The public face: every line of writing in the frames of one object, by all methods together."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import own, runs, still
from orthanc_plugin.deid.pixels.detection.boxes import Box
from orthanc_plugin.deid.pixels.detection.line import Line, line
from orthanc_plugin.deid.pixels.detection.looking import look, look_at_tile
from orthanc_plugin.deid.pixels.detection.still import Frames, Picture

_HELD = 0.8  # of an area: what lies so far within another line is the same line


def find(frames: Frames, *, stored: NDArray[np.generic] | None = None, lossless: bool = True) -> tuple[Line, ...]:
    """Return the lines of writing in the frames of one object.

    Parameters
    ----------
    frames : Frames
        Pictures of one size that can be gone through again; a list will do. They are taken one after the other and
        not kept: memory is that of a few planes, however many frames there are.
    stored : array of shape (rows, columns), optional
        Stored values of the first frame, for the letters that a device drew with one value.
    lossless : bool
        Whether the stored values are as the device made them; exact runs mean nothing in a lossy image.

    Returns
    -------
    tuple of Line
        From the top down. Lines of every frame first, then those of single frames; each in pixels of the picture.

    Raises
    ------
    WeightsMissingError
        The networks are not installed.
    """
    found = _standing(frames) if len(frames) >= still.FEWEST else []
    found += _exact(stored) if stored is not None and lossless else []
    return tuple(_once(found + _moving(frames, found)))


def find_in_tile(tile: Picture, left: int, top: int, longest: int) -> tuple[Line, ...]:
    """Return the lines of writing in one tile of a picture too large to hold.

    Parameters
    ----------
    tile : uint8 array
        Best 1024 x 1024, sharing 192 pixels with its neighbours, so that no line lies in none of them whole.
    left, top : int
        Column and row of the whole picture at which the tile begins.
    longest : int
        The long side of the whole picture.
    """
    whole = (top + tile.shape[0], left + tile.shape[1])
    found = (line(box.moved(left, top), score, "text detector", whole) for box, score in look_at_tile(tile, longest))
    return tuple(_once(found))


def _standing(frames: Frames) -> list[Line]:
    """Return what stands in every frame: in their mean, and in the map of what does not move."""
    time = still.over_time(frames)
    mean = time.mean.round().clip(0, 255).astype(np.uint8)
    found = [line(box, score, "mean of frames", mean.shape) for box, score in look(mean)]
    shown = still.still_map(time)
    if shown is not None:
        found += [line(box, score, "still map", mean.shape) for box, score in look(shown)]
    return found


def _moving(frames: Frames, standing: list[Line]) -> list[Line]:
    """Return what each frame shows where it differs from the frame looked at before it."""
    found: list[Line] = []
    before: Picture | None = None
    several = len(frames) > 1
    for number, frame in enumerate(frames):
        place = still.changed(frame, before)
        if place is None:
            continue
        before = frame
        at = number if several else None
        found += _of_frame(frame, place, at)
    return _spread([one for one in found if not _within(one.area, standing)])


def _of_frame(frame: Picture, place: tuple[slice, slice], at: int | None) -> list[Line]:
    top, left = place[0].start, place[1].start
    seen = [(box.moved(left, top), score, "text detector", False) for box, score in look(frame[place])]
    seen += own.marks(frame)
    return [line(box, score, method, frame.shape, frame=at, doubtful=doubt) for box, score, method, doubt in seen]


def _spread(found: list[Line]) -> list[Line]:
    """Return lines seen at one place in two frames as lines of every frame: in some it will have been overlooked."""
    spread: list[Line] = []
    for one in found:
        elsewhere = any(other.area.frame != one.area.frame and _same(one.area, other.area) for other in found)
        spread.append(_everywhere(one) if elsewhere else one)
    return spread


def _everywhere(one: Line) -> Line:
    def unframed(area: Area) -> Area:
        return Area(area.left, area.top, area.right, area.bottom, None, area.method)

    return Line(unframed(one.area), one.score, one.method, one.box, tuple(map(unframed, one.parts)), one.doubtful)


def _exact(stored: NDArray[np.generic]) -> list[Line]:
    return [line(box, 1.0, "exact runs", stored.shape, doubtful=True) for box in runs.drawn_lines(stored)]


def _once(found: Iterable[Line]) -> list[Line]:
    """Return the lines without those that lie within another, from the top down."""
    kept: list[Line] = []
    for one in sorted(found, key=lambda one: (one.doubtful, one.area.frame is not None, -one.area.size, one.area)):
        if one.parts and not _within(one.area, kept):
            kept.append(one)
    return sorted(kept, key=lambda one: (one.area.frame is not None, one.area.frame or 0, one.area.top, one.area.left))


def _within(area: Area, lines: Iterable[Line]) -> bool:
    return any(
        _shared(area, other.area) >= _HELD * area.size
        for other in lines
        if other.box.upright and other.area.frame in (None, area.frame)
    )


def _same(one: Area, other: Area) -> bool:
    return _shared(one, other) >= 0.5 * max(one.size, other.size)


def _shared(one: Area, other: Area) -> int:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(across, 0) * max(down, 0)


def mask(found: Iterable[Line], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Return which pixels of a frame the lines cover."""
    covered = np.zeros(shape, dtype=np.bool_)
    for one in found:
        for part in one.parts:
            covered[part.top : part.bottom, part.left : part.right] = True
    return covered


Found = tuple[Box, float, str, bool]
