"""A form that was open while the record moved overturns nothing: the change is shown, and asked again (L1)."""

import pytest

from tests.consent_portal.web.conftest import tokens_of

WITHDRAWN = {
    "right_patient": "y", "everything": "all", "told_by": "patient", "received": "by telephone",
    "told_on": "2026-06-05", "scope": "patient", "reason": "No reason given",
}  # fmt: skip


def _types(portal):
    return [str(event.type) for event in portal.events()]


def _opened(reader, address):
    return tokens_of(reader.browser.get(address))


@pytest.mark.parametrize("page", ["record", "amend"])
def test_a_form_that_was_open_does_not_overturn_a_withdrawal_made_meanwhile(portal, said, page):
    illustrator, clinician = portal.reader("medical-illustration"), portal.reader("clinician")
    study = f"/studies/{portal.photo.key}"
    illustrator.send(f"{study}/record", **said)
    open_form = {**_opened(illustrator, f"{study}/{page}"), **said, "level_print": "yes", "amend_reason": "asked again"}
    clinician.send(f"{study}/withdraw", **WITHDRAWN)
    answer = illustrator.browser.post(f"{study}/{page}", data=open_form).get_data(as_text=True)
    assert "has changed since this form was opened" in answer
    assert "Consent withdrawn" in answer.split("Recorded since this form was opened")[1].split("</section>")[0]
    assert "asked again" in answer or page == "record"
    assert _types(portal) == ["GIVEN", "WITHDRAWN"]
    assert portal.state(portal.photo, "teaching") == "withdrawn"


def test_after_the_change_was_shown_the_same_form_can_be_sent_with_what_was_typed(portal, said):
    illustrator, clinician = portal.reader("medical-illustration"), portal.reader("clinician")
    address = f"/studies/{portal.photo.key}/record"
    open_form = {**_opened(illustrator, address), **said}
    clinician.send(f"/studies/{portal.photo.key}/withdraw", **WITHDRAWN)
    shown = illustrator.browser.post(address, data=open_form)
    assert "Dr Okafor" in shown.get_data(as_text=True)
    illustrator.browser.post(address, data={**said, **tokens_of(shown)})
    assert _types(portal) == ["WITHDRAWN", "GIVEN"]


def test_a_withdrawal_is_never_held_up_by_what_was_recorded_meanwhile(portal, said):
    illustrator, clinician = portal.reader("medical-illustration"), portal.reader("clinician")
    open_form = {**_opened(clinician, f"/studies/{portal.photo.key}/withdraw"), **WITHDRAWN}
    illustrator.send(f"/studies/{portal.photo.key}/record", **said)
    clinician.browser.post(f"/studies/{portal.photo.key}/withdraw", data=open_form)
    assert _types(portal) == ["GIVEN", "WITHDRAWN"]


@pytest.mark.parametrize("made_up", ["", "-1", "x"])
def test_a_form_that_does_not_say_what_it_was_made_from_opens_nothing(portal, said, made_up):
    illustrator, address = portal.reader("medical-illustration"), f"/studies/{portal.photo.key}/record"
    form = {**_opened(illustrator, address), **said, "record_head": made_up}
    assert "has changed since this form" in illustrator.browser.post(address, data=form).get_data(as_text=True)
    assert portal.events() == []


def test_what_is_given_back_after_signing_in_still_says_what_it_was_made_from(portal, said):
    illustrator, clinician = portal.reader("medical-illustration"), portal.reader("clinician")
    address = f"/studies/{portal.photo.key}/record"
    form = {**_opened(illustrator, address), **said}
    illustrator.sign_out()
    illustrator.browser.post(address, data=form)
    clinician.send(f"/studies/{portal.photo.key}/withdraw", **WITHDRAWN)
    illustrator.sign_in()
    given_back = illustrator.browser.get(address)
    answer = illustrator.browser.post(address, data={**said, **tokens_of(given_back)})
    assert "has changed since this form" in answer.get_data(as_text=True)
    assert _types(portal) == ["WITHDRAWN"]


def test_a_form_that_was_made_for_one_patient_is_not_recorded_for_another(portal, said):
    illustrator, address = portal.reader("medical-illustration"), f"/studies/{portal.photo.key}/record"
    form = {**_opened(illustrator, address), **said}
    head, patient, version = form["record_head"].split(" ")
    for other in (f"{head} 00000000-0000-4000-8000-000000000000 {version}", f"{head} {patient} {int(version) + 1}"):
        token = tokens_of(illustrator.browser.get(address))["form_token"]
        answer = illustrator.browser.post(address, data={**form, "form_token": token, "record_head": other})
        assert "whose study this is, has changed" in answer.get_data(as_text=True)
    assert portal.events() == []
