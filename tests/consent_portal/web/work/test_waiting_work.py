"""Questions, held releases, what left: the work that waits, and the lists of what was done."""

import re

import pytest

from consent_portal.ledger.events import EventType


@pytest.fixture
def question(portal, archive):
    """A clinician wants the photograph in print; level 3 was never asked."""
    asked = portal.engine.request("clinician", "clinician", "print")
    answer = portal.engine.ask(portal.subject(archive.photo), asked)
    assert answer["outcome"] == "ask"
    return answer["ask_url"].removeprefix(portal.home.url)


def test_a_question_says_who_wants_what_why_and_whom_to_ask(portal, question):
    page = portal.reader("medical-illustration").open(question).get_data(as_text=True)
    for words in ("Publication in print", "clinician", "Grand round in June", "QUIRKLEBY, BRENDAN", "extension 1234"):
        assert words in page
    assert "Source:" in page
    assert "Record consent" in page


def test_recording_the_consent_that_was_asked_for_closes_the_question(portal, question, said):
    reader = portal.reader("medical-illustration")
    reader.send(f"/studies/{portal.photo.key}/record", **{**said, "level_print": "yes"})
    assert "Agreed" in portal.reader("clinician").open(question).get_data(as_text=True)
    assert "Nothing is waiting." in reader.open("/asks").get_data(as_text=True)


def test_a_declined_level_closes_the_question_with_a_no(portal, question, said):
    portal.reader("medical-illustration").send(f"/studies/{portal.photo.key}/record", **{**said, "level_print": "no"})
    assert "Declined" in portal.reader("clinician").open(question).get_data(as_text=True)


def test_recording_something_else_leaves_the_question_open(portal, question, said):
    reader = portal.reader("medical-illustration")
    reader.send(f"/studies/{portal.photo.key}/record", **said)
    assert "Waiting for an answer" in reader.open(question).get_data(as_text=True)


def test_a_question_can_be_closed_without_an_answer(portal, question):
    reader = portal.reader("medical-illustration")
    assert "Choose what came of the question." in reader.send(question).get_data(as_text=True)
    page, other_tab = reader.open(question), reader.open(question)
    reader.send(question, page=page, outcome="no answer", note="Moved abroad")
    assert "Moved abroad" in portal.reader("clinician").open(question).get_data(as_text=True)
    again = reader.send(question, page=other_tab, outcome="not needed").get_data(as_text=True)
    assert "Somebody else has closed this question" in again


def test_a_clinician_asks_for_amended_consent_and_follows_the_question(portal):
    reader = portal.reader("clinician")
    address = f"/studies/{portal.photo.key}/request"
    page = reader.send(address, purpose="print", reason="A chapter on scars").get_data(as_text=True)
    assert "The question is open." in page
    allowed = reader.send(address, purpose="direct-care", reason="Follow-up").get_data(as_text=True)
    assert "already permitted" in allowed
    denied = reader.send(address, purpose="research-capture", reason="A trial").get_data(as_text=True)
    assert "Asking cannot open this use" in denied


@pytest.fixture
def held(portal, archive):
    """A clinician's release to the internet, which owes a second reviewer; returns the review's address."""
    asked = portal.engine.request("clinician", "clinician", "internet")
    answer = portal.engine.ask(portal.subject(archive.ct), asked, job="job-held")
    assert (answer["outcome"], answer["review"]) == ("permit", "pending")
    page = portal.reader("caldicott-guardian").open("/reviews").get_data(as_text=True)
    return re.search(r'href="(/reviews/[^"]+)"', page).group(1)


def _asked_again(portal, archive):
    asked = portal.engine.request("clinician", "clinician", "internet")
    return portal.engine.ask(portal.subject(archive.ct), asked, intent="hand-over", job="job-held")


def test_a_second_person_approves_with_the_password_and_the_release_may_go(portal, archive, held):
    guardian = portal.reader("caldicott-guardian")
    assert _asked_again(portal, archive)["outcome"] == "ask"
    guardian.send(held, outcome="approve", password=guardian.password)
    assert _asked_again(portal, archive)["outcome"] == "permit"


def test_who_decides_after_somebody_else_is_told_that_it_was_not_recorded(portal, archive, held):
    guardian, other = portal.reader("caldicott-guardian"), portal.reader("medical-illustration")
    form = other.open(held)
    guardian.send(held, outcome="approve", password=guardian.password)
    late = other.send(held, page=form, outcome="refuse", note="A ring", password=other.password).get_data(as_text=True)
    assert "This review is already approved" in late
    assert _asked_again(portal, archive)["outcome"] == "permit"


def test_a_refusal_needs_a_reason_and_stops_the_release(portal, archive, held):
    guardian = portal.reader("caldicott-guardian")
    page = guardian.send(held, outcome="refuse", password=guardian.password).get_data(as_text=True)
    assert "Enter the reason for refusing" in page
    guardian.send(held, outcome="refuse", note="The ring can be recognised", password=guardian.password)
    assert _asked_again(portal, archive)["outcome"] == "deny"


