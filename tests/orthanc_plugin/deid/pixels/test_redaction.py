"""Redaction in every format: black within, nothing left of what was there, everything else as it was."""

import io
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom import uid
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.redaction import CannotRedactError, inflating, redact
from orthanc_plugin.deid.pixels.redaction.codecs import blocks
from tests.orthanc_plugin.deid.pixels import drawn
from tests.orthanc_plugin.deid.pixels.drawn import AREAS, COLUMNS, FRAMES, ROWS, frames, image, planes, reread, written
from tests.orthanc_plugin.deid.pixels.formats import FORMATS, Format

every_format = pytest.mark.parametrize("stored", FORMATS, ids=str)


def hidden(frame: int, block: int = 1, shape: tuple[int, int] = (ROWS, COLUMNS)) -> np.ndarray:
    """Return where the areas are, grown to whole blocks, and to what smoothed chroma may touch."""
    mask = np.zeros(shape, dtype=bool)
    rim = 1 if block == 16 else 0
    for area in AREAS:
        if area.frame in (None, frame):
            low = ((each - rim) // block * block - rim for each in (area.top, area.left))
            high = (-(-(each + rim) // block) * block + rim for each in (area.bottom, area.right))
            (top, left), (bottom, right) = low, high
            mask[max(top, 0) : bottom, max(left, 0) : right] = True
    return mask


@every_format
def test_areas_are_black_in_every_frame_and_all_else_is_equal(stored: Format, tmp_path: Path) -> None:
    source = stored.make(1, tmp_path)
    result = redact(source, AREAS)
    old, new = frames(source), frames(result)
    assert len(old) == len(new) == FRAMES
    for number, (before, after) in enumerate(zip(old, new, strict=True)):
        assert (after[hidden(number)] == stored.black).all()
        outside = ~hidden(number, stored.block)
        np.testing.assert_array_equal(after[outside], before[outside])
    syntax = reread(result).file_meta.TransferSyntaxUID
    assert syntax == (stored.into or reread(source).file_meta.TransferSyntaxUID)


@pytest.mark.parametrize("stored", [each for each in FORMATS if each.exact], ids=str)
def test_what_is_written_does_not_depend_on_what_was_hidden(stored: Format, tmp_path: Path) -> None:
    one, other = (reread(redact(stored.make(secret, tmp_path), AREAS)) for secret in (1, 2))
    keyword = next(each for each in ("PixelData", "FloatPixelData", "DoubleFloatPixelData") if each in one)
    assert one[keyword].value == other[keyword].value


@pytest.mark.parametrize("stored", [each for each in FORMATS if each.reader], ids=str)
def test_dcmtk_reads_the_same_pixels(stored: Format, tmp_path: Path) -> None:
    result = redact(stored.make(1, tmp_path), AREAS)
    program, *options = stored.reader
    theirs = frames(drawn.by_dcmtk(result, tmp_path, program, *options))
    for number, (ours, their) in enumerate(zip(frames(result), theirs, strict=True)):
        inside = hidden(number)
        assert (their[inside] == stored.black).all()
        if ours.ndim == 3 and stored.block > 1:  # each smooths shared chroma in its own way
            assert np.abs(ours[..., 0].astype(int) - their[..., 0]).max() <= 2
        else:
            assert np.abs(ours.astype(int) - their).max() <= (2 if stored.block > 1 else 0)


@every_format
def test_the_standard_s_checker_finds_no_more_errors_than_before(stored: Format, tmp_path: Path) -> None:
    source = stored.make(1, tmp_path)

    def errors(data: bytes) -> set[str]:
        file = tmp_path / "checked.dcm"
        file.write_bytes(data)
        subprocess.run(["dcmdump", "-q", file], check=True, capture_output=True)
        said = subprocess.run(["dciodvfy", file], capture_output=True, check=False).stderr
        return {line for line in said.decode(errors="replace").splitlines() if line.startswith("Error")}

    new = errors(redact(source, AREAS)) - errors(source)
    if stored.name == "JPEG arithmetic":  # this class knows no YBR_FULL, which is what its values now are
        new = {line for line in new if "<YBR_FULL>" not in line}
    assert not new


@pytest.mark.parametrize("name", ["RLE 8", "JPEG-LS near", "JPEG 2000 lossy", "JPEG 4:2:0", "encapsulated"])
def test_frames_without_an_area_keep_their_bytes(name: str, tmp_path: Path) -> None:
    source = made(name, tmp_path)
    old, new = (drawn.streams(reread(each)) for each in (source, redact(source, [AREAS[1]])))
    assert [one == other for one, other in zip(old, new, strict=True)] == [True, False, True]


def made(name: str, folder: Path, secret: int = 1) -> bytes:
    return next(each for each in FORMATS if each.name == name).make(secret, folder)


@pytest.mark.parametrize(
    ("stream", "kind", "bits"), [(drawn.HTJ2K_GREY, "MONOCHROME2", 16), (drawn.HTJ2K_COLOUR, "YBR_RCT", 8)]
)
def test_high_throughput_jpeg_2000_becomes_jpeg_ls(stream: bytes, kind: str, bits: int) -> None:
    down, across = np.mgrid[0:12, 0:20]
    grey = (173 * across + 41 * down) % 3001
    values = grey if bits == 16 else np.stack([12 * across, 20 * down, across * down], axis=-1)
    ds = image(values[None].astype("u2" if bits == 16 else "u1"), kind, bits)
    result = reread(redact(drawn.with_streams(ds, [stream], uid.HTJ2KLossless), [Area(3, 2, 9, 8)]))
    values[2:8, 3:9] = 0
    assert (result.pixel_array == values).all()
    assert result.file_meta.TransferSyntaxUID == uid.JPEGLSLossless
    assert result.PhotometricInterpretation == ("MONOCHROME2" if bits == 16 else "RGB")
    assert "LossyImageCompression" not in result


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


def test_without_jpegtran_the_frames_are_decoded_and_written_without_loss(tmp_path: Path, monkeypatch) -> None:
    source = made("JPEG 4:4:4", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    blocks._program.cache_clear()
    try:
        result = redact(source, AREAS)
    finally:
        monkeypatch.undo()
        blocks._program.cache_clear()
    assert reread(result).file_meta.TransferSyntaxUID == uid.JPEGLSLossless
    assert reread(result).PhotometricInterpretation == "YBR_FULL"
    for number, (old, new) in enumerate(zip(frames(source), frames(result), strict=True)):
        assert (new[hidden(number)] == (0, 128, 128)).all()
        np.testing.assert_array_equal(new[~hidden(number)], old[~hidden(number)])


def test_a_ragged_mask_is_blackened_pixel_by_pixel_or_block_by_block(tmp_path: Path) -> None:
    mask = np.random.default_rng(3).random((ROWS, COLUMNS)) > 0.97
    for name in ("8 bits", "one bit", "native 4:2:2", "JPEG 2000 colour", "JPEG 4:2:2"):
        source = made(name, tmp_path)
        old, new = frames(source), frames(redact(source, [], {1: mask}))
        black = next(each.black for each in FORMATS if each.name == name)
        assert (new[1][mask] == black).all()
        assert all((old[each] == new[each]).all() for each in (0, 2))
        if name in ("8 bits", "one bit", "JPEG 2000 colour"):
            assert (old[1][~mask] == new[1][~mask]).all()


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


def test_signed_values_without_a_window_stay_within_their_range() -> None:
    values = planes(1, 12).astype("i2") // 2 - 900
    ds = image(values, bits=16, PixelRepresentation=1)
    assert reread(redact(written(ds), AREAS)).pixel_array.min() == values.min()


def test_nothing_within_the_image_leaves_the_file_as_it_was() -> None:
    source = written(image(planes(1)))
    outside = [Area(-9, -9, 0, 0), Area(COLUMNS, 0, COLUMNS + 5, 9), Area(4, 4, 4, 9), Area(9, 9, 3, 3)]
    assert redact(source, outside, {0: np.zeros((ROWS, COLUMNS), dtype=bool)}) is source


@settings(max_examples=40)
@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    corners=st.lists(st.tuples(*[st.integers(-9, 50)] * 4, st.sampled_from([None, 0, 1])), max_size=4),
    stored=st.sampled_from(["plain", uid.RLELossless, uid.JPEGLSLossless, uid.JPEG2000Lossless, "4:4:4", "4:2:0"]),
)
def test_any_areas_on_any_size_are_black_and_the_rest_is_equal(size, corners, stored) -> None:
    rows, columns = size
    values = np.random.default_rng(9).integers(1, 255, (2, rows, columns, 3), dtype=np.uint8)
    source = coloured(values, stored)
    areas = [Area(*each) for each in corners]
    for number, (old, new) in enumerate(zip(frames(source), frames(redact(source, areas)), strict=True)):
        wanted, grown = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        block, rim = {"4:4:4": (8, 0), "4:2:0": (16, 1)}.get(stored, (1, 0))
        for area in areas:
            part = area.within(columns, rows)
            if area.frame in (None, number) and part.size:
                wanted[part.top : part.bottom, part.left : part.right] = True
                low = [max((each - rim) // block * block - rim, 0) for each in (part.top, part.left)]
                high = [-(-(each + rim) // block) * block + rim for each in (part.bottom, part.right)]
                grown[low[0] : high[0], low[1] : high[1]] = True
        assert (new[wanted] == ((0, 128, 128) if block > 1 else 0)).all()
        assert (new[~grown] == old[~grown]).all()


def coloured(values: np.ndarray, stored: str) -> bytes:
    """Return colours in a format; JPEG 2000 only where its encoder takes so small an image."""
    ds = image(values, "RGB")
    if stored in ("4:4:4", "4:2:0"):
        encoded = []
        for each in values:
            buffer = io.BytesIO()
            Image.fromarray(each).save(buffer, "JPEG", quality=80, subsampling=stored)
            encoded.append(buffer.getvalue())
        ds.PhotometricInterpretation = "YBR_FULL_422"
        return drawn.with_streams(ds, encoded, uid.JPEGBaseline8Bit)
    if stored == uid.JPEG2000Lossless:
        if min(values.shape[1:3]) < 32:
            return written(ds)
        ds.PhotometricInterpretation = "YBR_RCT"
    return written(ds) if stored == "plain" else drawn.compressed(ds, stored)


REAL = {
    "examples_ybr_color.dcm": ((0, 128, 128), 16),
    "SC_rgb_jpeg_dcmtk.dcm": ((0, 128, 128), 8),
    "SC_jpeg_no_color_transform.dcm": ((0, 0, 0), 8),
    "JPEG-LL.dcm": (0, 1),
    "JPGExtended.dcm": (0, 1),
    "JPEGLSNearLossless_16.dcm": (0, 1),
    "SC_rgb_jls_lossy_line.dcm": ((0, 0, 0), 1),
    "693_J2KI.dcm": (-8192, 1),
    "J2K_pixelrep_mismatch.dcm": (-4096, 1),
    "SC_rgb_gdcm_KY.dcm": ((0, 0, 0), 1),
    "emri_small_RLE.dcm": (0, 1),
    "gdcm-US-ALOKA-16_big.dcm": (0, 1),
    "color-pl.dcm": ((0, 0, 0), 1),
    "image_dfl.dcm": (0, 1),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", REAL)
def test_files_of_real_devices_are_black_there_and_equal_elsewhere(name: str) -> None:
    source = Path(str(get_testdata_file(name))).read_bytes()
    black, block = REAL[name]
    for old, new in zip(frames(source), frames(redact(source, [Area(10, 12, 31, 25)])), strict=True):
        assert (new[12:25, 10:31] == black).all()
        changed = np.argwhere((old != new).reshape(*old.shape[:2], -1).any(axis=2))
        rim = 2 * block if block > 1 else 0
        assert changed.min(initial=99) >= 10 - rim
        assert (changed.max(axis=0, initial=0) < (25 + rim, 31 + rim)).all()


def test_a_scan_that_says_it_holds_one_coefficient_is_read_as_what_it_is(tmp_path: Path) -> None:
    source = Path(str(get_testdata_file("JPEG-lossy.dcm"))).read_bytes()
    (theirs,) = frames(drawn.by_dcmtk(source, tmp_path, "dcmdjpeg"))
    (ours,) = frames(redact(source, [Area(10, 12, 31, 25)]))
    assert (ours[12:25, 10:31] == 0).all()
    theirs[12:25, 10:31] = 0
    assert np.abs(ours.astype(int) - theirs).max() <= 1


MISSHAPEN = {
    "cut in its pixels": lambda source: source[:-100],
    "cut in its header": lambda source: source[:300],
    "no DICOM": lambda source: source[132:],
    "nothing": lambda source: b"",
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["8 bits", "deflated", "RLE 8", "JPEG-LS colour", "JPEG 2000 signed", "JPEG 4:2:2"])
@pytest.mark.parametrize("how", MISSHAPEN)
def test_a_truncated_file_is_refused(name: str, how: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRedactError, match="a person has to decide"):
        redact(MISSHAPEN[how](made(name, tmp_path)), AREAS)


@pytest.mark.parametrize("name", ["RLE 8", "JPEG-LS colour", "JPEG 2000 signed", "JPEG 4:2:2", "JPEG lossless 16"])
def test_a_truncated_frame_is_refused(name: str, tmp_path: Path) -> None:
    ds = reread(made(name, tmp_path))
    cut = [each[: len(each) // 2] for each in drawn.streams(ds)]
    with pytest.raises(CannotRedactError, match=r"truncated|broken"):
        redact(drawn.with_streams(ds, cut, ds.file_meta.TransferSyntaxUID), AREAS)


@pytest.mark.parametrize("name", ["RLE 8", "JPEG-LS colour", "JPEG 2000 colour", "JPEG 4:2:2", "JPEG lossless 16"])
def test_a_header_that_says_another_size_is_refused_before_anything_is_decoded(name: str, tmp_path: Path) -> None:
    ds = reread(made(name, tmp_path))
    ds.Rows, ds.Columns = 65_000, 65_000
    with pytest.raises(CannotRedactError, match=r"larger than what may be decoded|another size"):
        redact(written(ds), AREAS)


def test_a_data_set_that_inflates_beyond_the_limit_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(inflating, "MOST_INFLATED_BYTES", 5_000)
    with pytest.raises(CannotRedactError, match="larger than what may be read"):
        redact(written(image(planes(1)), uid.DeflatedExplicitVRLittleEndian), AREAS)


@pytest.mark.parametrize(
    "change",
    [
        {"PhotometricInterpretation": "CMYK"},
        {"BitsAllocated": 12},
        {"HighBit": 20},
        {"SamplesPerPixel": 2},
        {"Rows": 0},
        {"PixelDataProviderURL": "https://example.org/"},
        {"NumberOfFrames": 4},
    ],
)
def test_a_header_that_does_not_fit_its_pixels_is_refused(change: dict) -> None:
    ds = image(planes(1))
    for keyword, value in change.items():
        setattr(ds, keyword, value)
    with pytest.raises(CannotRedactError):
        redact(written(ds), AREAS)


@pytest.mark.parametrize("syntax", [uid.MPEG2MPML, uid.MPEG4HP41, uid.HEVCMP51, uid.JPEG2000MC])
def test_films_are_left_to_a_person(syntax: str) -> None:
    with pytest.raises(CannotRedactError, match="transfer syntax"):
        redact(drawn.with_streams(image(planes(1)), [b"\0\0\1\xb3" * 9] * 3, syntax), AREAS)


@pytest.mark.parametrize(
    ("areas", "masks"),
    [
        ([Area(1, 1, 9, 9, frame=FRAMES)], None),
        ([], {7: np.ones((ROWS, COLUMNS), bool)}),
        ([], {0: np.ones((9, 9), bool)}),
    ],
)
def test_an_area_of_another_image_is_refused(areas, masks) -> None:
    with pytest.raises(CannotRedactError):
        redact(written(image(planes(1))), areas, masks)


def test_the_rest_of_the_header_stays_as_it_was() -> None:
    source = reread(written(image(planes(1))))
    source.add_new((0x0009, 0x0010), "LO", "ACME 1.0")
    source.add_new((0x0009, 0x1001), "UN", b"\x01\x02\x03\x04")
    source.PatientComments, source.SpecificCharacterSet = "Größe µ", "ISO_IR 192"
    result = reread(redact(written(source), AREAS))
    result.PixelData = source.PixelData
    assert result == source
    assert result.file_meta == source.file_meta


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["8 bits", "RLE 32", "JPEG-LS 12 signed", "JPEG 2000 colour", "JPEG lossless 16"])
def test_a_damaged_file_is_redacted_or_refused_and_nothing_else(name: str, tmp_path: Path) -> None:
    source, chance = made(name, tmp_path), np.random.default_rng(11)
    refused = 0
    for _ in range(150):
        damaged = bytearray(source)
        for _ in range(2):
            at = int(chance.integers(132, len(source) if chance.random() < 0.5 else 1500))
            damaged[at : at + int(chance.integers(1, 4))] = bytes(
                chance.integers(0, 256, int(chance.integers(0, 4)), "u1")
            )
        try:
            redact(bytes(damaged), AREAS)
        except CannotRedactError:
            refused += 1
    assert refused
