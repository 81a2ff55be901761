"""A no to a question is a no for whatever is asked next (W1, combining rules 2 and 5)."""

from datetime import timedelta

import pytest

from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import EventType
from consent_portal.ledger.levels import LevelState
from consent_portal.policy.load import load_policy
from consent_portal.services import acts, answers, queries
from consent_portal.tasks import asks
from tests.consent_portal.services.test_acts import ACTOR, ask
from tests.support.clocks import today
from tests.support.consent import given, levels

POLICY = load_policy()
NAMED = {"research": p.Conditions(purposes=("research",))}


def no_to(question, session):
    meant, purposes = answers.asked_for(question.purpose, POLICY)
    refused = p.Refused(levels=meant, purposes=purposes, requesting_clinician="Dr A. Example")
    return answers.answer_no(session, question.id, refused, ACTOR, today(), "Rang twice")


@pytest.mark.parametrize(
    ("purpose", "meant"),
    [
        ("lecture", (levels("teaching"), ())),
        ("print", (levels("print"), ())),
        ("internet", (levels("internet"), ())),
        ("research", ((), ("research",))),
        ("commercial", ((), ("commercial",))),
        ("research-capture", ((), ("research-capture",))),
    ],
)
def test_a_question_asks_for_its_own_use_and_nothing_wider(purpose, meant):
    assert answers.asked_for(purpose, POLICY) == meant


def test_a_no_refuses_what_was_asked_for_and_closes_the_question_with_it(database, study):
    with database.writing() as session:
        question = ask(session, study, "print")
        (done,) = no_to(question, session)
        closed = asks.get(session, question.id)
        assert (closed.outcome, closed.note, closed.recorded) == ("declined", "Rang twice", (done.event.id,))
        status = queries.status(session, study)
        states = [status.state(level) for level in levels("print,teaching")]
        assert states == [LevelState.REFUSED, LevelState.NOT_ASKED]


def test_a_no_that_comes_too_late_records_nothing(database, study):
    with database.writing() as session:
        question = ask(session, study)
        asks.close(session, question.id, "not needed", "somebody-else")
    with pytest.raises(ValueError, match="closed"), database.writing() as session:
        no_to(question, session)
    with database.reading() as session:
        assert store.events_of_type(session, EventType.REFUSED) == []


@pytest.mark.parametrize(("refused", "ahead"), [(p.Refused(levels=()), 0), (p.Refused(), 2)])
def test_a_no_to_nothing_or_of_tomorrow_leaves_the_question_open(database, study, refused, ahead):
    with database.writing() as session:
        question = ask(session, study)
    with pytest.raises(Refusal), database.writing() as session:
        answers.answer_no(session, question.id, refused, ACTOR, today() + timedelta(days=ahead))
    with database.reading() as session:
        assert asks.get(session, question.id).status == asks.OPEN
        assert store.events_of_type(session, EventType.REFUSED) == []


def refused_by_name(session, study):
    return queries.status(session, study).refused_purposes


def test_only_a_later_form_that_names_the_use_lifts_a_no_by_name(database, study):
    subject = acts.Subject.of_study(study)
    with database.writing() as session:
        no_to(ask(session, study, "research"), session)
        acts.record(session, subject, given("record,teaching", discussed_on=today()), ACTOR)
        assert refused_by_name(session, study) == {"research"}
        agreed = given("teaching", conditions=NAMED["research"], discussed_on=today())
        acts.amend(session, subject, agreed, ACTOR)
        assert refused_by_name(session, study) == set()


def test_a_no_to_companies_on_one_form_outlives_a_later_form_that_is_silent(database, study):
    subject = acts.Subject.of_study(study)
    with database.writing() as session:
        no = given("teaching", conditions=p.Conditions(commercial=False), discussed_on=today())
        acts.record(session, subject, no, ACTOR)
        acts.record(session, subject, given("teaching", discussed_on=today()), ACTOR)
        assert refused_by_name(session, study) == {"commercial"}


def test_papers_that_a_use_lacks_are_no_answer_of_the_patients(database, study):
    subject = acts.Subject.of_study(study)
    with database.writing() as session:
        question = ask(session, study, "research")
        acts.record(session, subject, given("teaching"), ACTOR)
        assert asks.get(session, question.id).status == asks.OPEN
        acts.amend(session, subject, given("teaching", conditions=NAMED["research"]), ACTOR)
        assert asks.get(session, question.id).outcome == "agreed"


def test_a_no_answers_every_question_for_the_same_level(database, study):
    with database.writing() as session:
        first, other = ask(session, study, "lecture"), ask(session, study, "exam")
        no_to(first, session)
        assert asks.get(session, other.id).outcome == "declined"


def test_what_was_entered_in_error_cannot_be_so_marked_twice(database, study):
    with database.writing() as session:
        done = acts.record(session, acts.Subject.of_study(study), given("teaching"), ACTOR)
        acts.invalidate(session, study, done.event.id, "Another patient's form", ACTOR)
        with pytest.raises(Refusal, match="entered in error already"):
            acts.invalidate(session, study, done.event.id, "Again", ACTOR)


def test_whoever_asked_is_told_until_they_have_seen_it_and_nobody_else_can_say_so(database, study):
    with database.writing() as session:
        question = ask(session, study)
        assert asks.told(session, question.requested_by) == []
        asks.close(session, question.id, "no answer", "illustrator")
        assert [one.id for one in asks.told(session, question.requested_by)] == [question.id]
        assert not asks.acknowledge(session, question.id, "somebody-else")
        assert asks.acknowledge(session, question.id, question.requested_by)
        assert asks.told(session, question.requested_by) == []


def test_a_question_that_is_asked_again_knows_that_it_was_asked_before(database, study):
    with database.writing() as session:
        first = ask(session, study)
        asks.close(session, first.id, "no answer", "illustrator")
        again = ask(session, study)
        ask(session, study, "print")
        assert again.id != first.id
        assert [one.id for one in asks.asked_before(session, again)] == [first.id]
