"""A recall reaches whoever has the copy, and becomes a breach when nobody says that the copy is gone (R19, R56, C1)."""

import re
from datetime import timedelta
from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from consent_portal.ledger.events import EventType
from consent_portal.web.frame.templating import day
from tests.support.clocks import today
from tests.support.portal import FAMILY
from tests.support.recalls import TAKEN_BACK, age_recalls, register_outside


@pytest.fixture
def illustrator(portal):
    return portal.reader("medical-illustration")


@pytest.fixture
def released(portal, illustrator, said):
    """Return a function that lets the photograph leave for somebody."""
    illustrator.send(f"/studies/{portal.photo.key}/record", **said)

    def release(user="clinician", recipient="self", job="0b5f3c1e-0000-4000-8000-000000000001"):
        asked = portal.engine.request(user, user, "teaching", recipient)
        portal.engine.release(portal.subject(portal.archive.photo), asked, job=job)

    return release


def withdraw(portal, reader):
    return reader.send(f"/studies/{portal.photo.key}/withdraw", **TAKEN_BACK).get_data(as_text=True)


def kinds(portal):
    return [event.type for event in portal.events()]


def deletions(page):
    return re.findall(r'action="(/copies/[^"]+/deleted)"', page)


@pytest.mark.parametrize("role", ["clinician", "trainer"])
def test_who_has_the_copy_finds_it_on_their_own_first_page_and_says_that_it_is_deleted(
    portal, illustrator, released, role
):
    released(role)
    withdraw(portal, illustrator)
    holder = portal.reader(role)
    home = holder.open("/").get_data(as_text=True)
    assert "A patient took back a copy that you have" in home
    assert day(today() + timedelta(days=14)) in home
    page = holder.open("/copies")
    text = page.get_data(as_text=True)
    assert "release-0b5f3c1e-0000-4000-8000-000000000001.zip" in text
    assert FAMILY not in text
    (action,) = deletions(text)
    done = holder.send(action, page=page, gone="y", note="Gave it to nobody").get_data(as_text=True)
    assert "you have deleted this copy" in done
    assert "Nothing to delete." in done
    last = portal.events()[-1]
    assert (last.type, last.recorded_by, last.payload.note) == (EventType.RECALL_CONFIRMED, role, "Gave it to nobody")
    assert "No recalls." in illustrator.open("/recalls").get_data(as_text=True)


def test_nobody_confirms_without_saying_that_every_copy_is_gone(portal, illustrator, released):
    released()
    withdraw(portal, illustrator)
    clinician = portal.reader("clinician")
    page = clinician.open("/copies")
    (action,) = deletions(page.get_data(as_text=True))
    again = clinician.send(action, page=page, note="soon").get_data(as_text=True)
    assert "There is a problem" in again
    assert 'value="soon"' in again
    assert EventType.RECALL_CONFIRMED not in kinds(portal)


def test_nobody_confirms_the_copy_of_somebody_else(portal, illustrator, released):
    released()
    withdraw(portal, illustrator)
    (action,) = deletions(portal.reader("clinician").open("/copies").get_data(as_text=True))
    trainer = portal.reader("trainer")
    assert "Nothing to delete." in trainer.open("/copies").get_data(as_text=True)
    trainer.send(action, page=trainer.open("/account/password"), expect=404, gone="y")
    assert EventType.RECALL_CONFIRMED not in kinds(portal)


def test_a_second_confirmation_is_told_and_writes_nothing(portal, illustrator, released):
    released()
    withdraw(portal, illustrator)
    clinician = portal.reader("clinician")
    page, other_tab = clinician.open("/copies"), clinician.open("/copies")
    (action,) = deletions(page.get_data(as_text=True))
    clinician.send(action, page=page, gone="y")
    assert "confirmed as deleted already" in clinician.send(action, page=other_tab, gone="y").get_data(as_text=True)
    assert kinds(portal).count(EventType.RECALL_CONFIRMED) == 1


def test_medical_illustration_and_the_guardian_see_who_has_it_since_when_and_until_when(portal, illustrator, released):
    released()
    withdraw(portal, illustrator)
    age_recalls(portal.parts.database, 3)
    for reader in (illustrator, portal.reader("caldicott-guardian")):
        page = reader.open("/recalls").get_data(as_text=True)
        for words in ("clinician (Clinician)", "3 days", day(today() + timedelta(days=11)), "own list"):
            assert words in page
        assert "the requester" not in page
        assert "Overdue" not in page