@pytest.mark.parametrize("password", ["", "certainly-not-the-password"])
def test_without_the_right_password_nothing_is_decided(portal, archive, held, password):
    guardian = portal.reader("caldicott-guardian")
    page = guardian.send(held, outcome="approve", password=password).get_data(as_text=True)
    assert "There is a problem" in page
    assert _asked_again(portal, archive)["outcome"] == "ask"


def test_the_password_cannot_be_guessed_at_a_held_release(portal, held):
    guardian = portal.reader("caldicott-guardian")
    for _ in range(5):
        guardian.send(held, outcome="approve", password="certainly-not-the-password")
    guardian.send(held, expect=429, outcome="approve", password=guardian.password)


def test_nobody_approves_their_own_release(portal, archive, held):
    clinician = portal.reader("clinician")
    page = clinician.open(held)
    assert "This is your own request" in page.get_data(as_text=True)
    other_form = clinician.open("/account/password")
    answer = clinician.send(held, page=other_form, outcome="approve", password=clinician.password).get_data(
        as_text=True
    )
    assert "another person must review it" in answer or "This is your own request" in answer
    assert _asked_again(portal, archive)["outcome"] == "ask"


def test_everything_that_left_is_listed_with_its_rule_and_can_be_narrowed(portal, archive):
    for user, purpose in (("clinician", "lecture"), ("trainer", "exam")):
        portal.engine.release(portal.subject(archive.ct), portal.engine.request(user, user, purpose))
    guardian = portal.reader("caldicott-guardian")
    page = guardian.open("/releases").get_data(as_text=True)
    said = ("2 releases", "Lecture or conference", "Examination", "Row 8 of the policy", "24 objects", "2 held back")
    for words in said:
        assert words in page
    assert "1 release<" in guardian.open("/releases?purpose=exam").get_data(as_text=True)
    assert "1 release<" in guardian.open("/releases?sender=train").get_data(as_text=True)
    assert "0 releases" in guardian.open("/releases?to_date=2020-01-01").get_data(as_text=True)
    assert "1 release<" in portal.reader("clinician").open("/releases").get_data(as_text=True)
    study = guardian.open(f"/studies/{portal.ct.key}").get_data(as_text=True)
    assert study.count("A copy left") == 2


def test_the_patient_s_print_out_lists_every_release(portal, archive):
    for purpose in ("lecture", "exam", "teaching"):
        portal.engine.release(portal.subject(archive.ct), portal.engine.request("clinician", "clinician", purpose))
    guardian = portal.reader("caldicott-guardian")
    page = guardian.open(f"/patients/{portal.ct.patient_key}/releases").get_data(as_text=True)
    assert "3 copies have been released" in page
    assert "extension 1234" in page


def test_the_ledger_is_checked_and_a_forged_line_is_found(portal, said):
    portal.reader("medical-illustration").send(f"/studies/{portal.photo.key}/record", **said)
    guardian = portal.reader("caldicott-guardian")
    assert "The ledger is whole" in guardian.send("/ledger").get_data(as_text=True)
    with portal.parts.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_event_no_update")
        connection.exec_driver_sql("UPDATE ledger_event SET payload = replace(payload, 'declined', 'accepted')")
    page = guardian.send("/ledger").get_data(as_text=True)
    assert "The ledger is not whole" in page
    assert f"number {portal.events()[0].seq}" in page


def test_the_guardian_s_signature_needs_the_password_and_is_in_the_ledger(portal):
    settings = portal.home.settings_file
    settings.write_text(settings.read_text() + "\n[site.switches]\nconsented_images_may_stay_identifiable = true\n")
    changed = type(portal)(portal.home, portal.archive)
    guardian = changed.reader("caldicott-guardian")
    assert "Waits for a signature" in guardian.open("/policy").get_data(as_text=True)
    guardian.send("/policy", read="y", password="certainly-not-the-password")
    assert changed.events() == []
    guardian.send("/policy", read="y", password=guardian.password)
    assert [event.type for event in changed.events()] == [EventType.POLICY_SIGNED]
    assert "In force" in guardian.open("/policy").get_data(as_text=True)
    changed.parts.database.close()


def test_a_question_leads_to_the_first_record_or_to_its_amendment(portal, archive, said):
    asked = portal.engine.ask(portal.subject(archive.photo), portal.engine.request("clinician", "clinician", "print"))
    illustrator, page = portal.reader("medical-illustration"), asked["ask_url"].removeprefix(portal.home.url)
    record, amend = (f'href="/studies/{portal.photo.key}/{step}?question=' for step in ("record", "amend"))
    before = illustrator.open(page).get_data(as_text=True)
    assert (record in before, amend in before) == (True, False)
    illustrator.send(f"/studies/{portal.photo.key}/record", **said)
    after = illustrator.open(page).get_data(as_text=True)
    assert (record in after, amend in after) == (False, True)
