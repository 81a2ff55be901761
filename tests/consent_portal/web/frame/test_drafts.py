"""What a person typed is not lost with the session, and is shown to nobody else."""

from consent_portal.web.frame.drafts import Draft
from tests.consent_portal.web.conftest import tokens_of


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
