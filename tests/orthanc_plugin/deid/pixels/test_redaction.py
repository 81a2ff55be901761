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

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.redaction import redact
from orthanc_plugin.deid.pixels.redaction.codecs import blocks
from tests.orthanc_plugin.deid.pixels import drawn
from tests.orthanc_plugin.deid.pixels.drawn import (
    AREAS,
    COLUMNS,
    FRAMES,
    ROWS,
    frames,
    hidden,
    image,
    reread,
    written,
)
from tests.orthanc_plugin.deid.pixels.formats import FORMATS, Format, made

every_format = pytest.mark.parametrize("stored", FORMATS, ids=str)


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


@pytest.mark.parametrize(
    ("stream", "syntax", "kind"),
    [
        (drawn.HTJ2K_GREY, uid.HTJ2KLossless, "MONOCHROME2"),
        (drawn.HTJ2K_COLOUR, uid.HTJ2KLossless, "YBR_RCT"),
        (drawn.SMALL_JPEG_2000, uid.JPEG2000Lossless, "MONOCHROME2"),
    ],
)
def test_what_cannot_be_written_again_in_its_own_format_becomes_jpeg_ls(stream: bytes, syntax: str, kind: str) -> None:
    grey_scale = kind == "MONOCHROME2"
    down, across = np.mgrid[0:12, 0:20]
    grey = (173 * across + 41 * down) % 3001
    values = grey if grey_scale else np.stack([12 * across, 20 * down, across * down], axis=-1)
    ds = image(values[None].astype("u2" if grey_scale else "u1"), kind, 16 if grey_scale else 8)
    result = reread(redact(drawn.with_streams(ds, [stream], syntax), [Area(3, 2, 9, 8)]))
    values[2:8, 3:9] = 0
    assert (result.pixel_array == values).all()
    assert result.file_meta.TransferSyntaxUID == uid.JPEGLSLossless
    assert result.PhotometricInterpretation == ("MONOCHROME2" if grey_scale else "RGB")
    assert "LossyImageCompression" not in result


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
