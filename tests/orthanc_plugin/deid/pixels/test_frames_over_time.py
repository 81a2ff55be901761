"""Writing in a moving picture: what stands still, what shows in one frame alone, what is not looked at twice."""

import numpy as np
import pytest

from orthanc_plugin.deid.pixels.detection import find
from orthanc_plugin.deid.pixels.detection.still import changed, over_time, still_map
from tests.orthanc_plugin.deid.pixels.drawing import Written, ground, lettering, picture, put

NAME = "ROSSENDALE, IVY"


class Cine:
    """Frames made when they are asked for."""

    def __init__(self, length, draw):
        self.length, self.draw = length, draw

    def __len__(self):
        return self.length

    def __iter__(self):
        return (self.draw(n) for n in range(self.length))


def speckled(number):
    return ground("speckle", np.random.default_rng(number), (160, 224))


def test_a_still_line_of_dim_letters_is_found_in_every_frame():
    def frame(number):
        plane = speckled(number)
        put(plane, lettering(NAME, 14), (40, 70), 105)
        return picture(plane)

    mask = put(np.zeros((160, 224)), lettering(NAME, 14), (40, 70), 1)
    found = find(Cine(8, frame))
    assert Written(mask, frame=3).hidden(found)
    assert any(line.area.frame is None for line in found)


def test_a_name_in_one_frame_alone_is_found_there():
    def frame(number):
        plane = speckled(number)
        if number == 2:
            put(plane, lettering(NAME, 14), (40, 70), 250)
        return picture(plane)

    mask = put(np.zeros((160, 224)), lettering(NAME, 14), (40, 70), 1)
    found = find(Cine(4, frame))
    assert Written(mask, frame=2).hidden(found)
    assert {line.area.frame for line in found} == {2}


def test_a_cine_without_writing_shows_none():
    assert find(Cine(6, lambda number: picture(speckled(number)))) == ()


def test_frames_that_differ_by_less_than_a_letter_would_are_looked_at_once():
    plane = np.full((100, 120), 90, dtype=np.uint8)
    noisy = (plane + np.random.default_rng(1).integers(-4, 5, plane.shape)).astype(np.uint8)
    assert changed(noisy, plane) is None
    lettered = noisy.astype(float)
    put(lettered, lettering("IVY", 10), (50, 40), 104)
    assert changed(picture(lettered), plane) is not None


@pytest.mark.parametrize("gain", [1, 3])
def test_the_still_map_shows_what_does_not_move_whatever_the_gain(gain):
    ink = lettering(NAME, 14)

    def frame(number):
        plane = 20 + np.random.default_rng(number).rayleigh(10 * gain, (90, 224))
        put(plane, ink, (40, 40), 60)
        return picture(plane)

    shown = still_map(over_time(Cine(12, frame)))
    mask = put(np.zeros((90, 224)), ink > 0.9, (40, 40), 1)
    assert shown[mask].mean() > 4 * shown[~mask].mean()


def test_nothing_is_still_where_nothing_moves():
    assert still_map(over_time([np.full((60, 60), 80, dtype=np.uint8)] * 6)) is None
