"""Colours are those that DCMTK shows, and pixels are square where people see them."""

import subprocess

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file

from orthanc_plugin.rendering import UnrenderableError, pictures, square, window_of
from tests.orthanc_plugin.rendering.drawn import grey

INDEPENDENT = {
    "MR_small.dcm": ["+Wi", "1"],
    "MR_small_bigendian.dcm": ["+Wi", "1"],
    "vlut_04.dcm": ["+Wl", "1"],
    "mlut_18.dcm": ["+Wm"],
    "CT_small.dcm": ["+Wm"],
    "RG3_UNCR.dcm": ["+Wi", "1"],
    "image_dfl.dcm": ["+Wm"],
    "liver_1frame.dcm": ["+Wm"],
    "JPGExtended.dcm": ["+Wm"],
    "examples_palette.dcm": [],
    "OBXXXX1A_expb.dcm": [],
    "OBXXXX1A_rle.dcm": [],
    "SC_rgb_16bit.dcm": [],
    "SC_rgb_small_odd_big_endian.dcm": [],
    "SC_ybr_full_422_uncompressed.dcm": [],
    "SC_ybr_full_uncompressed.dcm": [],
    "SC_rgb_jpeg_gdcm.dcm": [],
    "SC_rgb_dcmtk_+eb+cy+s4.dcm": [],
    "SC_rgb_jpeg_app14_dcmd.dcm": [],
    "examples_ybr_color.dcm": [],
}


@pytest.mark.parametrize("name", INDEPENDENT)
def test_a_real_object_looks_as_dcmtk_shows_it(name, tmp_path):
    """To 1 grey level; decoders of JPEG may differ by 3, in chroma."""
    file = get_testdata_file(name)
    command = ["dcmj2pnm", "+op", "+F", "1", *INDEPENDENT[name], file, str(tmp_path / "seen.pnm")]
    subprocess.run(command, check=True, capture_output=True)
    expected = np.asarray(Image.open(tmp_path / "seen.pnm")).astype(int)
    picture = next(pictures(dcmread(file)))
    assert picture.shape == expected.shape
    assert abs(picture - expected).max() <= 3
    assert abs(picture - expected).mean() < 1


def with_palette(indices, tables, descriptor, *, segmented=False, **attributes):
    dataset = grey(indices, PhotometricInterpretation="PALETTE COLOR", **attributes)
    for colour, table in zip(("Red", "Green", "Blue"), tables, strict=True):
        name = f"{'Segmented' if segmented else ''}{colour}PaletteColorLookupTableData"
        setattr(dataset, name, table.tobytes())
        dataset[name].VR = "OW"
        keyword = f"{colour}PaletteColorLookupTableDescriptor"
        setattr(dataset, keyword, list(descriptor))
        dataset[keyword].VR = "SS" if min(descriptor) < 0 else "US"
    return dataset


def test_a_palette_that_begins_below_zero_begins_there():
    rising = np.arange(0, 256, dtype=np.uint16) * 257
    indices = np.arange(-128, 128).astype(np.int8).reshape(16, 16)
    (picture,) = pictures(with_palette(indices, [rising, rising[::-1], rising], (256, -128, 16)))
    assert (picture[..., 0].reshape(-1) == np.arange(256)).all()
    assert (picture[..., 1].reshape(-1) == np.arange(255, -1, -1)).all()


def test_a_segmented_palette_is_expanded():
    """Discrete 0 and 10, a line to 250 in 4 steps, the first segment again (its offset is 0 bytes)."""
    words = np.array([0, 2, 0, 10 * 257, 1, 4, 250 * 257, 2, 1, 0, 0], "<u2")
    indices = np.arange(8, dtype=np.uint8).reshape(2, 4)
    (picture,) = pictures(with_palette(indices, [words] * 3, (8, 0, 16), segmented=True))
    assert list(picture[..., 0].reshape(-1)) == [0, 10, 70, 130, 190, 250, 0, 10]


def test_a_palette_that_repeats_itself_without_end_is_refused():
    words = np.array([2, 60000, 0, 0], "<u2")
    with pytest.raises(UnrenderableError):
        list(pictures(with_palette(np.zeros((2, 2), np.uint8), [words] * 3, (8, 0, 16), segmented=True)))


