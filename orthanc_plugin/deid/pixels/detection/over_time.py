"""Reads the lines of a film in every frame in which they look different, in one pass over its frames."""

from collections.abc import Sequence

import numpy as np

from orthanc_plugin.deid.pixels.detection import still
from orthanc_plugin.deid.pixels.detection.line import Line
from orthanc_plugin.deid.pixels.detection.recogniser import Reading, read
from orthanc_plugin.deid.pixels.detection.still import Frames, Picture

_MOST = 8  # readings of one line; what looks different more often is left unread

NOT_READ = Reading("", 0.0)
"""Stands for the frames in which a line was not read any more, so that nobody takes it for read."""


def readings(frames: Frames, lines: Sequence[Line]) -> tuple[tuple[Reading, ...], ...]:
    """Return for each line what it says, one reading for each look that it has in the frames where it stands.

    Parameters
    ----------
    frames : Frames
        Those in which the lines were found. They are gone through once; two are held.
    lines : sequence of Line
        As `find` returned them.

    Returns
    -------
    tuple of tuple of Reading
        In the order of the lines. A place that shows a scale in one frame and a name in another has two readings, so
        a line may stay only if each of them may.
    """
    read_so_far: list[list[Reading]] = [[] for _ in lines]
    seen: list[Picture | None] = [None] * len(lines)
    for number, frame in enumerate(frames):
        for n, line in enumerate(lines):
            if line.area.frame not in (None, number) or len(read_so_far[n]) > _MOST:
                continue
            cut = _cut(frame, line)
            if still.changed(cut, seen[n]) is None:
                continue
            seen[n] = np.array(cut)
            full = len(read_so_far[n]) == _MOST
            read_so_far[n].append(NOT_READ if full else read(frame, line.box))
    return tuple(map(tuple, read_so_far))


def _cut(frame: Picture, line: Line) -> Picture:
    area = line.area
    return frame[area.top : area.bottom, area.left : area.right]
