"""What was answered is recorded, binds whatever is asked next, and is told to whoever asked (W1, W4)."""

import re

import pytest

from consent_portal.ledger.events import EventType
from consent_portal.tasks import asks
from tests.support.clocks import today
from tests.support.portal import FAMILY


def no():
    """Return what is said of a no that was given today."""
    return {
        "right_patient": "y",
        "said_by": "patient",
        "requesting_clinician": "Dr Okafor",
        "said_on": today().isoformat(),
    }


@pytest.fixture
def ask(portal, archive):
    """Let somebody ask for a use; returns the question's address."""

    def ask(role="clinician", purpose="lecture", unusual="yes", study=archive.ct):
        request = portal.engine.request(role, role, purpose)
        request["attestations"] = {**request["attestations"], "unusual_finding": unusual}
        answer = portal.engine.ask(portal.subject(study), request)
        return answer, (answer.get("ask_url") or "").removeprefix(portal.home.url)

    return ask


def test_the_answer_was_no_denies_whatever_is_attested_next(portal, ask):
    answer, question = ask()
    assert answer["outcome"] == "ask"
    illustrator = portal.reader("medical-illustration")
    form = illustrator.open(f"{question}/no")
    ticked = re.findall(r'name="said_no_to" value="([a-z-]+)" checked', form.get_data(as_text=True))
    assert ticked == ["teaching"]
    page = illustrator.send(f"{question}/no", page=form, **no(), said_no_to=ticked, note="No lectures please")
    words = page.get_data(as_text=True)
    for told in ("Declined", "Consent refused", "Teaching, examination", "No lectures please"):
        assert told in words
    (event,) = portal.events()
    assert (event.type, event.payload.requesting_clinician) == (EventType.REFUSED, "Dr Okafor")
    again, _ = ask(unusual="no")
    assert again["outcome"] == "deny"
    assert ask(purpose="print", unusual="no")[0]["outcome"] == "permit"


def test_whoever_asked_is_told_that_the_export_goes_on_by_itself(portal, archive, said):
    request, subject = portal.engine.request("clinician", "clinician", "print"), portal.subject(archive.photo)
    job = "5f0c1f5e-0000-4000-8000-000000000001"
    assert portal.engine.ask(subject, request, job=job)["outcome"] == "ask"
    clinician = portal.reader("clinician")
    portal.reader("medical-illustration").send(f"/studies/{portal.photo.key}/record", **{**said, "level_print": "yes"})
    assert portal.engine.ask(subject, request, "check", job)["outcome"] == "permit"  # as the engine does by itself
    for place in ("/", "/asks"):
        page = clinician.open(place).get_data(as_text=True)
        assert f"/export/{job}" in page
        assert "goes on by itself" in page
        assert "Export now" not in page


def test_a_no_calls_back_what_had_left(portal, archive, ask):
    portal.engine.release(portal.subject(archive.ct), portal.engine.request("clinician", "clinician", "lecture"))
    _, question = ask()
    page = portal.reader("medical-illustration").send(f"{question}/no", **no(), said_no_to=["teaching"])
    assert "1 release to call back" in page.get_data(as_text=True)


def test_a_no_to_nothing_is_not_recorded_and_the_question_stays_open(portal, ask):
    _, question = ask()
    illustrator = portal.reader("medical-illustration")
    page = illustrator.send(f"{question}/no", **no()).get_data(as_text=True)
    assert 'href="#said_no_to"' in page
    assert portal.events() == []
    assert "Waiting for an answer" in illustrator.open(question).get_data(as_text=True)


def test_a_question_that_somebody_closed_meanwhile_takes_no_second_answer(portal, ask):
    _, question = ask()
    illustrator, other = portal.reader("medical-illustration"), portal.reader("medical-illustration")
    form = illustrator.open(f"{question}/no")
    other.send(question, outcome="not needed")
    late = illustrator.send(f"{question}/no", page=form, **no(), said_no_to=["teaching"]).get_data(as_text=True)
    assert "Nothing was recorded" in late
    assert portal.events() == []


