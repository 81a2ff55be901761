"""The patient reads, answers and signs on a tablet, in their own language; what they signed is kept as they saw it."""

import base64
import hashlib
import re
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from consent_portal.registers import studies as register
from consent_portal.tasks.tablets import SignedAnswerRow
from consent_portal.web.tablet.words import offered, words_in
from notices import languages
from tests.consent_portal.web.conftest import tokens_of
from tests.support.portal import FAMILY, NHS_NUMBER

BEFORE = {"right_patient": "y", "requesting_clinician": "Dr Okafor", "grantor": "patient", "capacity": "yes"}
ALL = {"teaching": "yes", "print": "no", "internet": "later"}
ADDRESS = re.compile(r'class="mono wrap">https?://[^/]+(/tablet/[^<]+)<')


def drawing():
    picture = Image.new("RGB", (300, 100), "white")
    ImageDraw.Draw(picture).line((10, 80, 150, 20, 290, 70), fill="black", width=4)
    held = BytesIO()
    picture.save(held, "PNG")
    return "data:image/png;base64," + base64.b64encode(held.getvalue()).decode()


def prepared(portal, language="en", **fields):
    """A staff member prepares a page; returns them, the page of the hand-over, and the address for the patient."""
    staff = portal.reader("clinician")
    page = staff.send(f"/studies/{portal.photo.key}/tablet", **BEFORE, language=language, **fields)
    return staff, page, ADDRESS.search(page.get_data(as_text=True)).group(1)


def opened(portal, address):
    """The patient's own device, where nobody is signed in."""
    browser = portal.app.test_client()
    return browser, browser.get(address)


def sent(portal, address, **fields):
    browser, page = opened(portal, address)
    return browser.post(address, data={**tokens_of(page), **fields}, follow_redirects=True)


def test_what_the_patient_answers_is_recorded_level_by_level(portal):
    staff, _, address = prepared(portal, "pl")
    page = sent(portal, address, **ALL, signature=drawing()).get_data(as_text=True)
    assert words_in("pl").phrases["thanks"] in page
    (event,) = portal.events()
    assert {str(level): str(said) for level, said in event.payload.levels.items()} == {
        "teaching": "accepted",
        "print": "declined",
        "internet": "not chosen",
    }
    assert (event.payload.language, event.payload.manner, event.recorded_by) == ("pl", "written", "clinician")
    assert portal.state(portal.photo, "internet") == "not chosen"
    shown = staff.open(f"/studies/{portal.photo.key}/signed/{event.id}").get_data(as_text=True)
    assert words_in("pl").headline in shown
    picture = staff.open(f"/studies/{portal.photo.key}/signed/{event.id}/signature.png")
    assert Image.open(BytesIO(picture.data)).size == (300, 100)


def test_the_checksum_in_the_ledger_is_of_what_was_signed_and_the_database_does_not_tell_it(portal):
    _, _, address = prepared(portal)
    sent(portal, address, **ALL, name="Anna Signatory")
    (event,) = portal.events()
    with portal.parts.database.reading() as session:
        sealed = session.get_one(SignedAnswerRow, event.id).sealed
    assert "Signatory" not in sealed
    with portal.app.app_context():
        from consent_portal.web.tablet.views import _sealing  # noqa: PLC0415

        shown = _sealing().open(sealed)
    assert hashlib.sha256(shown.encode()).hexdigest() == event.payload.scan_sha256


@pytest.mark.parametrize("language", sorted(languages()))
def test_the_page_speaks_each_language_names_nobody_and_chooses_nothing(portal, language):
    _, _, address = prepared(portal, language)
    page = opened(portal, address)[1].get_data(as_text=True)
    words = words_in(language)
    assert f'lang="{language}" dir="{words.direction}"' in page
    assert all(text in page for text in words.levels.values())
    assert " checked" not in page
    assert FAMILY not in page
    assert NHS_NUMBER not in page


def test_every_language_of_the_notices_has_the_same_words_for_the_tablet():
    assert set(offered()) == set(languages())
    keys = {language: set(words_in(language).phrases) for language in offered()}
    assert set(map(frozenset, keys.values())) == {frozenset(keys["en"])}


def test_an_answer_that_is_missing_is_asked_for_in_the_patients_language_and_nothing_is_recorded(portal):
    _, _, address = prepared(portal, "ar")
    page = sent(portal, address, teaching="yes", print="no", name="A")
    assert words_in("ar").phrases["missing"] in page.get_data(as_text=True)
    unsigned = sent(portal, address, **ALL)
    assert words_in("ar").phrases["unsigned"] in unsigned.get_data(as_text=True)
    assert portal.events() == []


def test_a_page_is_answered_once(portal):
    _, _, address = prepared(portal)
    browser, page = opened(portal, address)
    fields = {**tokens_of(page), **ALL, "name": "A"}
    for _time in range(2):
        browser.post(address, data=fields, follow_redirects=True)
    assert len(portal.events()) == 1
    assert words_in("en").phrases["give_back"] in browser.get(address).get_data(as_text=True)


def test_a_page_that_was_closed_or_made_up_takes_no_answer(portal):
    staff, _, address = prepared(portal)
    browser, page = opened(portal, address)
    hand_over = staff.browser.get("/").request  # the staff member stays signed in beside the patient's page
    assert hand_over.path == "/"
    staff.send(f"/studies/{portal.photo.key}/tablet", **BEFORE, language="en")  # another page takes its place
    browser.post(address, data={**tokens_of(page), **ALL, "name": "A"})
    assert browser.get(address + "x").status_code == 404
    assert portal.events() == []


def test_what_one_person_signs_is_not_recorded_for_another_to_whom_the_study_was_given_meanwhile(portal):
    _, _, address = prepared(portal)
    subject = portal.parts.orthanc.study(portal.archive.photo)
    other = subject.patient.model_copy(update={"id": "HOSP-4711", "name": "OTHER^PERSON", "birth_date": "19900101"})
    with portal.parts.database.writing() as session:
        register.register(session, subject.model_copy(update={"patient": other}))
    page = sent(portal, address, **ALL, name="Anna").get_data(as_text=True)
    assert words_in("en").phrases["over"] in page
    assert portal.events() == []


def test_showing_the_page_on_the_same_device_signs_the_staff_member_out(portal):
    staff, page, _ = prepared(portal)
    here = re.search(r'action="([^"]+/here)"', page.get_data(as_text=True)).group(1)
    shown = staff.send(here, page=page)
    assert words_in("en").headline in shown.get_data(as_text=True)
    assert staff.browser.get("/").status_code == 302


def test_a_page_that_nobody_could_sign_is_not_handed_over(portal):
    staff = portal.reader("clinician")
    page = staff.send(f"/studies/{portal.photo.key}/tablet", **{**BEFORE, "capacity": "no", "language": "en"})
    assert "cannot agree to more than the record" in page.get_data(as_text=True)


def test_a_signature_that_is_no_picture_is_refused(portal):
    _, _, address = prepared(portal)
    for wrong in ("data:image/png;base64,AAAA", "data:text/html;base64,PGI+", "not base64"):
        page = sent(portal, address, **ALL, signature=wrong)
        assert "could not be read" in page.get_data(as_text=True)
    assert portal.events() == []
