"""Whole objects with writing in them, of each kind that let a name out once, and those without any, which stay."""

import io
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from scipy.ndimage import gaussian_filter

from orthanc_plugin.deid import ConsentBasis, ReleaseKey, deidentify, load_profile
from orthanc_plugin.pixel_bench import wording
from orthanc_plugin.pixel_bench.objects import Kind, stored
from tests.orthanc_plugin.deid.pixels.drawing import lettering, put

NAME = "ROSSENDALE, IVY"
US, CINE, XC = Kind("6.1", "US"), Kind("3.1", "US"), Kind("77.1.4", "XC")
FILM = Kind("77.1.1.1", "ES")
CR, RF, CT, MR, NM = (
    Kind("1", "CR", bits=12),
    Kind("12.2", "RF", bits=12),
    Kind("2", "CT", bits=12),
    Kind("4", "MR", bits=12),
    Kind("20", "NM", bits=12),
)


def left_of(kind, planes, **header):
    """Return an object's frames before and after, and what became of it."""
    person = wording.person(np.random.default_rng(9))
    ds = pydicom.dcmread(io.BytesIO(stored(kind, person, 1, planes)))
    for keyword, value in header.items():
        setattr(ds, keyword, value)
    held = io.BytesIO()
    ds.save_as(held)
    outcome = deidentify(held.getvalue(), load_profile("teaching"), ReleaseKey.random(), consent=ConsentBasis())
    assert outcome.status == "released", outcome.reason
    return ds.pixel_array, pydicom.dcmread(io.BytesIO(outcome.data)).pixel_array, outcome.pixels


def sector(seed, shape=(160, 224)):
    down, right = np.mgrid[0 : shape[0], 0 : shape[1]]
    inside = np.abs(np.arctan2(right - shape[1] / 2, down + 8.0)) < 0.7
    return gaussian_filter(np.random.default_rng(seed).rayleigh(60, shape), 0.7) * inside


def plate(shape=(200, 288), noise=4.0):
    right = np.arange(shape[1]) / shape[1] - 0.5
    random = np.random.default_rng(8)
    return 70 + 90 * np.exp(-((right / 0.3) ** 2)) + random.normal(0, noise, shape)


def thighs(shape=(112, 112)):
    """Return two round legs side by side, with bone: to a network, a line of two letters."""
    down, right = np.mgrid[0 : shape[0], 0 : shape[1]]
    plane = np.random.default_rng(12).normal(24, 6, shape)
    for middle in (0.27 * shape[1], 0.73 * shape[1]):
        away = np.hypot(down - shape[0] / 2, right - middle)
        plane[away < 22], plane[away < 7], plane[away < 4] = 1065, 1880, 985
    return plane / 8


def skin(shape=(240, 300)):
    random = np.random.default_rng(4)
    return np.array([190.0, 150, 130]) + (gaussian_filter(random.normal(0, 1, shape), 9) * 150)[..., None]


def is_hidden(before, after, ink):
    """Say whether the ink went, to one value."""
    return (before[ink] != after[ink]).mean() > 0.9 and (after[ink] == np.median(after[ink])).mean() > 0.9


@pytest.mark.parametrize("angle", [0, 20, 90])
def test_a_name_on_a_wristband_is_covered_and_the_arm_is_not(angle):
    plane = skin()
    band = lettering("X" * 17, 16, angle=angle) > 2
    band[...] = True
    put(plane, band.astype(float), (20, 8), (235, 238, 240))
    ink = put(plane, lettering(NAME, 16, angle=angle), (24, 12), 25)
    before, after, done = left_of(XC, [plane])
    assert is_hidden(before, after, ink)
    assert (before[:, 260:] == after[:, 260:]).all()
    assert done.covered


@pytest.mark.parametrize(
    ("stored_as", "paper", "ink"),
    [("jpeg", (250, 244, 190), (30, 60, 150)), ("native", (16, 20, 32), (210, 220, 230))],
    ids=["note", "dark screen"],
)
def test_a_note_and_a_screen_in_view_lose_their_writing(stored_as, paper, ink):
    plane = skin()
    put(plane, np.ones((40, 210)), (40, 100), paper)
    written = put(plane, lettering(NAME, 16), (48, 110), ink)
    before, after, done = left_of(replace(XC, stored=stored_as), [plane])
    assert done.covered
    assert after[written].max() < 60, "no letter is left"
    assert (before[180:] == after[180:]).all()


@pytest.mark.parametrize(
    ("kind", "ground"),
    [
        (Kind("128", "PT", bits=12), "grey"),
        (Kind("481.1", "RTIMAGE", bits=12), "grey"),
        (Kind("77.1.5.4", "OPT"), "grey"),
        (Kind("77.1.5.1", "OP"), "colour"),
        (Kind("77.1.2", "GM"), "colour"),
        (Kind("77.1.1", "ES"), "colour"),
    ],
    ids=lambda one: one.modality if isinstance(one, Kind) else "",
)
def test_a_name_is_covered_in_whatever_shows_it_though_the_object_says_no(kind, ground):
    plane = plate(noise=8) if ground == "grey" else skin((200, 288))
    ink = put(plane, lettering(NAME, 16), (12, 12), 250)
    before, after, done = left_of(kind, [plane], BurnedInAnnotation="NO")
    assert is_hidden(before, after, ink)
    assert (before[100:] == after[100:]).all()
    assert done.covered


