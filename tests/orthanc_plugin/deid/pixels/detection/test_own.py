"""What our own network marks beyond a line that the detector found."""

import numpy as np
import pytest

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.detection import network, own
from orthanc_plugin.deid.pixels.detection.boxes import Box
from orthanc_plugin.deid.pixels.detection.line import line

SHAPE = (120, 200)


def seen(mark, spoken_for):
    cells = np.zeros((SHAPE[0] // 4, SHAPE[1] // 4), np.uint8)
    for area, said in ((mark, network.MARK), (spoken_for, network.HINT)):
        cells[area.top // 4 : area.bottom // 4, area.left // 4 : area.right // 4] |= said
    return network.Seen([mark], cells)


def covered(boxes):
    mask = np.zeros(SHAPE, bool)
    for box, doubtful in boxes:
        if not doubtful:
            area = box.around().within(SHAPE[1], SHAPE[0])
            mask[area.top : area.bottom, area.left : area.right] = True
    return mask


@pytest.mark.parametrize(
    ("mark", "box", "letter"),
    [
        (Area(40, 40, 132, 60), Box(80, 50, 60, 12), (slice(44, 56), slice(120, 128))),
        (Area(40, 8, 60, 108), Box(50, 60, 60, 12, -90.0), (slice(12, 20), slice(44, 56))),
    ],
    ids=["lying", "upright"],
)
def test_a_letter_that_the_network_marks_at_the_end_of_a_line_is_covered_with_it(mark, box, letter):
    found = [line(box, 0.99, "text detector", SHAPE)]
    assert covered(own.lone(seen(mark, mark), found, SHAPE))[letter].all()


def test_the_rim_of_a_mark_in_which_nothing_speaks_for_writing_is_not_covered():
    found = [line(Box(80, 50, 60, 12), 0.99, "text detector", SHAPE)]
    at_the_line = found[0].area
    assert not covered(own.lone(seen(Area(24, 40, 132, 60), at_the_line), found, SHAPE))[:, 128:].any()


def test_two_legs_side_by_side_are_a_proposal_and_no_line_of_two_letters():
    shape = (112, 112)
    cells = np.full((28, 28), network.MARK | network.HINT | network.FIRM, np.uint8)
    legs = network.Seen([Area(0, 36, 112, 80)], cells)
    assert [doubtful for _, doubtful in own.lone(legs, [], shape)] == [True]