def test_the_overdue_come_first(portal, illustrator, released):
    released()
    withdraw(portal, illustrator)
    age_recalls(portal.parts.database, 15)
    illustrator.send(f"/studies/{portal.photo.key}/record", **{**SAID_AGAIN, "discussed_on": today().isoformat()})
    released("trainer", job="0b5f3c1e-0000-4000-8000-000000000002")
    withdraw(portal, illustrator)
    page = illustrator.open("/recalls").get_data(as_text=True)
    assert page.index("clinician (Clinician)") < page.index("trainer (Trainer)")
    assert page.count("Overdue") == 1


SAID_AGAIN = {
    "right_patient": "y", "level_record": "yes", "level_teaching": "yes", "level_print": "not-chosen",
    "level_internet": "no", "requesting_clinician": "Dr Okafor", "grantor": "patient", "capacity": "yes",
    "manner": "written", "scope": "study", "form_version": "CF-7", "leaflet_version": "other", "leaflet_other": "L-3",
}  # fmt: skip


@pytest.fixture
def outside(portal, illustrator, released):
    """A copy that a university has, and that was taken back; returns the address of the letter."""
    register_outside(portal.parts.database)
    released(recipient="city-university")
    withdraw(portal, illustrator)
    page = illustrator.open("/recalls").get_data(as_text=True)
    assert "City University, School of Radiography" in page
    return re.search(r'href="(/recalls/[^"]+/letter.pdf)"', page).group(1)


def text_of(pdf):
    opened = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in opened).split())
    finally:
        opened.close()


def test_a_recipient_outside_gets_a_letter_that_names_the_release_and_nothing_of_the_patient(
    portal, illustrator, outside
):
    answer = illustrator.open(outside)
    assert answer.mimetype == "application/pdf"
    said = text_of(answer.data)
    for words in (
        "Dr Jo Example", "Belfast BT1 1AA", "0b5f3c1e-0000-4000-8000-000000000001", day(today()),
        day(today() + timedelta(days=14)), "24 objects", "Reply slip", "extension 1234", "Riverside Hospitals",
    ):  # fmt: skip
        assert words in said
    photo = portal.photo
    for secret in (FAMILY, "BRENDAN", photo.study_uid, photo.facts.accession, photo.patient.id, "1988", "forearm"):
        assert secret.lower() not in said.lower()
    with pikepdf.open(BytesIO(answer.data)) as made:
        assert made.Root.MarkInfo.Marked
        assert str(made.Root.Lang) == "en-GB"


def test_a_letter_is_for_recipients_outside_and_only_while_the_recall_waits(portal, illustrator, released, outside):
    page = illustrator.open("/recalls")
    action = re.search(r'action="(/recalls/[^"]+)"', page.get_data(as_text=True)).group(1)
    sent = illustrator.send(action, page=page, status="sent").get_data(as_text=True)
    assert "Sent, waiting for the answer" in sent
    illustrator.open(outside)
    illustrator.send(action, page=illustrator.open("/recalls"), status="confirmed", note="Slip came back")
    illustrator.open(outside, expect=404)


def test_the_holder_on_the_spot_has_no_letter(portal, illustrator, released):
    released()
    withdraw(portal, illustrator)
    page = illustrator.open("/recalls").get_data(as_text=True)
    assert "letter.pdf" not in page
    recall = re.search(r'action="(/recalls/[^"]+)"', page).group(1)
    illustrator.open(f"{recall}/letter.pdf", expect=404)


def overdue(portal, illustrator, released):
    released()
    withdraw(portal, illustrator)
    age_recalls(portal.parts.database, 15)


def test_a_recall_that_is_overdue_is_one_breach_however_often_it_is_looked_at(portal, illustrator, released):
    overdue(portal, illustrator, released)
    for address in ("/recalls", "/breaches", "/recalls", "/breaches"):
        illustrator.open(address)
    assert kinds(portal).count(EventType.BREACH_OPENED) == 1
    opened = portal.events()[-1]
    assert opened.recorded_by == "system"
    assert opened.patient_key == portal.photo.patient_key
    page = portal.reader("caldicott-guardian").open("/breaches").get_data(as_text=True)
    for words in (f"not confirmed as deleted by {day(today() - timedelta(days=1))}", "clinician", day(today())):
        assert words in page


def test_a_recall_on_its_last_day_is_no_breach(portal, illustrator, released):
    released()
    withdraw(portal, illustrator)
    age_recalls(portal.parts.database, 14)
    illustrator.open("/breaches")
    assert EventType.BREACH_OPENED not in kinds(portal)


