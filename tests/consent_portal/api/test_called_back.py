"""`POST /api/v1/jobs/called-back`: whatever closes a use calls back what waits for it (R19, R29, policy rule 7)."""

import uuid
from dataclasses import replace

import pytest

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.levels import Level
from consent_portal.ledger.rows import DecisionRow
from consent_portal.registers import approvals, studies
from consent_portal.services import consent as commands
from consent_portal.services.target import Target
from consent_portal.tasks import asks, reviews
from tests.consent_portal.api.test_decisions import fresh
from tests.support.api import PHOTO, a_decision_request
from tests.support.consent import given


def called_back(engine, *jobs, since=None):
    answer = engine.post("jobs/called-back", {"contract": 1, "jobs": list(jobs), "since": since})
    return answer["head"], {one["job"]: one["reasons"] for one in answer["called_back"]}


@pytest.fixture
def photo(illustrator):
    subject = fresh((PHOTO,))
    illustrator.records(subject, "record,teaching,print")
    return subject


def waiting(engine, subject, purpose="teaching"):
    body = a_decision_request(purpose, subject)
    assert engine.ask(body)["outcome"] == "permit"
    return body["job"]


def act(database, subject, what):
    with database.writing() as session:
        study = studies.by_uid(session, subject["study_uid"])
        return what(session, Target.study(study.patient_key, study.study_uid))


CLOSING = {
    "a withdrawal": lambda session, target: commands.withdraw(session, target, p.Withdrawn(), "illustrator"),
    "a refusal": lambda session, target: commands.refuse(session, target, p.Refused(levels=(Level.TEACHING,)), "x"),
    "an objection": lambda session, target: commands.object_to(session, target, p.Objection(), "x"),
    "an amendment that says no": lambda session, target: commands.amend(session, target, given("", "teaching"), "x"),
    "a record entered in error": lambda session, target: commands.invalidate(
        session, store.events_about(session, target.patient_key)[0].id, "another patient", "x"
    ),
}


@pytest.mark.parametrize("how", CLOSING)
def test_whatever_closes_the_use_calls_the_waiting_job_back(engine, database, photo, how):
    job = waiting(engine, photo)
    assert called_back(engine, job)[1] == {}
    act(database, photo, CLOSING[how])
    assert called_back(engine, job)[1][job]


def test_other_jobs_stay_as_they_are(engine, illustrator, photo):
    ours, other = waiting(engine, photo), waiting(engine, fresh())
    illustrator.withdraws(photo)
    assert list(called_back(engine, ours, other, str(uuid.uuid4()))[1]) == [ours]


def test_direct_care_is_never_called_back(engine, illustrator, photo):
    job = waiting(engine, photo, "direct-care")
    illustrator.withdraws(photo)
    assert called_back(engine, job)[1] == {}


def test_a_job_of_a_use_that_still_stands_is_not_called_back(engine, illustrator, photo):
    job = waiting(engine, photo)
    illustrator.withdraws(photo, "internet")
    assert called_back(engine, job)[1] == {}


def test_nothing_is_decided_again_for_an_engine_that_knows_the_head(engine, illustrator, photo):
    job = waiting(engine, photo)
    head, _ = called_back(engine, job)
    assert called_back(engine, job, since=head) == (head, {})
    illustrator.withdraws(photo)
    later, found = called_back(engine, job, since=head)
    assert later > head
    assert job in found


def test_a_head_from_a_ledger_that_was_longer_is_not_believed(engine, illustrator, photo):
    job = waiting(engine, photo)
    illustrator.withdraws(photo)
    assert job in called_back(engine, job, since=10**9)[1]


def decisions_about(database, job):
    with database.reading() as session:
        rows = session.query(DecisionRow).filter(DecisionRow.job == job).order_by(DecisionRow.decided_at)
        return [(row.intent, row.outcome) for row in rows]


def test_what_was_called_back_is_written_down_once(engine, database, illustrator, photo):
    job = waiting(engine, photo)
    illustrator.withdraws(photo)
    for _again in range(3):
        called_back(engine, job)
    assert decisions_about(database, job) == [("export", "permit"), ("check", "deny")]


def test_being_called_back_opens_no_question(engine, database, photo):
    job = waiting(engine, photo)
    act(database, photo, CLOSING["a record entered in error"])
    called_back(engine, job)
    with database.reading() as session:
        study = studies.by_uid(session, photo["study_uid"])
        assert not [ask for ask in asks.waiting(session) if study.key in ask.studies]


def test_a_register_entry_that_has_ended_calls_back_what_rested_on_it(engine, database):
    entry = approvals.Entry("REC-9", "Ethics", approvals.Ethics(decision="approved", reference="REC-9"))
    with database.writing() as session:
        approvals.save(session, entry, "admin")
    body = a_decision_request("research", fresh(), context={"ethics": "REC-9"})
    assert engine.ask(body)["outcome"] == "permit"
    assert called_back(engine, body["job"])[1] == {}
    with database.writing() as session:
        approvals.save(session, replace(entry, closed=True), "admin")
    assert "ethics" in called_back(engine, body["job"])[1][body["job"]][0]["text"]


def test_the_review_of_what_was_called_back_leaves_the_list_with_the_reason(engine, database, illustrator, photo):
    job = waiting(engine, photo, "print")
    illustrator.withdraws(photo)
    called_back(engine, job)
    with database.reading() as session:
        assert job not in [review.job for review in reviews.waiting(session)]
        closed = next(review for review in reviews.decided(session) if review.job == job)
    assert closed.status == "overtaken"
    assert "withdrew" in closed.note


def test_consent_that_is_given_again_does_not_revive_what_was_called_back(engine, illustrator, photo):
    body = a_decision_request("print", photo)
    engine.ask(body)
    illustrator.withdraws(photo)
    called_back(engine, body["job"])
    illustrator.records(photo, "record,print", discussed_on=local_day(utc_now()))
    again = engine.ask(body, "check")
    assert (again["outcome"], again["review"]) == ("deny", "refused")
    assert "ask again" in again["reasons"][0]["text"]


NOT_UNDERSTOOD = [
    {},
    {"contract": 1, "jobs": [], "since": None},
    {"contract": 1, "jobs": ["a"] * 501, "since": 0},
    {"contract": 1, "jobs": ["a"], "since": -1},
]


@pytest.mark.parametrize("body", NOT_UNDERSTOOD)
def test_a_question_that_cannot_be_understood_is_refused(engine, body):
    assert engine.post("jobs/called-back", body, expect=400)["faults"]
