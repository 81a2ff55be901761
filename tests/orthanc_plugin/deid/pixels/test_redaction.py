"""Redaction in every format: black within, nothing left of what was there, everything else as it was."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from orthanc_plugin.deid.pixels.redaction import redact
from tests.orthanc_plugin.deid.pixels import drawn
from tests.orthanc_plugin.deid.pixels.drawn import AREAS, COLUMNS, FRAMES, ROWS, frames, reread
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

    assert errors(redact(source, AREAS)) <= errors(source)
