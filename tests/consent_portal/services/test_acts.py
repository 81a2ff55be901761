"""An act of consent is whole whoever calls it."""

import pytest

from consent_portal.ledger import payloads as p
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.policy.load import load_policy
from consent_portal.registers import studies
from consent_portal.services import acts, identity, queries
from consent_portal.tasks import asks
from tests.consent_portal.ledger.conftest import a_subject
from tests.consent_portal.tasks.test_asks_and_reviews import ASK
from tests.support.consent import given, levels

ACTOR = acts.Actor("illustrator", load_policy())


@pytest.fixture
def subject(study):
    return acts.Subject.of_study(study)


def ask(session, study, purpose="teaching"):
    wanted = {**vars(ASK), "studies": (study.key,), "purpose": purpose, "digest": f"digest-{purpose}"}
    return asks.open_ask(session, asks.Wanted(**wanted))


def test_a_consent_answers_the_open_question_about_its_use_and_no_other(database, study, subject):
    with database.writing() as session:
        teaching, internet = ask(session, study), ask(session, study, "internet")
        done = acts.record(session, subject, given("record,teaching"), ACTOR)
        assert [answered.id for answered in done.answered] == [teaching.id]
        assert asks.get(session, teaching.id).outcome == "agreed"
        assert asks.get(session, internet.id).status == asks.OPEN


@pytest.mark.parametrize(
    ("act", "payload"),
    [
        (acts.refuse, p.Refused(levels=levels("teaching"))),
        (acts.withdraw, p.Withdrawn(levels=levels("teaching"))),
        (acts.object_to, p.Objection(levels=levels("teaching"))),
    ],
)
def test_a_no_answers_the_open_question_too(database, study, subject, act, payload):
    with database.writing() as session:
        question = ask(session, study)
        done = act(session, subject, payload, ACTOR)
        assert [answered.outcome for answered in done.answered] == ["declined"]
        assert asks.get(session, question.id).closed_by == ACTOR.user


def test_an_act_tells_what_of_it_takes_no_effect(database, subject):
    with database.writing() as session:
        acts.withdraw(session, subject, p.Withdrawn(levels=levels("teaching")), ACTOR)
        late = acts.record(session, subject, given("record,teaching"), ACTOR)
        assert [level.level for level in late.effect.not_opened] == list(levels("teaching"))


def test_a_study_that_is_noted_under_another_episode_is_not_moved_by_a_form(database, study):
    with database.writing() as session:
        studies.put_in_episode(session, study.key, "E-1")
        wrong = acts.Subject(study, Scope(kind=ScopeKind.EPISODE, episode="E-2"))
        with pytest.raises(Refusal, match="another episode"):
            acts.record(session, wrong, given("record"), ACTOR)


def test_an_objection_by_a_number_of_several_patients_asks_who_issued_it_and_is_never_lost(database):
    with database.writing() as session:
        told = [studies.register(session, a_subject(f"2.{issuer}", issuer=issuer)) for issuer in ("1", "2")]
        for number in ("HOSP-77", "hosp 77"):
            with pytest.raises(Refusal, match="Enter who issued it") as refused:
                acts.Subject.of_number(session, number)
            assert [fault.field for fault in refused.value.faults] == ["issuer"]
        assert len(studies.of_number(session, "HOSP-77")) == 2
        acts.object_to(session, acts.Subject.of_number(session, "HOSP-77", "2"), p.Objection(), ACTOR)
        assert [queries.status(session, one).state("teaching") for one in told] == ["not asked", "refused"]


def test_an_objection_by_a_number_whose_patients_were_joined_counts_for_each(database):
    with database.writing() as session:
        told = [studies.register(session, a_subject(f"2.{issuer}", issuer=issuer)) for issuer in ("1", "2")]
        identity.merge(session, *told, identity.Finding("They were compared.", ("name", "address")), "me")
        acts.object_to(session, acts.Subject.of_number(session, "HOSP-77"), p.Objection(), ACTOR)
        assert [queries.status(session, one).state("teaching") for one in told] == ["refused", "refused"]


@pytest.mark.parametrize("number", ["", " - ", "unknown", "000 000 0000"])
def test_nothing_is_said_by_a_number_that_is_nobodys(database, number):
    with database.writing() as session, pytest.raises(Refusal, match="Enter the patient's number"):
        acts.Subject.of_number(session, number)
