"""Stored frames come out as they are stored, one at a time, and a bomb is refused before it goes off."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import ExplicitVRBigEndian, JPEG2000Lossless, JPEGBaseline8Bit, RLELossless

from orthanc_plugin.rendering import UnrenderableError, decoded, overlay_mask, pictures
from tests.orthanc_plugin.rendering.drawn import grey


def real(name):
    return dcmread(get_testdata_file(name))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("emri_small.dcm", "emri_small_RLE.dcm"),
        ("emri_small.dcm", "emri_small_big_endian.dcm"),
        ("emri_small.dcm", "emri_small_jpeg_ls_lossless.dcm"),
        ("emri_small.dcm", "emri_small_jpeg_2k_lossless.dcm"),
        ("US1_UNCR.dcm", "US1_J2KR.dcm"),
        ("rtdose.dcm", "rtdose_expb.dcm"),
    ],
)
def test_one_image_in_two_encodings_gives_the_same_frames(one, other):
    pairs = list(zip(decoded(real(one)), decoded(real(other)), strict=True))
    assert pairs
    assert all((first == second).all() for first, second in pairs)


def test_single_frames_are_decoded_alone():
    every = list(decoded(real("emri_small_jpeg_2k_lossless.dcm")))
    third, first = decoded(real("emri_small_jpeg_2k_lossless.dcm"), only=[2, 0])
    assert (third == every[2]).all()
    assert (first == every[0]).all()


@pytest.mark.parametrize("frame", [-1, 10, 2**31])
def test_a_frame_that_is_not_there_is_not_another_one(frame):
    for name in ("emri_small.dcm", "emri_small_RLE.dcm"):
        with pytest.raises(UnrenderableError, match="no such frame"):
            next(decoded(real(name), only=[frame]))
    assert list(decoded(real("emri_small.dcm"), only=[])) == []


@settings(max_examples=30)
@given(st.data())
def test_bits_are_unpacked_across_the_edges_of_bytes(data):
    frames, rows, columns = (data.draw(st.integers(1, 9)) for _ in range(3))
    bits = np.array(
        data.draw(st.lists(st.booleans(), min_size=frames * rows * columns, max_size=frames * rows * columns))
    )
    planes = bits.reshape(frames, rows, columns).astype(np.uint8)
    dataset = grey(planes, BitsAllocated=1, BitsStored=1, HighBit=0)
    dataset.PixelData = np.packbits(bits, bitorder="little").tobytes()
    assert (np.stack(list(decoded(dataset))) == planes).all()
    assert {int(value) for picture in pictures(dataset) for value in np.unique(picture)} <= {0, 255}


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("high", [11, 13, 15])
def test_rubbish_in_unused_bits_is_not_shown(high, signed):
    values = np.arange(-2048, 2048).reshape(64, 64) if signed else np.arange(4096).reshape(64, 64)
    rubbish = np.random.default_rng(1).integers(0, 2**16, values.shape)
    inside = 0xFFF << (high - 11)
    stored = ((values & 0xFFF) << (high - 11)) | (rubbish & ~inside & 0xFFFF)
    dataset = grey(stored.astype(np.uint16), BitsStored=12, HighBit=high, PixelRepresentation=int(signed))
    (frame,) = decoded(dataset)
    assert (frame == values).all()


@pytest.mark.parametrize("keyword", ["FloatPixelData", "DoubleFloatPixelData"])
def test_float_pixels_are_shown_and_what_is_no_number_is_black(keyword):
    values = np.linspace(-1, 1, 64).reshape(8, 8).astype("f4" if keyword == "FloatPixelData" else "f8")
    values[0, 0] = np.nan
    dataset = grey(values.view("u4" if keyword == "FloatPixelData" else "u8"))
    for absent in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        del dataset[absent]
    setattr(dataset, keyword, values.tobytes())
    (picture,) = pictures(dataset)
    assert picture[0, 0] == 0
    assert (np.diff(picture.reshape(-1)[1:].astype(int)) >= 0).all()
    assert picture.max() == 255


def test_integers_of_32_bits_keep_their_order():
    values = (np.arange(256, dtype=np.int64) * 2**24 - 2**31).astype(np.int32).reshape(16, 16)
    (picture,) = pictures(grey(values))
    assert (picture.reshape(-1) == np.arange(256)).all()


def test_one_pixel_is_a_picture():
    (picture,) = pictures(grey(np.array([[7]], np.uint8)))
    assert picture.shape == (1, 1)


def swollen(name, syntax):
    """Return a real object whose stream declares far more than the object."""
    dataset = real(name)
    (stream,) = generate_frames(dataset.PixelData, number_of_frames=1)
    if syntax == JPEG2000Lossless:
        stream = stream[:8] + struct.pack(">2L", 60000, 60000) + stream[16:]
    else:
        at = next(at for at in range(len(stream)) if stream[at] == 0xFF and stream[at + 1] in {0xC0, 0xC1})
        stream = stream[: at + 5] + struct.pack(">2H", 65000, 65000) + stream[at + 9 :]
    dataset.PixelData = encapsulate([stream])
    return dataset


@pytest.mark.parametrize(
    ("name", "syntax"), [("MR_small_jp2klossless.dcm", JPEG2000Lossless), ("SC_rgb_jpeg_dcmtk.dcm", JPEGBaseline8Bit)]
)
def test_a_stream_that_is_larger_inside_is_refused_unopened(name, syntax):
    with pytest.raises(UnrenderableError, match="larger inside"):
        next(decoded(swollen(name, syntax)))


def test_an_object_of_65535_by_65535_pixels_is_refused_unopened():
    dataset = real("MR_small_RLE.dcm")
    dataset.Rows = dataset.Columns = 65535
    with pytest.raises(UnrenderableError, match="the most that is decoded"):
        next(decoded(dataset))


@pytest.mark.parametrize("name", ["MR_truncated.dcm", "rtplan.dcm", "badVR.dcm"])
def test_what_cannot_be_decoded_says_so(name):
    with pytest.raises(UnrenderableError):
        list(decoded(real(name)))


def test_missing_frames_are_not_passed_over():
    dataset = real("emri_small_RLE.dcm")
    frames = list(generate_frames(dataset.PixelData, number_of_frames=10))
    dataset.PixelData, dataset.NumberOfFrames = encapsulate(frames[:3]), 10
    with pytest.raises(UnrenderableError):
        list(decoded(dataset))


def test_a_decoder_that_panics_takes_nothing_down():
    """Each plane of 64 bytes is a run of 128."""
    dataset = grey(np.zeros((8, 8), np.uint16))
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset.PixelData = encapsulate([struct.pack("<16L", 2, 64, 66, *[0] * 13) + b"\x81\x00\x81\x00"])
    with pytest.raises(UnrenderableError):
        list(decoded(dataset))


@pytest.mark.parametrize("big", [False, True])
def test_an_overlay_lies_where_it_says_and_is_drawn_only_where_asked(big):
    dataset = grey(np.full((8, 8), 10, np.uint8), WindowCenter="128", WindowWidth="256")
    plane = np.zeros((4, 4), bool)
    plane[1, 2] = plane[3, 3] = True
    packed = np.packbits(plane, bitorder="little")
    if big:
        dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
        packed = packed.view("<u2").astype(">u2").view(np.uint8)
    for element, vr, value in (
        (0x0010, "US", 4),
        (0x0011, "US", 4),
        (0x0050, "SS", [3, 0]),
        (0x3000, "OW", packed.tobytes()),
    ):
        dataset.add_new((0x6000, element), vr, value)
    expected = np.zeros((8, 8), bool)
    expected[3, 1] = expected[5, 2] = True
    assert (overlay_mask(dataset, 0, 8, 8) == expected).all()
    (plain,), (drawn,) = pictures(dataset), pictures(dataset, overlays=True)
    assert 255 not in plain
    assert ((drawn == 255) == expected).all()
