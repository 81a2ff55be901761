"""What changes beside the pixels: overlays, copies, figures, flags; which value is black; that nothing else does."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import uid
from pydicom.dataset import Dataset

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.redaction import redact
from tests.orthanc_plugin.deid.pixels import drawn
from tests.orthanc_plugin.deid.pixels.drawn import AREAS, COLUMNS, FRAMES, ROWS, hidden, image, planes, reread, written
from tests.orthanc_plugin.deid.pixels.formats import made


def test_colours_that_were_transformed_with_loss_are_so_no_longer_and_the_header_says_both(tmp_path: Path) -> None:
    result = reread(redact(made("JPEG 2000 lossy colour", tmp_path), [AREAS[1]]))
    assert result.PhotometricInterpretation == "YBR_RCT"
    assert result.LossyImageCompression == "01"
    assert result.LossyImageCompressionMethod == "ISO_15444_1"


def test_what_jpeg_lost_is_still_said_after_it_is_decoded(tmp_path: Path) -> None:
    source = reread(made("JPEG 12 bits", tmp_path))
    result = reread(redact(written(source), AREAS))
    assert result.LossyImageCompression == source.LossyImageCompression == "01"
    assert result.LossyImageCompressionRatio == source.LossyImageCompressionRatio
    assert result.LossyImageCompressionMethod == source.LossyImageCompressionMethod


@pytest.mark.parametrize("mark", [b"", b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"])
def test_marks_about_colours_are_those_of_the_source(mark: bytes, tmp_path: Path) -> None:
    source = reread(made("JPEG 4:4:4", tmp_path))
    bare = [without_marks(each) for each in drawn.streams(source)]
    given = [each[:2] + mark + each[2:] for each in bare]
    result = redact(drawn.with_streams(source, given, uid.JPEGBaseline8Bit), AREAS)
    assert [(b"JFIF" in each, b"Adobe" in each) for each in drawn.streams(reread(result))] == [(bool(mark), False)] * 3


def without_marks(stream: bytes) -> bytes:
    while 0xE0 <= stream[3] <= 0xEF:
        stream = stream[:2] + stream[4 + int.from_bytes(stream[4:6], "big") :]
    return stream


def test_copies_and_figures_of_the_old_pixels_go_at_every_depth() -> None:
    ds = image(planes(1))
    icon = image(planes(1)[:1, :16, :16])
    inner, outer, other = Dataset(), Dataset(), Dataset()
    inner.IconImageSequence = [icon]
    inner.add_new("SmallestImagePixelValue", "US", 3)
    outer.ReferencedImageSequence, other.PixelData = [inner], planes(1)[0].tobytes()
    other["PixelData"].VR = "OB"
    ds.SourceImageSequence, ds.IconImageSequence = [outer], [icon]
    ds.add_new("LargestImagePixelValue", "US", 255)
    ds.HistogramSequence, ds.DigitalSignaturesSequence, ds.MACParametersSequence = [Dataset()], [Dataset()], [Dataset()]
    ds.ReferencedSeriesSequence = [other]
    result = reread(redact(written(ds), AREAS))
    kept = {element.keyword for element in result.iterall()}
    assert not kept & {"IconImageSequence", "HistogramSequence", "DigitalSignaturesSequence", "MACParametersSequence"}
    assert not {each for each in kept if each.endswith("ImagePixelValue")}
    assert "ReferencedSeriesSequence" not in kept
    assert planes(1)[0, 7, 9:27].tobytes() not in written(result)
    assert result.SourceImageSequence[0].ReferencedImageSequence[0] == Dataset()


def test_the_offsets_of_the_new_frames_are_right_and_those_of_the_old_are_gone() -> None:
    ds = image(planes(1))
    ds.compress(uid.RLELossless, generate_instance_uid=False, encapsulate_ext=True)
    assert "ExtendedOffsetTable" in ds
    result = reread(redact(written(ds), AREAS))
    assert "ExtendedOffsetTable" not in result
    assert (result.pixel_array[:, 7:20, 9:27] == 0).all()


def test_overlays_are_cleared_beneath_the_areas_wherever_they_lie_and_nowhere_else() -> None:
    ds = image(planes(1, 12), bits=12)
    ones = np.ones((FRAMES, 40, 30), dtype=np.uint8)
    for group, own_frames in ((0x6000, None), (0x6002, FRAMES)):
        plane = ones if own_frames else ones[:1]
        data = np.packbits(plane.ravel(), bitorder="little").tobytes()
        for element, vr, value in (
            (0x0010, "US", 40),
            (0x0011, "US", 30),
            (0x0040, "CS", "G"),
            (0x0050, "SS", [5, -3]),
            (0x0100, "US", 1),
            (0x0102, "US", 0),
            (0x1302, "DS", "99.5"),
            (0x3000, "OB", data + bytes(len(data) % 2)),
        ):
            ds.add_new((group, element), vr, value)
        if own_frames:
            ds.add_new((group, 0x0015), "IS", own_frames)
    result = reread(redact(written(ds), AREAS))
    assert (0x6000, 0x1302) not in result
    once, each = (bits_of(result, group)[: 1200 * count] for group, count in ((0x6000, 1), (0x6002, FRAMES)))
    over = np.stack([placed(hidden(frame)) for frame in range(FRAMES)])
    assert (once.reshape(40, 30) == ~over.any(axis=0)).all()
    assert (each.reshape(FRAMES, 40, 30) == ~over).all()


def bits_of(ds: Dataset, group: int) -> np.ndarray:
    return np.unpackbits(np.frombuffer(ds[group, 0x3000].value, np.uint8), bitorder="little")


def placed(mask: np.ndarray) -> np.ndarray:
    """Return the part of a mask beneath an overlay of 40 by 30 that begins in row 5 and column -3, counted from 1."""
    whole = np.zeros((40, 30), dtype=bool)
    whole[:, 4:] = mask[4:44, :26]
    return whole


def test_an_overlay_in_the_unused_bits_goes_with_its_pixels() -> None:
    values = planes(1, 12) | 0x4000
    ds = image(values, bits=12)
    ds.add_new((0x6000, 0x0102), "US", 14)
    result = np.frombuffer(reread(redact(written(ds), AREAS)).PixelData, np.uint16).reshape(values.shape)
    for number, frame in enumerate(result):
        assert (frame[hidden(number)] == 0).all()
        assert (frame[~hidden(number)] == values[number][~hidden(number)]).all()


@pytest.mark.parametrize(
    ("more", "fill", "expected"),
    [
        ({"PixelPaddingValue": -2000}, "padding", -2000),
        ({"PixelPaddingValue": -2000}, "black", -2048),
        ({"RescaleSlope": -1}, "black", 2047),
        ({"PresentationLUTShape": "INVERSE"}, "black", 2047),
    ],
)
def test_the_value_written_is_black_as_shown_or_the_padding(more: dict, fill: str, expected: int) -> None:
    values = planes(1, 12).astype("i2") // 2 - 900
    ds = image(values, bits=12, PixelRepresentation=1, WindowCenter=40, WindowWidth=400)
    for keyword, value in more.items():
        setattr(ds, keyword, value)
        ds[keyword].VR = "SS" if keyword == "PixelPaddingValue" else ds[keyword].VR
    assert (reread(redact(written(ds), AREAS, fill=fill)).pixel_array[:, 7:20, 9:27] == expected).all()


def test_values_without_a_window_stay_within_their_range() -> None:
    values = planes(1, 12).astype("i2") // 2 - 900
    ds = image(values, bits=16, PixelRepresentation=1)
    assert reread(redact(written(ds), AREAS)).pixel_array.min() == values.min()
    inverse = image(planes(1, 12), "MONOCHROME1", bits=16)
    assert reread(redact(written(inverse), AREAS)).pixel_array.max() == 4095


def test_nothing_within_the_image_leaves_the_file_as_it_was() -> None:
    source = written(image(planes(1)))
    outside = [Area(-9, -9, 0, 0), Area(COLUMNS, 0, COLUMNS + 5, 9), Area(4, 4, 4, 9), Area(9, 9, 3, 3)]
    assert redact(source, outside, {0: np.zeros((ROWS, COLUMNS), dtype=bool)}) is source


def test_the_rest_of_the_header_stays_as_it_was() -> None:
    source = reread(written(image(planes(1))))
    source.add_new((0x0009, 0x0010), "LO", "ACME 1.0")
    source.add_new((0x0009, 0x1001), "UN", b"\x01\x02\x03\x04")
    source.PatientComments, source.SpecificCharacterSet = "Größe µ", "ISO_IR 192"
    result = reread(redact(written(source), AREAS))
    result.PixelData = source.PixelData
    assert result == source
    assert result.file_meta == source.file_meta
