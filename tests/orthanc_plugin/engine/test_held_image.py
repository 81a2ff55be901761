"""What the portal is told of a held image always follows the contract, whatever stands in its header."""

import json
from io import BytesIO
from pathlib import Path

import jsonschema
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from referencing import Registry, Resource

from orthanc_plugin.deid.outcome import Proposed
from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.engine.export.held_image import Hold, told_of

CONTRACT = Path(__file__).parents[3] / "docs" / "contract"
SCHEMAS = {path.name.split(".")[0]: json.loads(path.read_text()) for path in CONTRACT.glob("*.schema.json")}
REGISTRY = Registry().with_resources([(name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()])
HOLD = Hold("a" * 64, "b" * 64, "writing", "it still shows writing")
PATIENT, STUDY = ("id", "issuer", "name", "birth_date", "sex"), ("date", "accession", "description")
JOB = {
    "contract": 1,
    "job": "1",
    "requested_by": "anna",
    "role": "clinician",
    "purpose": "teaching",
    "profile": "D3",
    "level": "teaching",
    "until": "2026-12-30T00:00:00+00:00",
}
OF_THE_JOB = {"ticket": "t", "position": 1, "modality": "CT", "kind": "CT Image Storage"}


def held(proposed=(), **raw):
    """Return what is told of a CT in which some elements hold just these bytes."""
    image = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    for keyword, value in raw.items():
        tag = Tag(keyword)
        image._dict[tag] = RawDataElement(tag, dictionary_VR(tag), len(value), value, 0, False, True)
    out = BytesIO()
    image.save_as(out)
    return told_of(out.getvalue(), HOLD, proposed)


def follows_the_contract(told):
    subject = {
        "study_uid": "1",
        "orthanc_id": "",
        "patient": dict.fromkeys(PATIENT, ""),
        "study": dict.fromkeys(STUDY, ""),
    }
    image = {**told, **OF_THE_JOB, "subject": {**subject, "contents": []}}
    jsonschema.Draft202012Validator(SCHEMAS["held-images-request"], registry=REGISTRY).validate(
        {**JOB, "images": [image]}
    )
    return told


@pytest.mark.parametrize("number", [b"", b"abc ", b"99999999999 ", b"1\\2 "])
def test_an_instance_number_that_is_none_keeps_nobody_from_looking(number):
    assert follows_the_contract(held(InstanceNumber=number))["number"] is None


@pytest.mark.parametrize("spacing", [b"0\\0 ", b"1e400\\1 "])
def test_pixels_are_square_where_nothing_sensible_is_said(spacing):
    assert follows_the_contract(held(PixelSpacing=spacing))["proportion"] == 1


def test_what_is_proposed_lies_within_the_image_and_says_no_more_than_there_is_room_for():
    over, beyond = Area(-5, -5, 10, 10, None, "rule " + "x" * 100), Area(500, 500, 600, 600)
    (told,) = follows_the_contract(held([Proposed(over, sure=True), Proposed(beyond, sure=False)]))["proposed"]
    assert (told["left"], told["top"], told["right"], told["bottom"], told["sure"]) == (0, 0, 10, 10, True)


@pytest.mark.parametrize("size", [{"Rows": b"\0\0"}, {"NumberOfFrames": b"-3"}])
def test_what_has_no_picture_is_told_to_nobody(size):
    with pytest.raises(ValueError, match="no picture"):
        held(**size)
