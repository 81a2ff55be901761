"""The bench of pixels: its pictures are real objects, its truth about them is true, what is not hidden is counted."""

import io

import numpy as np
import pydicom
import pytest
from click.testing import CliRunner

from orthanc_plugin.pixel_bench import Picture, corpus, fonts, judge, measure
from orthanc_plugin.pixel_bench.cli import bench
from orthanc_plugin.pixel_bench.corpus import PLANS
from orthanc_plugin.pixel_bench.plain import redactor
from orthanc_plugin.pixel_bench.speed import speeds
from orthanc_plugin.pixel_bench.waiting import waits
from scripts.text_network import strings


@pytest.fixture(scope="module")
def pictures() -> list[Picture]:
    return list(corpus(77, 2 * len(PLANS)))


def boxes(picture: Picture, but: int = 0) -> list[tuple[int, int, int, int]]:
    """Return the true boxes of all strings but so many."""
    return [(s.left, s.top, s.left + s.ink.shape[1], s.top + s.ink.shape[0]) for s in picture.strings[but:]]


def test_a_seed_gives_the_same_bytes_and_another_seed_others(pictures: list[Picture]):
    again = list(corpus(77, 3))
    assert [p.data for p in again] == [p.data for p in pictures[:3]]
    assert [p.data for p in corpus(78, 3)] != [p.data for p in again]


def test_every_kind_is_a_readable_object_with_its_strings_inside(pictures: list[Picture]):
    assert {p.kind for p in pictures} == set(PLANS)
    for picture in pictures:
        ds = pydicom.dcmread(io.BytesIO(picture.data))
        assert ds.pixel_array.size
        for s in picture.strings:
            assert s.ink.any()
            assert s.box[0].stop <= ds.Rows
            assert s.box[1].stop <= ds.Columns
            assert max(s.frames) < int(ds.get("NumberOfFrames", 1))
    assert any(not p.strings for p in pictures)


def test_true_boxes_hide_everything_and_touch_nothing_else(pictures: list[Picture]):
    for picture in pictures:
        fate = judge(picture, redactor(lambda _, p=picture: boxes(p))(picture.data))
        assert all(hidden for _, hidden in fate.strings), (picture.kind, fate.strings)
        assert fate.equal == 1
        if len({s.frames for s in picture.strings}) < 2:  # the plain redactor blackens a box in every frame
            assert fate.collateral == 0


def test_a_string_left_out_is_counted_as_not_hidden(pictures: list[Picture]):
    (first, *_) = [p for p in pictures if len(p.strings) > 1]
    fate = judge(first, redactor(lambda _: boxes(first, but=1))(first.data))
    assert [hidden for _, hidden in fate.strings] == [False] + [True] * (len(first.strings) - 1)


def test_what_is_changed_but_not_blackened_hides_nothing(pictures: list[Picture]):
    (picture, *_) = [p for p in pictures if p.kind == "US still" and p.strings] or [p for p in pictures if p.strings]
    ds = pydicom.dcmread(io.BytesIO(picture.data))
    values = np.array(ds.pixel_array)
    ds.PixelData = (values ^ 1).tobytes()
    out = io.BytesIO()
    ds.save_as(out)
    fate = judge(picture, out.getvalue())
    assert not any(hidden for _, hidden in fate.strings)
    assert fate.equal < 0.01


def test_what_is_blackened_beside_the_writing_is_collateral(pictures: list[Picture]):
    (clean, *_) = [p for p in pictures if not p.strings]
    fate = judge(clean, redactor(lambda _: [(0, 0, 1 << 16, 1 << 16)])(clean.data))
    assert fate.clean
    assert fate.collateral > 0.1


def test_held_pictures_count_as_held_and_their_strings_as_not_leaving(pictures: list[Picture]):
    report = measure("holds all", lambda _: None, pictures)
    assert (report.recall, report.held, report.clean_held) == (1, 1, 1)
    nothing = measure("does nothing", lambda data: data, pictures)
    assert (nothing.recall, nothing.held, nothing.collateral, nothing.equal) == (0, 0, 0, 1)
    assert sum(number for _, number in nothing.parts("contrast").values()) == len(nothing.strings)


def test_no_font_of_the_bench_is_trained_on():
    trained = {path.stem for path in strings.fonts()}
    assert trained
    assert not trained & {path.rsplit("/", 1)[-1].rsplit(".", 1)[0] for path in fonts.kept()}


def test_the_command_measures_what_is_installed():
    done = CliRunner().invoke(bench, ["pixels", "--pictures", "1", "--only", "our own network alone", "--no-speeds"])
    assert done.exit_code == 0, done.output
    assert "strings hidden or held" in done.output


def test_the_speeds_say_what_a_core_does_with_each_kind_of_picture():
    lines = list(speeds())
    assert len(lines) == 5
    assert all("a core" in line for line in lines)
    assert "volumes/s" in lines[-1]


def test_what_people_wait_for_is_said_beside_its_limit():
    *pictures, series = waits()
    assert [line.split(" of 768")[0] for line in pictures] == [
        "first picture of a still",
        "first picture of a JPEG cine of 60 frames",
        "first picture of a native cine of 60 frames",
    ]
    assert all("(limit 0.5)" in line for line in pictures)
    assert series.startswith("decided series of 100 slices")
