"""Writing in a picture is found wherever, however and in whatever it stands; a picture without any stays as it is."""

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from orthanc_plugin.deid.pixels.detection import find
from tests.orthanc_plugin.deid.pixels.drawing import KINDS, Written, drawn, ground, lettering, picture, put

NAME = "ROSSENDALE, IVY"


@pytest.mark.parametrize("seed", range(14))
def test_a_string_of_high_or_middle_contrast_is_found_in_any_kind_of_picture(seed):
    plane, written = drawn(seed)
    assert written.hidden(find([plane]))


@pytest.mark.parametrize("seed", range(100, 106))
def test_a_string_turned_by_any_angle_is_found(seed):
    plane, written = drawn(seed, angles=(20, 45, 70, 90, 180, 270), kinds=("slice", "radiograph", "flat"))
    assert written.hidden(find([plane]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_without_writing_shows_none(kind):
    assert find([picture(ground(kind, np.random.default_rng(3)))]) == ()


def test_coloured_writing_that_is_as_light_as_its_ground_is_found_on_a_photograph():
    plane = np.random.default_rng(1).normal((120, 120, 120), 4, (160, 240, 3))
    mask = put(plane, lettering(NAME, 16), (20, 70), (180, 60, 120))
    assert Written(mask).hidden(find([picture(plane)]))


def test_faint_writing_that_anyone_reads_is_found_in_a_noisy_radiograph():
    plane = np.random.default_rng(2).normal(90, 10, (240, 320))
    mask = put(plane, lettering(NAME, 16), (60, 110), 130)
    assert Written(mask).hidden(find([picture(plane)]))


def test_a_line_is_covered_by_a_stair_of_small_areas_where_it_is_turned():
    plane = np.full((240, 240), 60.0)
    mask = put(plane, lettering(NAME, 16, angle=45), (40, 40), 230)
    found = find([picture(plane)])
    assert Written(mask).hidden(found)
    covered = sum(part.size for line in found for part in line.parts)
    assert covered < 0.8 * found[0].area.size * len(found)


def test_writing_in_a_picture_of_many_tiles_is_found_where_tiles_meet():
    plane = np.full((260, 1400), 90.0) + np.random.default_rng(4).normal(0, 3, (260, 1400))
    mask = put(plane, lettering("ROSSENDALE, IVY 943 476 5919", 24), (860, 120), 240)
    assert Written(mask).hidden(find([picture(plane)]))


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 300), (3, 3, 3), (64, 64)])
def test_a_picture_of_hardly_any_pixels_is_looked_at_like_any_other(shape):
    assert find([np.zeros(shape, dtype=np.uint8)]) == ()


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm"])
def test_a_real_slice_without_writing_shows_none(name):
    pixels = dcmread(get_testdata_file(name)).pixel_array.astype(float)
    low, high = np.percentile(pixels, (1, 99))
    assert find([picture((pixels - low) / (high - low) * 255)]) == ()


def test_the_writing_of_a_real_ultrasound_is_found():
    found = find([dcmread(get_testdata_file("examples_palette.dcm")).pixel_array])
    assert len(found) >= 5


def stripes(random):
    down, right = np.mgrid[0:240, 0:320]
    return 120 + 40 * np.sin(right / 2.5) * np.sin(down / 3.5) + random.normal(0, 6, (240, 320))


def ruler(random):
    plane = 90 + random.normal(0, 4, (240, 320))
    for tick in range(0, 320, 6):
        plane[200 : 212 if tick % 30 else 222, tick : tick + 1] = 240
    return plane


def hair(random):
    plane = 190 + random.normal(0, 5, (240, 320))
    right = np.arange(320)
    for _ in range(40):
        down = 120 + random.uniform(-110, 110) + random.uniform(-0.6, 0.6) * (right - 160)
        inside = (down >= 0) & (down < 239)
        plane[down[inside].astype(int), right[inside]] = 60
    return plane


@pytest.mark.parametrize("draw", [stripes, ruler, hair])
def test_cloth_a_ruler_and_hair_are_no_writing(draw):
    plane = picture(draw(np.random.default_rng(6)))
    assert find([plane]) == ()
    assert find([np.stack([plane, plane, plane], axis=-1)]) == ()