def breach_of(page):
    return re.search(r'href="(/breaches/[0-9a-f-]{36})"', page.get_data(as_text=True)).group(1)


def test_what_is_done_about_a_breach_is_noted_and_it_is_closed_with_a_reason(portal, illustrator, released):
    overdue(portal, illustrator, released)
    guardian = portal.reader("caldicott-guardian")
    breach = breach_of(guardian.open("/breaches"))
    assert "Enter what was done." in guardian.send(f"{breach}/note", page=guardian.open(breach)).get_data(as_text=True)
    guardian.send(
        f"{breach}/note", page=guardian.open(breach), done="Told the SIRO and the data protection officer",
        on=today().isoformat(),
    )  # fmt: skip
    assert "Enter the reason." in guardian.send(f"{breach}/close", page=guardian.open(breach)).get_data(as_text=True)
    form, other_tab = guardian.open(breach), guardian.open(breach)
    closed = guardian.send(f"{breach}/close", page=form, reason="The laptop was wiped").get_data(as_text=True)
    for words in ("Told the SIRO", "The laptop was wiped", "Closed", "the portal, since the recall is overdue"):
        assert words in closed
    late = guardian.send(f"{breach}/note", page=other_tab, done="Too late", on=today().isoformat())
    assert "This breach is closed" in late.get_data(as_text=True)
    assert kinds(portal)[-3:] == [EventType.BREACH_OPENED, EventType.BREACH_NOTED, EventType.BREACH_CLOSED]
    history = guardian.open(f"/studies/{portal.photo.key}").get_data(as_text=True)
    assert "Breach recorded" in history
    illustrator.open("/recalls")
    assert kinds(portal).count(EventType.BREACH_OPENED) == 1


def test_a_breach_that_somebody_found_is_recorded_by_hand(portal, illustrator, released):
    tomorrow = (today() + timedelta(days=1)).isoformat()
    refused = illustrator.send("/breaches/new", found_on=tomorrow).get_data(as_text=True)
    assert "Enter what happened." in refused
    assert "must be today or in the past" in refused
    page = illustrator.send(
        "/breaches/new",
        what="A memory stick was left in a lecture hall",
        holder="not known",
        found_on=today().isoformat(),
    ).get_data(as_text=True)
    assert "A memory stick was left in a lecture hall" in page
    assert portal.events()[-1].patient_key == ""


def test_a_breach_about_a_release_stands_in_that_patient_s_history(portal, illustrator, released):
    released()
    left = portal.events()[-1]
    address = f"/breaches/new?release={left.id}"
    assert address in illustrator.open("/releases").get_data(as_text=True)
    illustrator.send(address, what="Found on a public website", found_on=today().isoformat())
    opened = portal.events()[-1]
    assert (opened.type, opened.supersedes, opened.patient_key) == (
        EventType.BREACH_OPENED, left.id, portal.photo.patient_key,
    )  # fmt: skip
    illustrator.open("/breaches/new?release=nonsense", expect=404)


def test_a_withdrawal_of_what_is_held_takes_the_review_off_the_list_and_cannot_be_approved(portal, illustrator, said):
    illustrator.send(f"/studies/{portal.photo.key}/record", **{**said, "level_internet": "yes"})
    asked = portal.engine.request("clinician", "clinician", "internet")
    portal.engine.ask(portal.subject(portal.archive.photo), asked, job="job-held")
    guardian = portal.reader("caldicott-guardian")
    before = guardian.open("/reviews").get_data(as_text=True)
    review = re.search(r'href="(/reviews/[^"]+)"', before).group(1)
    form = guardian.open(review)
    assert "Waiting for a decision" in before
    withdraw(portal, illustrator)
    listed = guardian.open("/reviews").get_data(as_text=True)
    assert "Nothing is held." in listed
    assert "Called back before anybody approved it" in listed
    late = guardian.send(review, page=form, outcome="approve", password=guardian.password).get_data(as_text=True)
    assert "Not approved: this was called back meanwhile" in late
    assert "withdrew" in late
    assert "It can now be handed over" not in late
    illustrator.send(f"/studies/{portal.photo.key}/record", **{**SAID_AGAIN, "level_internet": "yes",
                     "discussed_on": today().isoformat()})  # fmt: skip
    assert "Nothing is held." in guardian.open("/reviews").get_data(as_text=True)
