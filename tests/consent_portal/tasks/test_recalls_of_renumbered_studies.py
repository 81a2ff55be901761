"""Who takes consent back takes back what left under an earlier number as well (hazards H1 and H12)."""

import pytest

from consent_portal.clock import utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.scope import Scope
from consent_portal.registers import studies
from consent_portal.services import consent as commands
from consent_portal.services import papers
from consent_portal.services.target import Target
from consent_portal.tasks import recalls
from tests.consent_portal.ledger.conftest import a_subject, database, released, template, url

__all__ = ["database", "template", "url"]
OLD, NEW = "HOSP-77", "HOSP-99"


@pytest.fixture
def session(database):
    with database.writing() as session:
        yield session


def registered(session, uid, number):
    return studies.register(session, a_subject(uid, patient=number, birth="", accession=f"ACC-{uid}"))


def release(session, study, **fields):
    payload = released(**fields)
    scope = Scope.study(study.study_uid, study.facts.accession)
    return store.append(session, Draft(EventType.RELEASED, study.patient_key, scope, payload, utc_now(), "engine"))


def withdraw(session, patient_key, scope=None):
    commands.withdraw(session, Target(patient_key, scope or Scope.patient()), p.Withdrawn(), "receptionist")


def asked_back(session, patient_key):
    return {one.released_event for one in recalls.of_patient(session, patient_key)}


def test_a_patient_wide_withdrawal_reaches_what_left_before_the_number_was_corrected(session):
    before = release(session, registered(session, "1.1", OLD))
    strangers = release(session, registered(session, "1.2", OLD), disclosure="d-2")
    moved = registered(session, "1.1", NEW)
    after = release(session, moved, disclosure="d-3")
    withdraw(session, moved.patient_key)
    assert asked_back(session, moved.patient_key) == {before.id, after.id}
    assert strangers.id not in {one.released_event for one in recalls.waiting(session)}


def test_a_withdrawal_of_a_study_shows_its_recall_with_the_patient_it_belongs_to_now(session):
    before = release(session, registered(session, "1.1", OLD))
    moved = registered(session, "1.1", NEW)
    withdraw(session, moved.patient_key, Scope.study("1.1"))
    assert asked_back(session, moved.patient_key) == {before.id}


def test_what_a_former_patients_withdrawal_closes_it_asks_back_too(session):
    wrong = registered(session, "1.1", OLD)
    after = release(session, registered(session, "1.1", NEW))
    withdraw(session, wrong.patient_key)
    assert asked_back(session, wrong.patient_key) == {after.id}


def test_what_was_published_before_the_correction_stays_published(session):
    before = release(session, registered(session, "1.1", OLD), purpose="print", level_needed="print")
    papers.publish(session, before.id, p.Published(where="Atlas"), "guardian")
    moved = registered(session, "1.1", NEW)
    withdraw(session, moved.patient_key)
    assert [one.status for one in recalls.of_patient(session, moved.patient_key)] == [recalls.CANNOT]


def test_care_and_other_patients_are_never_asked_back(session):
    own = registered(session, "1.1", OLD)
    release(session, own, purpose="direct-care", level_needed="none")
    release(session, registered(session, "1.2", NEW), disclosure="d-2")
    withdraw(session, own.patient_key)
    assert recalls.waiting(session) == []


def test_a_release_is_asked_back_once_whoever_withdraws(session):
    wrong = registered(session, "1.1", OLD)
    release(session, wrong)
    moved = registered(session, "1.1", NEW)
    withdraw(session, moved.patient_key)
    withdraw(session, wrong.patient_key)
    assert len(recalls.waiting(session)) == 1
