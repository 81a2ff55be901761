"""The public face: every line of writing in the frames of one object, by all methods together."""

import numpy as np
from numpy.typing import NDArray

from orthanc_plugin.deid.pixels.detection import network, own, runs, still
from orthanc_plugin.deid.pixels.detection.checking import is_word
from orthanc_plugin.deid.pixels.detection.line import Line, line, once
from orthanc_plugin.deid.pixels.detection.looking import look
from orthanc_plugin.deid.pixels.detection.moving import in_frames, see
from orthanc_plugin.deid.pixels.detection.still import Frames, Picture


def find(
    frames: Frames,
    *,
    stored: NDArray[np.generic] | None = None,
    lossless: bool = True,
    like_ultrasound: bool | None = None,
) -> tuple[Line, ...]:
    """Return the lines of writing in the frames of one object.

    Parameters
    ----------
    frames : Frames
        Pictures of one size that can be gone through again; a list will do. They are taken one after the other and
        not kept: memory is that of a few planes, however many frames there are.
    stored : array of shape (rows, columns), optional
        Stored values of a single frame, for the letters that a device drew with one value.
    lossless : bool
        Whether the stored values are as the device made them; exact runs mean nothing in a lossy image.
    like_ultrasound : bool, optional
        Whether the object is of a kind for which our own network was made; without it the picture is asked.

    Returns
    -------
    tuple of Line
        Lines that stand in every frame, then those of single frames; from the top down, in pixels of the picture.

    Raises
    ------
    WeightsMissingError
        The networks are not installed.

    Notes
    -----
    Each slice of a series is looked at by itself. To look at the maximum and minimum of neighbours, or at three
    slices as three colours, overlooked 10 to 20 % of the strings written into one slice of a real CT or MR.
    """
    if not len(frames):
        return ()
    first = still.grey(next(iter(frames)))
    at_home = own.like_ultrasound(first) if like_ultrasound is None else like_ultrasound
    found = _standing(frames, at_home=at_home) if len(frames) >= still.FEWEST else []
    single = in_frames(frames, found, at_home=at_home)
    if stored is not None and stored.ndim == 2 and lossless:
        found += _drawn(first, stored, at_home=bool(like_ultrasound))
    return tuple(once(found + single))


def _drawn(shown: Picture, stored: NDArray[np.generic], *, at_home: bool) -> list[Line]:
    """Return what a device drew with one value: sure on pictures like ultrasound, where something else speaks for it.

    Elsewhere exact runs are found in anatomy too, and now and then even read.
    """
    boxes = runs.drawn_lines(stored)
    cells = network.see(shown).cells if boxes and at_home else None
    sure = [cells is not None and (own.is_hinted(box, cells) or is_word(shown, box)) for box in boxes]
    return [
        line(box, 1.0, "exact runs", stored.shape, doubtful=not known) for box, known in zip(boxes, sure, strict=True)
    ]


def _standing(frames: Frames, *, at_home: bool) -> list[Line]:
    """Return what stands in every frame: in their mean, and in the map of what does not move."""
    time = still.over_time(frames)
    mean = time.mean.round().clip(0, 255).astype(np.uint8)
    found = see(mean, "mean of frames", at_home=at_home)
    shown = still.still_map(time)
    if shown is not None:
        found += [line(box, score, "still map", mean.shape) for box, score in look(shown)]
    return found
