"""The second reader reads what is to leave, and says what must not be there without saying what it read (R23, R30)."""

import os
import signal
from io import BytesIO
from pathlib import Path

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
    tesseract.end()
    tesseract._programs.cache_clear()
    monkeypatch.setenv("PATH", "")
    (finding,) = findings_in_pixels(picture(""), KNOWN)
    monkeypatch.undo()
    tesseract._programs.cache_clear()
    assert finding.quarantines
    assert "install tesseract-ocr" in finding.rule


def test_pixels_that_cannot_be_read_do_not_pass():
    assert [finding.quarantines for finding in findings_in_pixels(b"no object", KNOWN)] == [True]


def drawn(text):
    plane = Image.new("L", (420, 80), 255)
    ImageDraw.Draw(plane).text((12, 20), text, fill=0, font=ImageFont.truetype(FONT, 30))
    return np.asarray(plane)


def said(text):
    return " ".join(word.text for word in tesseract.words(drawn(text)))


def test_each_picture_is_told_its_own_words_and_no_others():
    texts = ["ROSSENDALE", "", "MORETON", "ROSSENDALE", "", "17/03/1962"]
    assert [said(text) for text in texts] == texts


def test_a_reader_that_is_killed_lets_nothing_pass_and_the_next_picture_is_read_by_another():
    assert said("ROSSENDALE") == "ROSSENDALE"
    os.kill(tesseract._readers[0]._run.pid, signal.SIGKILL)
    (finding,) = findings_in_pixels(picture(""), KNOWN)
    assert finding.quarantines
    assert said("MORETON") == "MORETON"


def test_a_process_that_was_forked_asks_a_reader_of_its_own():
    assert said("ROSSENDALE") == "ROSSENDALE"
    child = os.fork()
    if not child:
        os._exit(0 if said("MORETON") == "MORETON" else 1)
    assert said("HARTLEY") == "HARTLEY"
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert said("ROSSENDALE") == "ROSSENDALE"


def test_no_picture_is_put_into_a_file_that_has_a_name(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert said("ROSSENDALE") == "ROSSENDALE"
    assert list(tmp_path.iterdir()) == []
    (reader,) = tesseract._readers
    assert str(Path(f"/proc/self/fd/{reader._picture.fileno()}").readlink()).startswith("/memfd:")
