"""Signs that are weak alone: exact runs of one value, and what our own network sees beyond the detector."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import find, network
from orthanc_plugin.deid.pixels.detection.boxes import Box
from orthanc_plugin.deid.pixels.detection.line import line
from orthanc_plugin.deid.pixels.detection.own import beyond, like_ultrasound, lone, trusted
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


SHAPE = (200, 200)


def network_saw(*areas, said=network.HINT | network.MARK):
    cells = np.zeros((50, 50), dtype=np.uint8)
    for area in areas:
        cells[area.top // 4 : area.bottom // 4, area.left // 4 : area.right // 4] = said
    return network.Seen(list(areas), cells)


def a_line(left=60, right=150):
    return line(Box((left + right) / 2, 50, right - left, 16), 1.0, "text detector", SHAPE)


def test_what_the_network_alone_sees_is_covered_on_pictures_like_ultrasound_and_proposed_elsewhere():
    seen = network_saw(Area(40, 120, 160, 140))
    assert [doubtful for _, doubtful in lone(trusted(seen), [], SHAPE)] == [False]
    assert [doubtful for _, doubtful in lone(seen, [], SHAPE)] == [True]


def test_a_mark_of_which_much_is_sure_is_covered_everywhere():
    seen = network_saw(Area(40, 120, 160, 140), said=network.HINT | network.MARK | network.FIRM)
    assert [doubtful for _, doubtful in lone(seen, [], SHAPE)] == [False]


def test_the_faint_beginning_of_a_line_that_was_found_belongs_to_it():
    seen = network_saw(Area(8, 40, 156, 60))
    marked = lone(seen, [a_line()], SHAPE)
    assert not any(doubtful for _, doubtful in marked)
    assert min(box.around().left for box, _ in marked) <= 8
    assert max(box.around().right for box, _ in marked) >= a_line().area.left, "nothing between them stays"


def test_the_rim_of_a_mark_around_a_line_is_nothing_new():
    seen = network.Seen([Area(20, 40, 190, 60)], network_saw(Area(60, 44, 150, 56)).cells)
    assert lone(seen, [a_line()], SHAPE) == []


def test_a_mark_of_two_lines_is_covered_without_what_lies_beside_the_shorter():
    boxes = beyond([Area(20, 40, 180, 60), Area(20, 60, 80, 120)], [], SHAPE)
    assert sum(box.around().size for box in boxes) < 1.3 * (160 * 20 + 60 * 60)
