"""What single frames show: each is looked at where it differs from the one before, and nothing is looked at twice."""

from dataclasses import dataclass, field, replace

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import own, still
from orthanc_plugin.deid.pixels.detection.line import Line, line, same
from orthanc_plugin.deid.pixels.detection.looking import look
from orthanc_plugin.deid.pixels.detection.still import Frames, Picture

_MOST = 0.5  # of the frames: a line seen in more stands in all, and was overlooked in the others
_BESIDE = 2  # frames before and after in which a line that was seen several times may have been overlooked


@dataclass(slots=True)
class _Place:
    """One place at which a line was seen, and the frames in which it stands."""

    line: Line
    frames: set[int] = field(default_factory=set)


def in_frames(frames: Frames) -> list[Line]:
    """Return the lines that single frames show, each with its frame, or with None where it stands in all.

    One frame is held beside the one that is looked at. What does not change from a frame to the next is not looked
    at again: the lines there stand in the next frame too.
    """
    places: list[_Place] = []
    current: list[_Place] = []
    before: Picture | None = None
    for number, frame in enumerate(frames):
        changed = still.changed(frame, before)
        if changed is not None:
            before = frame
            kept = [place for place in current if not _inside(place.line.area, changed)]
            current = kept + [_known(places, one) for one in _seen(frame, changed, len(frames))]
        for place in current:
            place.frames.add(number)
    return [one for place in places for one in _framed(place, len(frames))]


def _seen(frame: Picture, where: tuple[slice, slice], length: int) -> list[Line]:
    """Return what a frame shows there. Frames of a long film are not doubled: their mean is looked at as well."""
    left, top = where[1].start, where[0].start
    part = frame[where]
    seen = [(box, score, "text detector", False) for box, score in look(part, doubling=length < still.FEWEST)]
    seen += own.marks(part)
    return [
        line(box.moved(left, top), score, method, frame.shape, doubtful=doubtful)
        for box, score, method, doubtful in seen
    ]


def _known(places: list[_Place], one: Line) -> _Place:
    for place in places:
        if same(place.line.area, one.area) and place.line.doubtful == one.doubtful:
            return place
    places.append(_Place(one))
    return places[-1]


def _inside(area: Area, where: tuple[slice, slice]) -> bool:
    rows, columns = where
    within = area.within(columns.stop, rows.stop) == area
    return within and area.top >= int(rows.start) and area.left >= int(columns.start)


def _framed(place: _Place, length: int) -> list[Line]:
    if len(place.frames) > _MOST * length:
        return [place.line]
    first, last = min(place.frames), max(place.frames)
    beside = _BESIDE if last > first else 0
    return [_at(place.line, n) for n in range(max(first - beside, 0), min(last + beside, length - 1) + 1)]


def _at(one: Line, frame: int) -> Line:
    return replace(
        one, area=replace(one.area, frame=frame), parts=tuple(replace(part, frame=frame) for part in one.parts)
    )