def test_a_name_in_one_slice_of_several_is_covered_there_and_the_others_stay():
    for number in range(3):
        plane = plate(noise=8)
        ink = put(plane, lettering(NAME, 14), (30, 90), 20) if number == 1 else None
        before, after, done = left_of(MR, [plane], BurnedInAnnotation="NO")
        assert done.covered == (ink is not None)
        assert (before == after).all() == (ink is None)
        assert ink is None or is_hidden(before, after, ink)


def test_an_object_that_says_itself_that_it_bears_a_name_leaves_when_the_name_is_covered():
    plane = plate()
    ink = put(plane, lettering(NAME, 16), (8, 176), 240)
    before, after, _ = left_of(CR, [plane], BurnedInAnnotation="YES")
    assert is_hidden(before, after, ink)


@pytest.mark.parametrize("above", [15, 40])
def test_faint_letters_in_a_noisy_radiograph_are_covered(above):
    plane = np.random.default_rng(2).normal(90, 10, (200, 288))
    ink = put(plane, lettering(NAME, 16), (60, 90), 90 + above)
    before, after, _ = left_of(CR, [plane])
    assert (before[ink] != after[ink]).mean() > 0.9


@pytest.mark.parametrize(
    ("kind", "planes"),
    [
        (US, [sector(1)]),
        (CINE, [sector(n) for n in range(7)]),
        (NM, [sector(2) / 6]),
        (RF, [plate(noise=9)]),
        (XC, [skin()]),
        (replace(XC, stored="jpeg"), [skin()]),
        (CR, [plate()]),
        (CT, [thighs()]),
    ],
    ids=["ultrasound", "cine", "counts", "fluoroscopy", "photograph", "jpeg", "radiograph", "legs"],
)
def test_a_picture_in_which_nothing_is_written_leaves_as_it_is(kind, planes):
    before, after, done = left_of(kind, planes)
    assert (before == after).all()
    assert not done.covered


def test_the_words_of_a_device_stay_beside_a_name_that_goes():
    plane = sector(5, (240, 320))
    scale = put(plane, lettering("11 cm", 16), (262, 20), 230)
    gain = put(plane, lettering("G 60", 16), (262, 50), 230)
    ink = put(plane, lettering(NAME, 16), (4, 4), 230)
    before, after, done = left_of(US, [plane])
    assert is_hidden(before, after, ink)
    assert (before == after)[scale | gain].all()
    assert done.kept


def test_a_side_marker_stays():
    plane = plate()
    marker = put(plane, lettering("R", 30), (20, 20), 240)
    before, after, _ = left_of(CR, [plane])
    assert (before == after)[marker].all()


def test_a_dim_line_that_stands_still_in_a_cine_is_covered_in_every_frame():
    planes = [sector(n) for n in range(7)]
    inks = [put(plane, lettering(NAME, 14), (60, 90), 120) for plane in planes]
    before, after, _ = left_of(CINE, planes)
    assert all(is_hidden(before[n], after[n], ink) for n, ink in enumerate(inks))


def test_writing_that_stands_upright_in_an_ultrasound_is_covered():
    plane = sector(3)
    ink = put(plane, lettering(NAME, 14, angle=90), (104, 10), 250)
    before, after, _ = left_of(US, [plane])
    assert is_hidden(before, after, ink)


def test_a_name_that_stands_in_one_frame_alone_is_covered_there():
    planes = [sector(n) for n in range(7)]
    ink = put(planes[4], lettering(NAME, 14), (60, 90), 240)
    before, after, _ = left_of(CINE, planes)
    assert is_hidden(before[4], after[4], ink)
    assert (before[0] == after[0]).mean() > 0.9


@pytest.mark.parametrize("kind", [FILM, Kind("77.1.4.1", "XC")])
def test_the_title_of_a_film_is_covered_in_its_frames_and_nothing_beside_its_place(kind):
    title = np.full((160, 224, 3), 30.0)
    ink = put(title, lettering(NAME, 20), (20, 60), (240, 240, 240))
    random = np.random.default_rng(2)
    moving = [skin((160, 240))[:, n : n + 224] + random.normal(0, 8, (160, 224, 1)) for n in range(6)]
    before, after, note = left_of(kind, [title, title, *moving])
    assert all(is_hidden(before[n], after[n], ink) for n in (0, 1))
    assert (before[:, :40] == after[:, :40]).all()
    assert (before[:, 100:] == after[:, 100:]).all()
    assert note.read_twice