def test_the_answer_was_yes_leads_to_the_form_with_just_that_answer(portal, archive, ask):
    _, question = ask(purpose="print", study=archive.photo)
    illustrator = portal.reader("medical-illustration")
    page = illustrator.open(question).get_data(as_text=True)
    form = re.search(r'href="(/studies/[^"]+/record\?question=[^"]+)"', page).group(1)
    chosen = re.findall(r'name="(level_\w+)" value="([a-z-]+)" checked', illustrator.open(form).get_data(as_text=True))
    assert chosen == [("level_print", "yes")]


def test_no_answer_records_nothing_and_the_next_request_asks_again_and_says_so(portal, ask):
    _, question = ask()
    illustrator = portal.reader("medical-illustration")
    illustrator.send(question, outcome="no answer", note="Moved abroad")
    assert portal.events() == []
    answer, again = ask()
    assert (answer["outcome"], again == question) == ("ask", False)
    page = illustrator.open(again).get_data(as_text=True)
    assert "Asked before" in page
    assert "No answer" in page


def test_whoever_asked_finds_the_answer_on_their_first_page_until_they_have_seen_it(portal, archive, ask, said):
    _, question = ask(purpose="print", study=archive.photo)
    clinician = portal.reader("clinician")
    assert "Answered since you asked" not in clinician.open("/").get_data(as_text=True)
    illustrator = portal.reader("medical-illustration")
    illustrator.send(f"/studies/{portal.photo.key}/record", **{**said, "level_print": "yes"})
    assert "Answered since you asked" not in illustrator.open("/").get_data(as_text=True)
    for place in ("/", "/asks"):
        page = clinician.open(place).get_data(as_text=True)
        assert "Answered since you asked" in page
        assert f"/export/new/{archive.photo}?purpose=print&amp;recipient=self" in page
    home = clinician.open("/")
    portal.reader("trainer").send(f"{question}/seen", page=home, expect=400, follow=False)
    clinician.send(f"{question}/seen", page=home)
    assert "Answered since you asked" not in clinician.open("/").get_data(as_text=True)
    assert "What was recorded" in clinician.open(question).get_data(as_text=True)


def test_a_trainer_is_told_without_a_name_and_a_no_offers_no_export(portal, ask):
    _, question = ask(role="trainer", purpose="exam")
    illustrator = portal.reader("medical-illustration")
    illustrator.send(f"{question}/no", **no(), said_no_to=["teaching"])
    trainer = portal.reader("trainer")
    for place in ("/", question):
        page = trainer.open(place).get_data(as_text=True)
        assert "Declined" in page
        assert FAMILY not in page.upper()
        assert "/export/new/" not in page


def test_what_was_recorded_names_nobody_to_whoever_asked(portal, archive, ask, said):
    _, question = ask(role="trainer", purpose="exam", study=archive.photo)
    illustrator, address = portal.reader("medical-illustration"), f"/studies/{portal.photo.key}"
    illustrator.send(f"{address}/record", **{**said, "level_teaching": "not-chosen"})
    now = {"right_patient": "y", "said_on": today().isoformat()}
    unable = {**now, "answer": "no", "assessor": "Dr Li", "decision": "Teaching", "scope": "patient"}
    illustrator.send(f"{address}/entries/capacity", **unable)
    deputy = {**now, "name": "Sue Hall", "authority": "deputy", "evidence": "Court order 12"}
    illustrator.send(f"{address}/entries/representative", **deputy)
    with portal.parts.database.writing() as session:
        row = asks.get(session, question.rsplit("/", 1)[1])
        asks.close(session, row.id, "agreed", "illustrator", recorded=tuple(event.id for event in portal.events()))
    page = portal.reader("trainer").open(question).get_data(as_text=True)
    assert "Representative added" in page
    assert "Sue Hall" not in page
