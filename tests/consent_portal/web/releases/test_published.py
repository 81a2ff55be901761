"""What was published cannot be called back, and the patient is told so (policy.md, combining rule 7)."""

import re
from datetime import timedelta

import pytest

from consent_portal.ledger.events import EventType
from consent_portal.web.frame.templating import day
from tests.support.clocks import today
from tests.support.recalls import TAKEN_BACK


@pytest.fixture
def left(portal, said):
    """A photograph that the clinician took for teaching; returns the page on which it is marked as published."""
    portal.reader("medical-illustration").send(f"/studies/{portal.photo.key}/record", **said)
    asked = portal.engine.request("clinician", "clinician", "teaching")
    portal.engine.release(portal.subject(portal.archive.photo), asked)
    page = portal.reader("clinician").open("/releases").get_data(as_text=True)
    return re.search(r'href="(/releases/[^"]+/published)"', page).group(1)


def publications(portal):
    return [event.payload for event in portal.events() if event.type is EventType.PUBLISHED]


@pytest.mark.parametrize("role", ["clinician", "medical-illustration", "caldicott-guardian"])
def test_who_published_it_and_who_watches_over_it_can_say_so(portal, left, role):
    reader = portal.reader(role)
    page = reader.send(left, where="A journal of radiology", told_on=today().isoformat()).get_data(as_text=True)
    assert "It is on record that this was published." in page
    assert "Published in A journal of radiology: cannot be recalled." in page
    assert f"The patient was told on {day(today())}." in page
    (made,) = publications(portal)
    assert (made.where, made.told_on) == ("A journal of radiology", today())


def test_nobody_marks_what_somebody_else_took(portal, left):
    trainer = portal.reader("trainer")
    trainer.open(left, expect=404)
    trainer.send(left, page=trainer.open("/account/password"), expect=404, where="Somewhere")
    assert publications(portal) == []


def test_the_place_is_needed_and_the_day_must_be_one_on_which_it_can_have_been(portal, left):
    clinician = portal.reader("clinician")
    assert "Enter where it was published." in clinician.send(left).get_data(as_text=True)
    for told_on in (today() + timedelta(days=1), today() - timedelta(days=1)):
        page = clinician.send(left, where="A book", told_on=told_on.isoformat()).get_data(as_text=True)
        assert "There is a problem" in page
        assert 'value="A book"' in page
    assert publications(portal) == []


def test_the_day_can_be_added_later_and_nothing_be_marked_twice(portal, left):
    clinician = portal.reader("clinician")
    page = clinician.send(left, where="A book").get_data(as_text=True)
    assert "The patient has not been told yet." in page
    clinician.send(left, where="A book", told_on=today().isoformat())
    again = clinician.send(left, where="A book", told_on=today().isoformat()).get_data(as_text=True)
    assert "already marked as published" in again
    assert [one.told_on for one in publications(portal)] == [None, today()]


def test_what_was_published_is_not_asked_back_but_told(portal, left):
    clinician, illustrator = portal.reader("clinician"), portal.reader("medical-illustration")
    clinician.send(left, where="A book", told_on=today().isoformat())
    page = illustrator.send(f"/studies/{portal.photo.key}/withdraw", **TAKEN_BACK).get_data(as_text=True)
    assert "Published: cannot be recalled" in page
    assert "What has been published cannot be called back." in page
    assert "Everybody who has a copy is asked" not in page
    assert "Nothing to delete." in clinician.open("/copies").get_data(as_text=True)


def test_a_recall_ends_when_the_copy_turns_out_to_be_published(portal, left):
    clinician, illustrator = portal.reader("clinician"), portal.reader("medical-illustration")
    illustrator.send(f"/studies/{portal.photo.key}/withdraw", **TAKEN_BACK)
    assert "Nothing to delete." not in clinician.open("/copies").get_data(as_text=True)
    clinician.send(left, where="A book")
    assert "Nothing to delete." in clinician.open("/copies").get_data(as_text=True)
    assert "No recalls." in illustrator.open("/recalls").get_data(as_text=True)


def test_what_left_says_which_copies_were_taken_back_and_what_came_of_it(portal, left):
    clinician, illustrator = portal.reader("clinician"), portal.reader("medical-illustration")
    assert "Taken back" not in clinician.open("/releases").get_data(as_text=True)
    illustrator.send(f"/studies/{portal.photo.key}/withdraw", **TAKEN_BACK)
    for address in ("/releases", f"/studies/{portal.photo.key}"):
        page = clinician.open(address).get_data(as_text=True)
        assert "Taken back: whoever has the copy has not yet said that it is deleted" in page
    copies = clinician.open("/copies")
    action = re.search(r'action="(/copies/[^"]+/deleted)"', copies.get_data(as_text=True)).group(1)
    clinician.send(action, page=copies, gone="y")
    page = clinician.open("/releases").get_data(as_text=True)
    assert f"Taken back: deleted, as clinician noted on {day(today())}" in page