def test_a_supplemental_palette_colours_its_own_values_alone():
    indices = np.arange(256, dtype=np.uint16).reshape(16, 16)
    red, none = np.full(56, 0xFFFF, np.uint16), np.zeros(56, np.uint16)
    dataset = with_palette(indices, [red, none, none], (56, 200, 16), PixelPresentation="COLOR")
    dataset.PhotometricInterpretation, dataset.WindowCenter, dataset.WindowWidth = "MONOCHROME2", "128", "256"
    (picture,) = pictures(dataset)
    flat = picture.reshape(-1, 3).astype(int)
    assert (np.ptp(flat[:200], axis=1) == 0).all()
    assert (np.diff(flat[:200, 0]) >= 0).all()
    assert (flat[200:] == [255, 0, 0]).all()


def test_partial_range_ybr_has_its_own_black_and_white():
    """16 is black and 235 white; Y1 Y2 CB CR for each pair of pixels."""
    dataset = grey(np.array([[16, 235, 128, 128]], np.uint8), PhotometricInterpretation="YBR_PARTIAL_422")
    dataset.SamplesPerPixel, dataset.PlanarConfiguration, dataset.Columns = 3, 0, 2
    (picture,) = pictures(dataset)
    assert picture.tolist() == [[[0, 0, 0], [255, 255, 255]]]


@pytest.mark.parametrize("photometric", ["CMYK", "HSV", "XYZ", ""])
def test_a_colour_space_that_nobody_agreed_on_is_not_guessed(photometric):
    dataset = grey(np.zeros((2, 2), np.uint8), PhotometricInterpretation=photometric)
    with pytest.raises(UnrenderableError):
        list(pictures(dataset))


def spacing(**attributes):
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def measures(value):
    group, item = Dataset(), Dataset()
    item.PixelSpacing, group.PixelMeasuresSequence = value, [spacing(PixelSpacing=value)]
    return spacing(SharedFunctionalGroupsSequence=[group])


@pytest.mark.parametrize(
    "says",
    [
        spacing(PixelSpacing=["2", "1"]),
        spacing(ImagerPixelSpacing=["0.4", "0.2"]),
        spacing(NominalScannedPixelSpacing=["0.4", "0.2"]),
        spacing(PixelAspectRatio=["2", "1"]),
        measures(["2", "1"]),
    ],
    ids=["spacing", "imager", "scanned", "ratio", "groups"],
)
def test_a_circle_is_round(says):
    y, x = np.mgrid[0:128, 0:256]
    ellipse = (((x - 128) ** 2 + (2 * (y - 64)) ** 2 < 100**2) * 255).astype(np.uint8)
    picture = square(ellipse, says)
    assert picture.shape == (256, 256)
    rows, columns = (np.flatnonzero((picture > 127).any(axis=axis)) for axis in (1, 0))
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 2


def test_pixels_that_are_wide_grow_across_and_colours_too():
    assert square(np.zeros((10, 10, 3), np.uint8), spacing(PixelSpacing=["1", "2"])).shape == (10, 20, 3)


@pytest.mark.parametrize("value", [["1", "1"], ["0", "1"], ["1e9", "1"], ["-1", "1"], None])
def test_a_spacing_that_cannot_be_changes_nothing(value):
    picture = np.zeros((10, 10), np.uint8)
    assert square(picture, spacing(PixelSpacing=value)) is picture


def test_overlays_look_as_dcmtk_shows_them(tmp_path):
    file = get_testdata_file("examples_overlay.dcm")
    subprocess.run(["dcm2pnm", "+op", "+Wi", "1", file, str(tmp_path / "seen.pnm")], check=True)
    expected = np.asarray(Image.open(tmp_path / "seen.pnm")).astype(int)
    assert abs(next(pictures(dcmread(file), overlays=True)) - expected).max() <= 1


def test_a_presentation_state_is_followed_as_dcmtk_follows_it(tmp_path):
    """The state is DCMTK's own, with another window; its picture is DCMTK's too."""
    file, state = get_testdata_file("MR_small.dcm"), tmp_path / "state.dcm"
    subprocess.run(["dcmpsmk", file, str(state)], check=True, capture_output=True)
    presented, image = dcmread(state), dcmread(file)
    presented.SoftcopyVOILUTSequence[0].WindowCenter, presented.SoftcopyVOILUTSequence[0].WindowWidth = "900", "700"
    presented.save_as(state)
    command = ["dcmp2pgm", "-p", str(state), file, str(tmp_path / "seen.pgm")]
    subprocess.run(command, check=True, capture_output=True)
    expected = np.asarray(Image.open(tmp_path / "seen.pgm")).astype(int)
    window = window_of(dcmread(state), image.SOPInstanceUID)
    assert abs(next(pictures(image, window=window)) - expected).max() <= 1
    assert abs(next(pictures(image)) - expected).max() > 20
