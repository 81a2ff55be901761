"""`POST /api/v1/jobs/answered`: which exports that wait for an answer have to be decided anew (ADR 0154)."""

import pytest

from consent_portal.registers import studies
from consent_portal.services import consent as commands
from consent_portal.services.target import Target
from consent_portal.tasks import asks
from tests.consent_portal.api.test_decisions import fresh
from tests.support.api import PHOTO, a_decision_request
from tests.support.consent import given


@pytest.fixture
def waiting(engine, illustrator):
    """Let somebody ask for a use that has to be asked about first; returns the request and its question."""

    def waiting(subject, purpose="print", **changes):
        body = a_decision_request(purpose, subject, **changes)
        answer = engine.ask(body)
        assert answer["outcome"] == "ask"
        return body, answer["ask_url"].rsplit("/", 1)[-1]

    return waiting


@pytest.fixture
def photo(illustrator):
    subject = fresh((PHOTO,))
    illustrator.records(subject, "record,teaching")
    return subject


def answered(engine, *bodies, since=None):
    jobs = [body["job"] for body in bodies]
    told = engine.post("jobs/answered", {"contract": 1, "jobs": jobs, "since": since})
    return told["head"], told["answered"]


def check(engine, body):
    told = engine.ask({**body, "intent": "check"})
    return told["outcome"], told["ask_url"]


def act(database, subject, what):
    with database.writing() as session:
        study = studies.by_uid(session, subject["study_uid"])
        return what(session, Target.study(study.patient_key, study.study_uid))


def test_an_open_question_waits_however_often_it_is_asked_about(engine, database, photo, waiting):
    body, question = waiting(photo)
    head, found = answered(engine, body)
    assert found == []
    assert answered(engine, body, since=head) == (head, [])
    assert check(engine, body) == ("ask", check(engine, body)[1])
    with database.reading() as session:
        assert [one.id for one in asks.waiting(session)].count(question) == 1


def test_a_yes_names_the_job_and_the_check_permits_it(engine, database, photo, waiting):
    (body, _), (other, _) = waiting(photo), waiting(photo, "internet")
    head, _ = answered(engine, body, other)
    act(database, photo, lambda session, target: commands.amend(session, target, given("record,teaching,print"), "x"))
    assert answered(engine, body, other, since=head)[1] == [body["job"]]
    assert check(engine, body) == ("permit", None)


def test_a_no_names_the_job_and_the_check_denies_it(engine, database, photo, waiting):
    body, _ = waiting(photo)
    act(database, photo, lambda session, target: commands.amend(session, target, given("record", "print"), "x"))
    assert answered(engine, body)[1] == [body["job"]]
    assert check(engine, body) == ("deny", None)


def test_a_withdrawal_while_it_waits_names_the_job_although_its_question_is_open(engine, illustrator, photo, waiting):
    body, _ = waiting(photo)
    head, _ = answered(engine, body)
    illustrator.withdraws(photo)
    assert answered(engine, body, since=head)[1] == [body["job"]]
    assert check(engine, body)[0] == "deny"


def test_a_question_closed_without_an_answer_is_not_opened_anew_by_the_job_that_waits(engine, database, photo, waiting):
    body, question = waiting(photo)
    with database.writing() as session:
        asks.close(session, question, "no answer", "illustrator")
    assert answered(engine, body)[1] == [body["job"]]
    assert check(engine, body) == ("ask", None)
    with database.reading() as session:
        assert question not in {one.id for one in asks.waiting(session)}
    again, reopened = waiting(photo)
    assert reopened != question
    assert answered(engine, again)[1] == []


def test_a_job_that_the_portal_does_not_know_is_decided_anew(engine, photo, waiting):
    body, _ = waiting(photo)
    assert answered(engine, {"job": "unknown"}, body)[1] == ["unknown"]
