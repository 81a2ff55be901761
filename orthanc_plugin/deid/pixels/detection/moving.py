"""What single frames show: each is looked at where it differs from the one before, and nothing is looked at twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import network, own, still
from orthanc_plugin.deid.pixels.detection.closer import see_closer
from orthanc_plugin.deid.pixels.detection.detector import Cells
from orthanc_plugin.deid.pixels.detection.line import Line, line, same
from orthanc_plugin.deid.pixels.detection.looking import glance, look
from orthanc_plugin.deid.pixels.detection.still import Frames, Picture

_MOST = 0.5  # of the frames: a line seen in more stands in all, and was overlooked in the others
_LONE = 0.95  # likelihood of what our own network alone sees: its areas are as wide as a faint line needs
_ABOUT = 8  # pixels around what is known, as far as the network's cells reach
_BESIDE = 2  # frames before and after in which a line that was seen several times may have been overlooked


@dataclass(slots=True)
class _Place:
    """One place at which a line was seen, and the frames in which it stands."""

    line: Line
    frames: set[int] = field(default_factory=set)


def in_frames(frames: Frames, standing: Sequence[Line] = (), *, at_home: bool = False) -> list[Line]:
    """Return the lines that single frames show, each with its frame, or with None where it stands in all.

    Parameters
    ----------
    frames : Frames
        As `find` takes them.
    standing : sequence of Line
        What is known already to stand in every frame.
    at_home : bool
        Whether they are like ultrasound.

    Notes
    -----
    One frame is held beside the one that is looked at. What does not change from a frame to the next is not looked
    at again: the lines there stand in the next frame too.
    """
    areas = [area for one in standing for area in one.parts]
    places: list[_Place] = []
    current: list[_Place] = []
    before: Picture | None = None
    for number, frame in enumerate(frames):
        changed = still.changed(frame, before)
        if changed is not None:
            before = frame
            kept = [place for place in current if not _inside(place.line.area, changed)]
            left, top = changed[1].start, changed[0].start
            known = [area.moved(-left, -top) for area in areas] if number else None
            seen = see(frame[changed], at_home=at_home, doubling=len(frames) < still.FEWEST, known=known)
            current = kept + [_known(places, one.moved(left, top)) for one in seen]
        for place in current:
            place.frames.add(number)
    return [one for place in places for one in _framed(place, len(frames))]


def see(
    picture: Picture,
    method: str = "text detector",
    *,
    at_home: bool,
    doubling: bool = True,
    known: Sequence[Area] | None = None,
) -> list[Line]:
    """Return the lines in one picture: what the detector finds, and what our own network sees beyond that.

    Parameters
    ----------
    picture : uint8 array
        As shown.
    method : str
        What the detector's finds are called.
    at_home : bool
        Whether it is like ultrasound.
    doubling : bool
        Whether a small one is looked at in twice its size.
    known : sequence of Area, optional
        What stands there anyhow. Where nothing speaks for more, a glance is enough; without it, it is looked at whole.
    """
    plane = still.grey(picture)
    seen = see_closer(plane) if at_home and known is None else network.see(plane, at_home=at_home)
    seen = own.trusted(seen) if at_home else seen
    if known is not None and not _new(seen.cells, known).any():
        scored = glance(picture)
    else:
        scored = look(picture, doubling=doubling, hints=seen.cells)
    found = [line(box, score, method, picture.shape) for box, score in scored]
    lone = own.lone(seen, found, picture.shape, at_home=at_home)
    return found + [line(box, _LONE, "text network", picture.shape, doubtful=doubtful) for box, doubtful in lone]


def _new(cells: Cells, known: Sequence[Area]) -> Cells:
    """Return the cells that hint at anything beyond what is known."""
    left, cell = cells.copy(), network.CELL
    for area in known:
        near = area.grown(_ABOUT, _ABOUT)
        top, first = max(near.top // cell, 0), max(near.left // cell, 0)
        left[top : max(-(-near.bottom // cell), 0), first : max(-(-near.right // cell), 0)] = 0
    return left


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
