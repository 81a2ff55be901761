"""Each of the 18 categories of Safe Harbor opens on what belongs to it, and is closed on a clean object (R82)."""

import pytest

from orthanc_plugin.verify import KnownIdentifiers
from orthanc_plugin.verify.check import examine
from orthanc_plugin.verify.look.hipaa import categories, checklist

OPENS = {
    "A": {"OperatorsName": "Ravenscroft^Amelia"},
    "B": {"ImageComments": "lives at SW1A 1AA"},
    "C": {"StudyDate": "20230405"},
    "D": {"ImageComments": "tel 01632 960 983"},
    "E": {"ImageComments": "fax: 01632 960 984"},
    "F": {"ImageComments": "jo@example.org"},
    "G": {"ImageComments": "NI AB 12 34 56 C"},
    "H": {"ImageComments": "NHS 943 476 5919"},
    "I": {"ImageComments": "policy no: AXA-99812"},
    "J": {"AccessionNumber": "ACC5551234"},
    "K": {"ImageComments": "GMC no 7012345"},
    "L": {"ImageComments": "vehicle reg AB12 CDE"},
    "M": {"DeviceSerialNumber": "SN778812"},
    "N": {"ImageComments": "see https://pacs.example.org/x"},
    "O": {"ImageComments": "from 10.20.30.40"},
    "R": {"FrameOfReferenceUID": "1.2.826.0.1.99.7"},
}


def states(dataset, as_bytes):
    known = KnownIdentifiers.from_record(uids=["1.2.826.0.1.99.7"])
    reading, findings = examine(as_bytes(dataset), known, marked=True)
    return checklist(reading, findings)


def test_there_are_eighteen():
    assert [each.letter for each in categories()] == list("ABCDEFGHIJKLMNOPQR")


@pytest.mark.parametrize("letter", OPENS)
def test_a_category_opens_on_what_belongs_to_it(letter, clean, as_bytes):
    assert states(clean(**OPENS[letter]), as_bytes)[letter] == "open"


@pytest.mark.parametrize(("letter", "modality"), [("P", "OP"), ("Q", "XC"), ("Q", "MR"), ("R", "DX")])
def test_what_only_eyes_can_settle_is_left_to_a_person(letter, modality, clean, as_bytes):
    assert states(clean(Modality=modality), as_bytes)[letter] == "look"


def test_a_clean_object_leaves_nothing_open(clean, as_bytes):
    assert "open" not in states(clean(Modality="US"), as_bytes).values()


@pytest.mark.parametrize(("age", "state"), [("093Y", "open"), ("089Y", "closed"), ("011M", "closed")])
def test_ages_over_89_count_as_dates(age, state, clean, as_bytes):
    assert states(clean(PatientAge=age), as_bytes)["C"] == state


def test_a_year_alone_is_no_date(clean, as_bytes):
    assert states(clean(StudyDate="20230101"), as_bytes)["C"] == "closed"
