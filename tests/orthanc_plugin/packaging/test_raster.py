"""The pictures show what a viewer shows (PS3.3 C.7.6.3, C.11.1, C.11.2)."""

import io

import numpy as np
import pydicom
import pytest
from PIL import Image as Pillow
from pydicom.data import get_testdata_file

from orthanc_plugin.packaging.raster import frames, renderer
from orthanc_plugin.packaging.release import CannotRenderError, Image
from orthanc_plugin.rendering import ValueRange, Window


def rendered(header):
    out = io.BytesIO()
    header.save_as(out)
    return list(frames(out.getvalue()))


def member(form, header, **how):
    """Return the only member that an object becomes, as a picture."""
    out = io.BytesIO()
    header.save_as(out)
    ((_, data),) = renderer(form, **how)(Image(1, 2, 3, out.getvalue))
    return Pillow.open(io.BytesIO(data))


@pytest.fixture
def ramp():
    """A CT whose stored values rise from left to right."""
    header = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    values = np.tile(np.linspace(0, 2000, 128).astype(np.int16), (128, 1))
    header.PixelData = values.tobytes()
    header.RescaleSlope, header.RescaleIntercept = "1", "-1000"
    for keyword in ("PixelPaddingValue", "WindowCenter", "WindowWidth", "VOILUTSequence"):
        if keyword in header:
            del header[keyword]
    return header


def test_without_a_window_the_darkest_is_black_and_the_brightest_white(ramp):
    (picture,) = rendered(ramp)
    assert picture.dtype == np.uint8
    assert (picture.min(), picture.max()) == (0, 255)
    assert (np.diff(picture[0].astype(int)) >= 0).all()


def test_a_window_decides_what_is_black_and_white(ramp):
    ramp.WindowCenter, ramp.WindowWidth = "0", "400"
    (picture,) = rendered(ramp)
    hounsfield = np.linspace(0, 2000, 128).astype(np.int16) - 1000
    assert set(picture[0][hounsfield < -210]) == {0}
    assert set(picture[0][hounsfield > 210]) == {255}
    middle = picture[0][np.argmin(abs(hounsfield))]
    assert 118 <= middle <= 138


def test_two_slices_under_one_window_are_comparable(ramp):
    ramp.WindowCenter, ramp.WindowWidth = "0", "4000"
    (wide,) = rendered(ramp)
    ramp.PixelData = (np.full((128, 128), 1000, np.int16)).tobytes()
    (flat,) = rendered(ramp)
    assert 0 < wide.min() < wide.max() < 255
    assert abs(int(flat[0, 0]) - int(wide[0, 64])) <= 2


def test_monochrome1_is_turned_so_that_it_looks_as_in_a_viewer(ramp):
    (normal,) = rendered(ramp)
    ramp.PhotometricInterpretation = "MONOCHROME1"
    (turned,) = rendered(ramp)
    assert (turned == 255 - normal).all()


def test_padding_is_black_and_does_not_flatten_the_picture(ramp):
    values = np.frombuffer(ramp.PixelData, np.int16).reshape(128, 128).copy()
    values[:10] = -2000
    ramp.PixelData = values.tobytes()
    ramp.add_new("PixelPaddingValue", "SS", -2000)
    (picture,) = rendered(ramp)
    assert (picture[:10] == 0).all()
    assert 124 <= int(picture[20, 64]) <= 130


def test_a_voi_lookup_table_is_applied(ramp):
    ramp.RescaleIntercept = "0"
    item = pydicom.Dataset()
    item.LUTDescriptor = [2001, 0, 16]
    item.LUTData = np.array([65535] * 1000 + [0] * 1001, np.uint16).tobytes()
    item["LUTData"].VR = "OW"
    ramp.VOILUTSequence = [item]
    (picture,) = rendered(ramp)
    assert set(picture[0][:60]) == {255}
    assert set(picture[0][70:]) == {0}


def test_a_palette_becomes_its_colours():
    (picture,) = frames(open(get_testdata_file("examples_palette.dcm"), "rb").read())  # noqa: PTH123, SIM115
    assert picture.shape[2] == 3
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 16


def test_ybr_becomes_rgb_and_every_frame_of_a_cine_is_there():
    header = pydicom.dcmread(get_testdata_file("examples_ybr_color.dcm"))
    pictures = list(frames(open(get_testdata_file("examples_ybr_color.dcm"), "rb").read()))  # noqa: PTH123, SIM115
    assert len(pictures) == int(header.NumberOfFrames)
    assert {picture.shape for picture in pictures} == {(header.Rows, header.Columns, 3)}
    assert (np.median(pictures[0].reshape(-1, 3), axis=0) < 40).all()


@pytest.mark.parametrize("data", [b"", b"not DICOM", b"\0" * 128 + b"DICM"], ids=["empty", "text", "header only"])
def test_what_cannot_be_decoded_says_so_and_quotes_nothing(data):
    with pytest.raises(CannotRenderError):
        list(frames(data))


def test_truncated_pixels_say_so():
    data = open(get_testdata_file("CT_small.dcm"), "rb").read()  # noqa: PTH123, SIM115
    with pytest.raises(CannotRenderError, match="cannot be decoded"):
        list(frames(data[:-20000]))


@pytest.mark.parametrize("form", ["png", "jpeg", "tiff"])
def test_oblong_pixels_leave_as_square_ones(form, ramp):
    ramp.PixelSpacing = ["2", "1"]
    assert member(form, ramp).size == (128, 256)


def test_print_says_its_resolution(ramp):
    assert member("tiff", ramp).info["dpi"] == (300, 300)


def test_slices_of_a_series_without_a_window_stay_comparable(ramp):
    ramp.PixelData = np.full((128, 128), 1500, np.int16).tobytes()
    picture = member("png", ramp, ranges={(1, 2): ValueRange(-1000, 1000), (1, 3): ValueRange(0, 1)})
    assert picture.getpixel((5, 5)) == 191


def test_the_window_that_the_requester_chose_is_the_one_that_leaves(ramp):
    ramp.WindowCenter, ramp.WindowWidth = ["40", "-600"], ["400", "1500"]
    first, second = (np.asarray(member("png", ramp, window=chosen)) for chosen in (0, 1))
    named = np.asarray(member("png", ramp, window=Window(-600, 1500)))
    assert (second == named).all()
    assert (first != second).any()
    assert (first == np.asarray(member("png", ramp))).all()
