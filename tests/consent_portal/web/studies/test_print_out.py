"""The patient's print-out says who has what, why it was allowed, and what has happened since (R39, C3)."""

import re
from datetime import timedelta

import pytest

from consent_portal.ledger.events import EventType
from consent_portal.web.frame.templating import day
from consent_portal.web.studies.release_words import NO_LONGER, SAID, SAID_NO
from tests.support.clocks import today
from tests.support.recalls import TAKEN_BACK, age_recalls, register_outside


@pytest.fixture
def print_out(portal, said):
    """Return a function that opens the print-out after the photograph left for somebody and was taken back."""
    illustrator = portal.reader("medical-illustration")
    illustrator.send(f"/studies/{portal.photo.key}/record", **said)

    def made(recipient="self", *, taken_back=True, days=0):
        asked = portal.engine.request("clinician", "clinician", "teaching", recipient)
        portal.engine.release(portal.subject(portal.archive.photo), asked)
        if taken_back:
            illustrator.send(f"/studies/{portal.photo.key}/withdraw", **TAKEN_BACK)
        age_recalls(portal.parts.database, days)
        return text(portal)

    return made


def text(portal):
    reader = portal.reader("caldicott-guardian")
    page = reader.open(f"/patients/{portal.photo.patient_key}/releases").get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("&#39;", "'").split())


def test_it_speaks_to_the_patient_and_not_of_rows_and_rules(print_out):
    said = print_out(taken_back=False)
    for words in (
        "clinician (Clinician) asked for the copy and has it.", "Grand round in June", "had agreed to this use",
        "Consent can be withdrawn at any time.", "Name, numbers and dates were taken out",
    ):  # fmt: skip
        assert words in said
    assert "row 8" not in said.lower()
    assert "the requester" not in said
    assert "R36" not in said


def test_it_says_that_consent_was_withdrawn_and_that_the_copy_was_asked_back(print_out):
    said = print_out()
    assert f"On {day(today())} consent to this use was withdrawn." in said
    assert f"clinician (Clinician) was asked on {day(today())} to delete the copy, and has not yet said so." in said
    assert f"It has to be deleted by {day(today() + timedelta(days=14))}." in said


def test_nothing_but_an_answer_is_told_as_a_no():
    answers = {EventType.GIVEN, EventType.AMENDED, EventType.REFUSED}
    assert {kind for kind in EventType if SAID.get(kind, NO_LONGER) is SAID_NO} == answers


def test_it_says_that_the_copy_is_deleted(portal, print_out):
    print_out()
    clinician = portal.reader("clinician")
    copies = clinician.open("/copies")
    action = re.search(r'action="(/copies/[^"]+/deleted)"', copies.get_data(as_text=True)).group(1)
    clinician.send(action, page=copies, gone="y")
    assert f"On {day(today())} it was confirmed that the copy is deleted." in text(portal)


def test_it_says_that_it_was_published_and_that_the_patient_was_told(portal, print_out):
    print_out(taken_back=False)
    clinician = portal.reader("clinician")
    left = re.search(r'href="(/releases/[^"]+/published)"', clinician.open("/releases").get_data(as_text=True)).group(1)
    clinician.send(left, where="A book of rashes", told_on=today().isoformat())
    said = text(portal)
    assert "It was published in A book of rashes. What is published cannot be called back." in said
    assert f"The patient was told so on {day(today())}." in said


def test_it_names_the_place_outside_that_has_the_copy(portal, print_out):
    register_outside(portal.parts.database)
    said = print_out("city-university")
    assert "it went to City University, School of Radiography." in said
    assert "City University, School of Radiography will be written to" in said


def test_it_admits_that_a_copy_was_not_deleted_in_time(print_out):
    said = print_out(days=20)
    assert f"It should have been deleted by {day(today() - timedelta(days=6))}; this is recorded as a breach" in said
