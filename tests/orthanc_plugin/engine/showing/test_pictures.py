"""A person sees every pixel as it is stored, and what lies over it or is hidden in it."""

import numpy as np
import pytest
from pydicom.uid import MPEG4HP41

from orthanc_plugin.engine.errors import FaultsError
from orthanc_plugin.engine.showing.asked import Look
from orthanc_plugin.engine.showing.errors import CannotShowError
from orthanc_plugin.engine.showing.pictures import Pictures
from orthanc_plugin.engine.showing.windowing import ALL_VALUES
from tests.orthanc_plugin.engine.showing.drawn import as_file, cine, ct, seen


def test_each_frame_is_shown_pixel_by_pixel_as_stored():
    ds = cine()
    pictures = Pictures(as_file(ds))
    for number in (2, 0, 1):
        assert (seen(pictures.png(Look(number))) == ds.pixel_array[number]).all()


def test_a_grey_picture_in_three_planes_is_sent_as_one():
    ds = cine(1)
    ds.PixelData = np.repeat(ds.pixel_array[..., :1], 3, axis=-1).tobytes()
    shown = seen(Pictures(as_file(ds)).png(Look()))
    assert (shown == ds.pixel_array[..., 0]).all()


def test_a_thumbnail_has_its_longest_side_and_is_never_made_larger():
    pictures = Pictures(as_file(cine()))
    assert seen(pictures.png(Look(side=32))).shape == (24, 32, 3)
    assert seen(pictures.png(Look(side=4096))).shape == (48, 64, 3)


def test_a_viewer_is_told_what_it_has_to_know():
    slice_ = ct()
    slice_.PixelSpacing, slice_.WindowCenter, slice_.WindowWidth = [2, 1], [40, -600], [400, 1600]
    slice_.WindowCenterWidthExplanation = ["SOFT", "LUNG"]
    told = Pictures(as_file(slice_)).facts()
    whole = told["windows"].pop()
    assert told == {
        "frames": 1,
        "rows": 128,
        "columns": 128,
        "proportion": 2.0,
        "colour": False,
        "windows": [
            {"center": 40.0, "width": 400.0, "name": "SOFT"},
            {"center": -600.0, "width": 1600.0, "name": "LUNG"},
        ],
    }
    assert whole["name"] == ALL_VALUES
    assert Pictures(as_file(cine())).facts()["windows"] == []


def test_windows_show_by_number_by_value_and_all_there_is():
    ds = ct()
    ds.WindowCenter, ds.WindowWidth = 4000, 2
    pictures = Pictures(as_file(ds))
    assert seen(pictures.png(Look())).max() == 0, "its own window hides all of it"
    assert (seen(pictures.png(Look(window=0))) == 0).all()
    everything = seen(pictures.png(Look(window=1)))
    assert (everything.min(), everything.max()) == (0, 255)
    asked = pictures.facts()["windows"][1]
    assert (seen(pictures.png(Look(window=(asked["center"], asked["width"])))) == everything).all()
    with pytest.raises(FaultsError, match="1 windows"):
        pictures.png(Look(window=2))


def test_all_values_show_what_padding_hides():
    ds = ct()
    plane = np.full((128, 128), 900, "<i2")
    plane[40:60, 40:60] = ds.PixelPaddingValue = 30
    ds.PixelRepresentation, ds.PixelData = 0, plane.tobytes()
    ds.WindowCenter, ds.WindowWidth = -2000, 10
    pictures = Pictures(as_file(ds))
    assert np.ptp(seen(pictures.png(Look(window=1)))) == 255


def test_the_frames_of_a_grey_recording_are_shown_over_one_range():
    ds = ct()
    planes = np.stack([np.full((128, 128), 100 * number, "<i2") for number in range(20)])
    ds.NumberOfFrames, ds.PixelData = 20, planes.tobytes()
    for name in ("WindowCenter", "WindowWidth", "PixelPaddingValue"):
        ds.pop(name, None)
    pictures = Pictures(as_file(ds))
    shades = [int(seen(pictures.png(Look(number)))[0, 0]) for number in range(20)]
    assert shades == sorted(shades)
    assert (shades[0], shades[-1]) == (0, 255)


def test_an_overlay_lies_over_the_picture():
    ds = cine()
    bits = np.zeros((48, 64), np.uint8)
    bits[20:30, 20:50] = 1
    for element, vr, value in ((0x10, "US", 48), (0x11, "US", 64), (0x50, "SS", [1, 1]), (0x100, "US", 1)):
        ds.add_new(0x60000000 | element, vr, value)
    ds.add_new(0x60003000, "OW", np.packbits(bits, bitorder="little").tobytes())
    assert (seen(Pictures(as_file(ds)).png(Look()))[20:30, 20:50] == 255).all()


@pytest.mark.parametrize("named", [True, False])
def test_an_overlay_in_unused_bits_is_shown_too(named):
    ds = ct()
    plane = np.full((128, 128), 100, "<u2")
    plane[40:60, 10:90] |= 1 << 14
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation, ds.PixelData = 12, 11, 0, plane.tobytes()
    ds.add_new(0x60000100, "US", 16)
    if named:
        ds.add_new(0x60000102, "US", 14)
    shown = seen(Pictures(as_file(ds)).png(Look()))
    assert (shown[40:60, 10:90] == 255).all()
    assert shown.mean() < 255


def film():
    ds = cine()
    ds["PixelData"].is_undefined_length = True
    ds.PixelData = b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0\x04\0\0\0\0\0\0\0"
    ds.file_meta.TransferSyntaxUID = MPEG4HP41
    return ds


def slide():
    ds = cine()
    ds.Rows, ds.Columns, ds.NumberOfFrames = 60_000, 40_000, 1
    return ds


def truncated():
    ds = cine()
    ds.PixelData = ds.PixelData[:100]
    return ds


def without_pixels():
    ds = ct()
    del ds.PixelData
    return ds


@pytest.mark.parametrize("made", [film, slide, truncated, without_pixels])
def test_what_cannot_be_shown_is_said_so(made):
    with pytest.raises(CannotShowError) as error:
        Pictures(as_file(made())).png(Look())
    assert "CompressedSamples" not in str(error.value), "nothing of the object is quoted"


def test_no_file_at_all_is_said_so():
    for data in (b"", b"DICM", bytes(200)):
        with pytest.raises(CannotShowError):
            Pictures(data).png(Look())


def test_pixels_of_real_numbers_are_shown():
    ds = ct()
    values = np.linspace(-1, 1, 128 * 128, dtype="<f4")
    values[5] = np.nan
    del ds.PixelData
    ds.add_new(0x7FE00008, "OF", values.tobytes())
    ds.BitsAllocated = 32
    for name in ("BitsStored", "HighBit", "PixelRepresentation", "PixelPaddingValue", "WindowCenter", "WindowWidth"):
        ds.pop(name, None)
    shown = seen(Pictures(as_file(ds)).png(Look()))
    assert shown[-1, -1] == 255


def test_a_frame_beyond_the_last_is_refused_by_name():
    pictures = Pictures(as_file(cine()))
    with pytest.raises(FaultsError) as error:
        pictures.png(Look(3))
    assert error.value.faults[0][0] == "frame"


def test_two_thousand_frames_are_paged_through_in_any_order():
    ds = cine(2000, 16, 16)
    pictures = Pictures(as_file(ds))
    assert pictures.facts()["frames"] == 2000
    for number in (1999, 0, 1000):
        assert (seen(pictures.png(Look(number))) == ds.pixel_array[number]).all()
