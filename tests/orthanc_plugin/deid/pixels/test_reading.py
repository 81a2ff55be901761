"""What was found is read, and stays only if the whole of it is surely a device's."""

import numpy as np
import pytest

from orthanc_plugin.deid.pixels.detection import find, read
from orthanc_plugin.deid.pixels.words import judge
from tests.orthanc_plugin.deid.pixels.drawing import lettering, picture, put

KNOWN = ("Rossendale^Ivy", "9434765919", "19620317", "RV20047001", "Ross^Moira^^Dr")


@pytest.mark.parametrize("angle", [0, 30, 90, 270])
def test_a_line_is_read_however_it_is_turned(angle):
    plane = np.full((240, 240), 30.0)
    put(plane, lettering("ROSSENDALE 943", 18, angle=angle), (30, 30), 230)
    shown = picture(plane)
    texts = [read(shown, line.box).text for line in find([shown])]
    assert any(text.replace(" ", "") == "ROSSENDALE943" for text in texts)


@pytest.mark.parametrize(
    "text",
    ["R", "L", "2D  G 60  C 61", "11cm 28Hz", "11cm28Hz", "+ 1.06 cm", "MI 1.2  TIS 0.4", "W: 400 L: 40", "AP ERECT",
     "5", "150", "0.5", "120 kV 200 mAs", "GE LOGIQ"],
)  # fmt: skip
def test_a_word_of_the_device_stays(text):
    assert judge(text, 0.97, KNOWN).verdict == "device"


@pytest.mark.parametrize(
    "text",
    ["ROSSENDALE, IVY", "R0SSENDAIE IVY", "Rosendale", "IVY", "943 476 5919", "9434", "943", "17/03/1962", "17 03 62",
     "17.3.62", "12 Mar 2024", "10:15", "4711001", "SMITH, JOHN", "Dr Quill", "1962", "RV20O47OO1", "MOlRA"],
)  # fmt: skip
def test_what_is_or_looks_like_an_identifier_goes(text):
    assert judge(text, 0.99, KNOWN).verdict == "identifier"


@pytest.mark.parametrize("text", ["Smith", "62Y", "LIVER PATEL", "R SMITH", "Acme Hospital", "", "G 60 Jones", "17 03"])
def test_what_nobody_knows_goes_too(text):
    assert not judge(text, 0.99, KNOWN).stays


def test_a_word_of_the_device_that_is_the_patients_name_goes():
    assert judge("LONG", 0.99, ("Long^Adam",)).verdict == "identifier"
    assert judge("LONG", 0.99, KNOWN).stays


def test_a_word_that_was_not_read_surely_goes():
    assert judge("11cm 28Hz", 0.5, KNOWN).verdict == "unknown"


def test_no_verdict_repeats_what_was_read():
    assert "ROSSENDALE" not in judge("ROSSENDALE", 0.99, KNOWN).reason
