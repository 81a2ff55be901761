"""What is asked of a picture may be anything; every fault is named and nothing is guessed."""

import pytest

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.engine.errors import FaultsError
from orthanc_plugin.engine.showing.asked import Look, read_look

AREA = {"left": 1, "top": 2, "right": 3, "bottom": 4, "frame": None}


def named(body):
    with pytest.raises(FaultsError) as error:
        read_look(body)
    return [name for name, _ in error.value.faults]


def test_a_look_is_read_with_its_areas_where_they_are_to_be_covered():
    body = {"ticket": "t", "frame": 2, "side": 90, "window": {"center": 40, "width": 400}, "areas": [AREA]}
    assert read_look(body) == Look(2, 90, (40.0, 400.0), (), "t")
    assert read_look({**body, "covered": True}).areas == (Area(1, 2, 3, 4),)
    assert read_look({"ticket": "t"}) == Look(ticket="t")
    assert read_look({"window": 1}).window == 1


@pytest.mark.parametrize("frame", [-1, 1.5, "1", True, 2**31, None])
def test_a_frame_is_a_whole_number(frame):
    assert named({"frame": frame}) == ["frame"]


@pytest.mark.parametrize("side", [0, -5, 15, 4097, 10**9, "90", 90.0, True])
def test_a_side_is_within_its_bounds(side):
    assert named({"side": side}) == ["side"]


WINDOWS = [
    {"center": 0, "width": 0},
    {"center": 0, "width": -1},
    {"center": 0, "width": float("nan")},
    {"center": float("inf"), "width": 1},
    {"center": 10**400, "width": 1},
    {"center": "0", "width": "1"},
    {"center": 0},
    {},
    -1,
    True,
    "lung",
    1.5,
]


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_is_finite_and_wider_than_nothing(window):
    assert named({"window": window}) == ["window"]


AREAS = [
    {**AREA, "left": 3},
    {**AREA, "bottom": 2},
    {**AREA, "left": -1},
    {**AREA, "right": 10**30},
    {**AREA, "top": 1.0},
    {**AREA, "frame": -1},
    {**AREA, "frame": True},
    {"left": 1},
    None,
    [1, 2, 3, 4],
]


@pytest.mark.parametrize("area", AREAS)
def test_an_area_lies_in_an_image(area):
    assert named({"areas": [AREA, area], "covered": True}) == ["areas[1]"]


def test_no_more_areas_are_taken_than_a_person_draws():
    assert named({"areas": [AREA] * 257}) == ["areas"]
    assert len(read_look({"areas": [{**AREA, "right": 3 + n} for n in range(256)], "covered": True}).areas) == 256


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_a_body_is_an_object(body):
    assert named(body) == ["body"]


def test_every_fault_is_named_at_once():
    body = {"frame": -1, "side": 0, "window": "x", "areas": {}, "covered": "yes"}
    assert named(body) == ["frame", "side", "window", "covered", "areas"]
