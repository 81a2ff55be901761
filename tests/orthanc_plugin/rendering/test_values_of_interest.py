"""Grey values become what a viewer shows (PS3.3 C.11.1, C.11.2), each along a whole curve."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset

from orthanc_plugin.rendering import (
    Curve,
    Rendering,
    UnrenderableError,
    ValueRange,
    Window,
    decoded,
    pictures,
    range_of,
    window_of,
    windows,
)
from tests.orthanc_plugin.rendering.drawn import grey, lut


def shown(dataset, **how):
    (picture,) = pictures(dataset, **how)
    return picture.reshape(-1).astype(int)


@pytest.fixture
def ramp():
    """12 bits, 0 to 4095, one step a pixel."""
    return np.arange(4096, dtype=np.uint16).reshape(64, 64)


GAMMA = (np.linspace(0, 1, 4096) ** 0.4 * 255).astype("<u2")


def test_a_curve_of_8_bits_is_followed_over_all_its_4096_entries(ramp):
    curve = shown(grey(ramp, VOILUTSequence=[lut((4096, 0, 8), GAMMA)]))
    assert (curve == GAMMA).all()
    assert (np.diff(curve) >= 0).all()


@pytest.mark.parametrize(
    ("item", "length"),
    [
        (lut((4096, 0, 8), GAMMA.astype(np.uint8)), 4096),
        (lut((4096, 0, 8), [int(entry) for entry in GAMMA], "US"), 4096),
        (lut((0, 0, 16), np.arange(65536, dtype="<u2")), 65536),
    ],
    ids=["two entries a word", "numbers", "0 entries are 65536"],
)
def test_entries_are_read_however_they_are_packed(item, length, ramp):
    curve = shown(grey(ramp, VOILUTSequence=[item]))
    expected = GAMMA if length == 4096 else np.rint(np.arange(4096) / 65535 * 255)
    assert (curve == expected).all()


@pytest.mark.parametrize("first", [-1024, 64512], ids=["as SS", "as US"])
def test_a_curve_that_begins_below_zero_begins_there(first, ramp):
    item = lut((2048, first, 12), np.arange(0, 4096, 2, dtype="<u2"))
    curve = shown(grey(ramp, RescaleIntercept="-1024", RescaleSlope="1", VOILUTSequence=[item]))
    assert (curve[:2048] == np.rint(np.arange(0, 4096, 2) / 4095 * 255)).all()
    assert set(curve[2048:]) == {255}


def test_a_modality_table_comes_before_the_window(ramp):
    table = lut((4096, 0, 12), np.arange(4095, -1, -1, dtype="<u2"))
    curve = shown(grey(ramp, ModalityLUTSequence=[table], WindowCenter="2048", WindowWidth="4096"))
    assert (curve[0], curve[-1]) == (255, 0)
    assert (np.diff(curve) <= 0).all()
    assert len(set(curve)) == 256


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("LINEAR", lambda x: np.clip((x - 99.5) / 199 + 0.5, 0, 1)),
        ("LINEAR_EXACT", lambda x: np.clip((x - 100) / 200 + 0.5, 0, 1)),
        ("SIGMOID", lambda x: 1 / (1 + np.exp(-4 * (x - 100) / 200))),
    ],
)
def test_each_window_function_is_the_standards(function, expected, ramp):
    curve = shown(grey(ramp, WindowCenter="100", WindowWidth="200", VOILUTFunction=function))
    assert (curve == np.rint(expected(np.arange(4096.0)) * 255)).all()


@settings(max_examples=40)
@given(center=st.floats(-3000, 3000), width=st.floats(0.01, 70000), slope=st.floats(0.01, 50), signed=st.booleans())
def test_a_greater_stored_value_is_never_darker(center, width, slope, signed):
    values = np.arange(-32768, 32768).astype(np.int16) if signed else np.arange(65536).astype(np.uint16)
    dataset = grey(values.reshape(256, 256), RescaleSlope=slope, RescaleIntercept="-100")
    curve = shown(dataset, window=(center, width))
    assert (np.diff(curve) >= 0).all()


def test_frames_and_slices_without_a_window_are_each_lighter_than_the_one_before():
    planes = np.stack([np.full((8, 8), 100 * n, np.int16) for n in range(12)])
    frames = [int(picture[0, 0]) for picture in pictures(grey(planes))]
    slices = [grey(plane) for plane in planes]
    ranges = [range_of(one) for one in slices]
    series = ranges[0]
    for one in ranges[1:]:
        series |= one
    stack = [int(shown(one, value_range=series)[0]) for one in slices]
    assert frames == stack
    assert all(darker < lighter for darker, lighter in pairwise(frames))
    assert (frames[0], frames[-1]) == (0, 255)


def test_the_requester_chooses_one_of_the_objects_windows_or_names_one(ramp):
    dataset = grey(
        ramp, RescaleIntercept="-1024", RescaleSlope="1", WindowCenter=["40", "-600"], WindowWidth=["400", "1500"],
        WindowCenterWidthExplanation=["SOFT", "LUNG"],
    )  # fmt: skip
    assert windows(dataset) == [Window(40, 400, "SOFT"), Window(-600, 1500, "LUNG")]
    assert (shown(dataset) == shown(dataset, window=0)).all()
    assert (shown(dataset, window=1) == shown(dataset, window=(-600, 1500))).all()
    assert (shown(dataset, window=1) != shown(dataset)).any()
    (stored,) = decoded(dataset)
    assert Rendering.of(dataset, window=1).interest(stored) == Window(-600, 1500, "LUNG")


def test_a_window_without_width_is_none(ramp):
    dataset = grey(ramp, WindowCenter="40", WindowWidth="0")
    assert windows(dataset) == []
    assert (shown(dataset)[0], shown(dataset)[-1]) == (0, 255)


def test_each_frame_has_its_own_rescale_and_window():
    def item(slope, center):
        group, values, window = Dataset(), Dataset(), Dataset()
        values.RescaleSlope, values.RescaleIntercept = slope, "0"
        window.WindowCenter, window.WindowWidth = center, "100"
        group.PixelValueTransformationSequence, group.FrameVOILUTSequence = [values], [window]
        return group

    planes = np.tile(np.arange(256, dtype=np.uint16), (2, 4, 1))
    dataset = grey(planes, PerFrameFunctionalGroupsSequence=[item("1", "50"), item("2", "300")])
    one, two = pictures(dataset)
    assert int(one[0, 50]) in (127, 128, 129)
    assert int(two[0, 150]) in (127, 128, 129)
    assert set(two[0][:125]) == {0}


@pytest.mark.parametrize(
    ("vr", "value", "limit"), [("SS", -2000, -1990), ("US", 63536, 63546)], ids=["signed", "written unsigned"]
)
def test_padding_of_signed_pixels_is_black_and_out_of_the_range(vr, value, limit):
    values = np.linspace(-500, 500, 256).astype(np.int16).reshape(16, 16)
    values[0] = -1995
    dataset = grey(values)
    dataset.add_new("PixelPaddingValue", vr, value)
    dataset.add_new("PixelPaddingRangeLimit", vr, limit)
    curve = shown(dataset)
    assert set(curve[:16]) == {0}
    assert curve[16] < 20
    assert set(shown(dataset, whole=True)[16:]) & set(range(1, 140)) == set()


def test_what_a_window_or_padding_hides_is_seen_whole():
    values = np.full((16, 16), 3000, np.int16)
    values[4:8], values[8:12] = 3040, -2000
    dataset = grey(values, WindowCenter="40", WindowWidth="400")
    dataset.add_new("PixelPaddingValue", "SS", -2000)
    dataset.add_new("PixelPaddingRangeLimit", "SS", 3010)
    assert len(set(shown(dataset, whole=True))) == 3


def test_monochrome1_is_turned_and_its_padding_is_black_all_the_same(ramp):
    plain = shown(grey(ramp, WindowCenter="2048", WindowWidth="4096"))
    turned = shown(grey(ramp, WindowCenter="2048", WindowWidth="4096", PhotometricInterpretation="MONOCHROME1"))
    assert (turned == 255 - plain).all()
    dataset = grey(ramp, PhotometricInterpretation="MONOCHROME1")
    dataset.add_new("PixelPaddingValue", "US", 0)
    assert shown(dataset)[0] == 0


def test_a_presentation_state_gives_its_window_to_the_images_that_it_names_alone(ramp):
    state, series, image, item = Dataset(), Dataset(), Dataset(), Dataset()
    image.ReferencedSOPInstanceUID = "2.25.1"
    series.ReferencedImageSequence = [image]
    item.WindowCenter, item.WindowWidth = "-600", "1500"
    state.ReferencedSeriesSequence, state.SoftcopyVOILUTSequence = [series], [item]
    assert window_of(state, "2.25.1") == Window(-600, 1500)
    assert window_of(state, "2.25.2") is None
    image.ReferencedFrameNumber = [2]
    assert window_of(state, "2.25.1", 0) is None
    assert window_of(state, "2.25.1", 1) == Window(-600, 1500)
    item.VOILUTSequence = [lut((4096, 0, 8), GAMMA)]
    curve = window_of(state, "2.25.1", 1)
    assert isinstance(curve, Curve)
    assert (shown(grey(ramp), window=curve) == GAMMA).all()


@pytest.mark.parametrize("center", ["1\\x", "SMITH^JOHN"])
def test_a_window_that_is_no_number_says_so_and_quotes_nothing(center, ramp):
    dataset = grey(ramp)
    dataset.add_new("WindowCenter", "LO", center)
    dataset.WindowWidth = "400"
    with pytest.raises(UnrenderableError) as caught:
        shown(dataset)
    assert "SMITH" not in str(caught.value)


def test_ranges_of_a_series_merge_in_any_order():
    assert ValueRange(0, 3) | ValueRange(-2, 1) == ValueRange(-2, 1) | ValueRange(0, 3) == ValueRange(-2, 3)
