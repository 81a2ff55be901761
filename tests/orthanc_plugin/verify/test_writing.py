"""The second reader reads what is to leave, and says what must not be there without saying what it read (R23, R30)."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from pydicom.data import get_testdata_file
from pydicom.filereader import dcmread

from orthanc_plugin.verify import KnownIdentifiers, findings_in_pixels
from orthanc_plugin.verify.reading import tesseract

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
KNOWN = KnownIdentifiers.from_record(names=["Rossendale^Ivy"], ids=["QF7740231"], birth_dates=["19470611"])


def picture(text):
    plane = Image.fromarray(np.random.default_rng(3).integers(0, 30, (200, 420), dtype=np.uint8))
    ImageDraw.Draw(plane).text((12, 80), text, fill=230, font=ImageFont.truetype(FONT, 26))
    ds = dcmread(get_testdata_file("CT_small.dcm"))
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 200, 420, 8, 8, 7, 0
    ds.PixelData = np.asarray(plane).tobytes()
    out = BytesIO()
    ds.save_as(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ROSSENDALE IVY", "pixels-known-name"),
        ("QF7740231", "pixels-known-number"),
        ("17/03/1962", "pixels-date-or-number"),
    ],
)
def test_what_identifies_is_read_and_not_repeated(text, rule):
    found = findings_in_pixels(picture(text), KNOWN)
    assert rule in {finding.rule for finding in found}
    assert all(finding.quarantines for finding in found)
    assert text.split()[0] not in " ".join(map(str, found))


def test_of_a_picture_without_writing_nothing_is_said():
    assert findings_in_pixels(picture(""), KNOWN) == []


def test_without_a_second_reader_nothing_passes(monkeypatch):
    tesseract._program.cache_clear()
    monkeypatch.setenv("PATH", "")
    (finding,) = findings_in_pixels(picture(""), KNOWN)
    monkeypatch.undo()
    tesseract._program.cache_clear()
    assert finding.quarantines
    assert "install tesseract-ocr" in finding.rule


def test_pixels_that_cannot_be_read_do_not_pass():
    assert [finding.quarantines for finding in findings_in_pixels(b"no object", KNOWN)] == [True]
