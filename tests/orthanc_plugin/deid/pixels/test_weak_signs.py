"""Signs that are weak alone: exact runs of one value, and what our own network sees beyond the detector."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import find
from orthanc_plugin.deid.pixels.detection.own import beyond, like_ultrasound
from orthanc_plugin.deid.pixels.detection.runs import drawn_lines
from tests.orthanc_plugin.deid.pixels.drawing import DEJAVU, Written, ground, picture


def drawn_hard(value):
    """Return speckle with a dim line whose letters have one value each pixel, as a device draws them."""
    plane = picture(np.random.default_rng(3).rayleigh(35, (200, 320)))
    sheet = Image.new("1", (320, 200))
    draw = ImageDraw.Draw(sheet)
    draw.fontmode = "1"
    draw.text((60, 90), "ROSSENDALE IVY", font=ImageFont.truetype(DEJAVU + "DejaVuSans-Bold.ttf", 18), fill=1)
    mask = np.asarray(sheet)
    plane[mask] = value
    return plane, mask


def test_a_dim_line_drawn_with_one_value_is_found_by_its_runs():
    plane, mask = drawn_hard(78)
    covered = np.zeros(plane.shape, dtype=bool)
    for box in drawn_lines(plane):
        area = box.around()
        covered[area.top : area.bottom, area.left : area.right] = True
    assert covered[mask].mean() > 0.9
    assert covered.mean() < 0.25


def test_runs_of_a_lossy_image_say_nothing():
    plane, mask = drawn_hard(78)
    found = find([plane], stored=plane, lossless=False)
    assert all(line.method != "exact runs" for line in found)
    assert Written(mask).hidden(find([plane], stored=plane))


def test_speckle_radiographs_and_flat_ground_have_no_runs():
    for kind in ("speckle", "radiograph", "flat"):
        assert drawn_lines(picture(ground(kind, np.random.default_rng(4)))) == []


def test_what_the_network_sees_beside_a_line_that_is_covered_is_nothing_new():
    line = Area(10, 40, 150, 58)
    assert beyond([Area(4, 34, 156, 64)], [line], (200, 200)) == []


def test_a_second_line_in_the_networks_area_is_looked_at_by_itself():
    (box,) = beyond([Area(4, 34, 156, 94)], [Area(10, 40, 150, 58)], (200, 200))
    assert box.around() == Area(4, 64, 156, 94)


def test_only_a_picture_of_grain_on_black_is_taken_for_an_ultrasound():
    random = np.random.default_rng(5)
    assert like_ultrasound(picture(ground("speckle", random)))
    assert not like_ultrasound(picture(ground("radiograph", random)))
    assert not like_ultrasound(np.zeros((1, 1), dtype=np.uint8))
