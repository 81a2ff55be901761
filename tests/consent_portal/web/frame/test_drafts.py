"""What a person typed is not lost with the session, and is shown to nobody else."""

import pytest
from sqlalchemy import update

from consent_portal.services.users.browsers import WebSession
from consent_portal.web.frame.drafts import Draft
from tests.consent_portal.web.conftest import tokens_of

LONG_AGO = "2020-01-01T00:00:00.000000+00:00"


def _typed_too_late(portal, said, role="medical-illustration"):
    reader, address = portal.reader(role), f"/studies/{portal.photo.key}/record"
    form = {**tokens_of(reader.browser.get(address)), **said, "requesting_clinician": "Dr Lateword"}
    reader.sign_out()
    reader.browser.post(address, data=form)
    return reader, address, form


def _drafts(portal):
    with portal.parts.database.reading() as session:
        return session.query(Draft).all()


def test_a_form_that_outlived_its_session_is_given_back_after_signing_in(portal, said):
    reader, address, _ = _typed_too_late(portal, said)
    assert portal.events() == []
    reader.sign_in()
    page = reader.open(address).get_data(as_text=True)
    assert "Dr Lateword" in page
    assert "Nothing of it is recorded yet" in page
    assert 'name="right_patient" value="y" checked' not in page
    reader.send(address, **said)
    assert [str(event.type) for event in portal.events()] == ["GIVEN"]
    assert _drafts(portal) == []
    assert "Dr Lateword" not in reader.open(address).get_data(as_text=True)


def test_a_form_of_an_earlier_session_is_given_back_to_the_same_person_in_the_new_one(portal, said):
    reader, address = portal.reader("medical-illustration"), f"/studies/{portal.photo.key}/record"
    form = {**tokens_of(reader.browser.get(address)), **said, "requesting_clinician": "Dr Lateword"}
    reader.sign_out()
    reader.sign_in()
    page = reader.browser.post(address, data=form, follow_redirects=True).get_data(as_text=True)
    assert "Dr Lateword" in page
    assert portal.events() == []


def test_what_was_typed_is_never_shown_to_another(portal, said):
    _, address, form = _typed_too_late(portal, said)
    other = portal.reader("caldicott-guardian")
    for page in (address, "/"):
        assert "Dr Lateword" not in other.browser.get(page, follow_redirects=True).get_data(as_text=True)
    other.browser.post(address, data={**tokens_of(other.browser.get("/account/password")), **form})
    assert "Dr Lateword" not in other.browser.get(address, follow_redirects=True).get_data(as_text=True)


def test_the_form_can_be_begun_empty_and_the_database_does_not_tell_what_was_typed(portal, said):
    reader, address, _ = _typed_too_late(portal, said)
    reader.sign_in()
    assert "Dr Lateword" not in reader.open(f"{address}?anew=1").get_data(as_text=True)
    assert len(_drafts(portal)) == 1
    assert "Lateword" not in _drafts(portal)[0].sealed


def test_a_password_that_was_typed_is_not_kept(portal):
    reader = portal.reader("clinician")
    secret = {"present_password": "x", "new_password": "secret-secret-99"}
    form = {**tokens_of(reader.browser.get("/account/password")), **secret}
    reader.sign_out()
    reader.browser.post("/account/password", data=form)
    reader.sign_in()
    assert "secret-secret-99" not in reader.open("/account/password").get_data(as_text=True)
    assert all(text not in draft.sealed for draft in _drafts(portal) for text in ("secret", "present_password"))


def _of_study(page):
    return lambda portal: f"/studies/{portal.photo.key}/{page}"


def _of_question(portal):
    asked = portal.engine.request("clinician", "clinician", "lecture")
    asked["attestations"] = {**asked["attestations"], "unusual_finding": "yes"}
    question = portal.engine.ask(portal.subject(portal.archive.photo), asked)["ask_url"]
    return f"{question.removeprefix(portal.home.url)}/no"


LONG_FORMS = {
    "consent": (_of_study("record"), "conditions"),
    "amendment": (_of_study("amend"), "amend_reason"),
    "withdrawal": (_of_study("withdraw"), "reason"),
    "objection": (_of_study("entries/objection"), "reason"),
    "signed form": (_of_study("entries/signed-form"), "form_version"),
    "no to a question": (_of_question, "reason"),
    "tablet": (_of_study("tablet"), "interpreter"),
}


def _idle(portal, _reader):
    _age(portal, seen_at=LONG_AGO)


def _too_old(portal, _reader):
    _age(portal, started_at=LONG_AGO)


def _closed_browser(_portal, reader):
    """What the browser brings up again has its fields, and no cookie of the session that was."""
    reader.browser.delete_cookie("aoa_portal")


def _age(portal, **values):
    with portal.parts.database.writing() as session:
        session.execute(update(WebSession).values(**values))


@pytest.mark.parametrize("form", LONG_FORMS)
def test_every_long_form_is_given_back_however_its_session_ended(portal, said, form):
    address_of, field = LONG_FORMS[form]
    reader = portal.reader("medical-illustration")
    if form in {"amendment", "signed form"}:
        reader.send(f"/studies/{portal.photo.key}/record", **said)
    address, before = address_of(portal), len(portal.events())
    for number, end in enumerate((_idle, _too_old, _closed_browser)):
        typed = {**tokens_of(reader.browser.get(f"{address}?anew=1")), field: f"Lateword {number}"}
        end(portal, reader)
        late = reader.browser.post(address, data=typed)
        assert late.status_code in {302, 400, 401}
        reader.sign_in()
        assert f"Lateword {number}" in reader.open(address).get_data(as_text=True), end.__name__
    assert len(portal.events()) == before
