"""What left and would not be permitted any more is asked back, and nothing else is (combining rule 7; H1, H9)."""

import json
from dataclasses import replace

import pytest

from consent_portal.contract import Content, DecisionRequest, DisclosureRequest
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import EventType
from consent_portal.ledger.scope import Scope
from consent_portal.policy.load import load_policy
from consent_portal.registers import approvals, studies
from consent_portal.services import acts, acts_about_people, consent, decisions, disclosures, identity
from consent_portal.services.context import Site
from consent_portal.services.target import Target
from consent_portal.tasks import recalls
from tests.consent_portal.ledger.conftest import a_subject
from tests.consent_portal.services.told import EVERYTHING, FOUND, agreed, state
from tests.support.api import PHOTO, a_decision_request, a_disclosure
from tests.support.consent import given

POLICY = load_policy()
ACTOR = acts.Actor("illustrator", POLICY)
WHY = "It was wrong."


@pytest.fixture
def session(database):
    with database.writing() as opened:
        yield opened


class Archived:
    """A study, as the archive tells of it."""

    def __init__(self, session, subject):
        self.session, self.subject = session, subject
        studies.register(session, subject)

    @property
    def study(self):
        return studies.by_uid(self.session, self.subject.study_uid)

    @property
    def scope(self):
        return Scope.study(self.study.study_uid)

    def leaves(self, purpose="teaching", **fields):
        """Let it leave as the engine does: asked for, permitted, recorded."""
        body = a_decision_request(purpose, self.subject.model_dump(mode="json"), **fields)
        made = decisions.answer(self.session, DecisionRequest.model_validate_json(json.dumps(body)), Site(POLICY))
        assert made.decision.outcome == "permit", made.decision.reasons
        told = a_disclosure(body, {"decision": made.id, "profile": made.decision.profile})
        disclosures.disclose(self.session, DisclosureRequest.model_validate_json(json.dumps(told)), Site(POLICY))
        return store.events_of_type(self.session, EventType.RELEASED)[-1].id


class Photograph(Archived):
    """A photograph: nothing of it leaves without consent."""

    def __init__(self, session, uid, **details):
        contents = (Content.model_validate_json(json.dumps(PHOTO)),)
        super().__init__(session, a_subject(uid, **details).model_copy(update={"contents": contents}))


def asked_back(session):
    return [one.released_event for one in recalls.waiting(session)]


def invalidate(session, photo, event):
    return [one.released_event for one in acts.invalidate(session, photo.study, event.id, WHY, ACTOR).recalls]


def test_a_form_recorded_twice_may_be_marked_as_an_error_and_what_left_stays(session):
    photo = Photograph(session, "1.1")
    first, second = agreed(session, photo.study), agreed(session, photo.study)
    left = photo.leaves()
    assert invalidate(session, photo, second) == []
    assert state(session, photo.study) == "accepted"
    assert invalidate(session, photo, first) == [left]


def test_what_left_without_need_of_consent_stays_where_a_consent_was_entered_in_error(session):
    scan = Archived(session, a_subject("1.9"))
    event = agreed(session, scan.study, scan.scope)
    scan.leaves()
    assert invalidate(session, scan, event) == []


def test_what_left_under_a_joined_number_is_asked_back_with_the_form_it_rested_on(session):
    one, other = Photograph(session, "1.1"), Photograph(session, "1.2", patient="HOSP-78")
    identity.merge(session, one.study, other.study, FOUND, "me")
    form = agreed(session, one.study)
    left = other.leaves()
    assert invalidate(session, one, form) == [left]
    assert [recall.patient_key for recall in recalls.waiting(session)] == [other.study.patient_key]


def test_an_approval_that_has_ended_since_takes_nothing_back_that_the_patient_still_agrees_to(session):
    photo = Photograph(session, "1.1")
    entry = approvals.Entry("REC-9", "Ethics", approvals.Ethics(decision="approved", reference="REC-9"))
    approvals.save(session, entry, "admin")
    first, second = agreed(session, photo.study), agreed(session, photo.study)
    photo.leaves(context={"ethics": "REC-9"})
    approvals.save(session, replace(entry, closed=True), "admin")
    assert invalidate(session, photo, second) == []
    assert len(invalidate(session, photo, first)) == 1


@pytest.fixture
def two(session):
    """One person's photographs under two numbers, of which the second rests on the consent under the first."""
    return Photograph(session, "1.1"), Photograph(session, "1.2", patient="HOSP-78")


def test_numbers_taken_apart_ask_back_what_rested_on_the_other_number_and_nothing_else(session, two):
    one, other = two
    identity.merge(session, one.study, other.study, FOUND, "me")
    agreed(session, one.study)
    one.leaves()
    left = other.leaves()
    identity.unmerge(session, one.study, other.study, WHY, "me")
    assert state(session, other.study) != "accepted"
    assert asked_back(session) == [left]


def test_a_study_of_another_person_is_asked_back_where_it_left_on_the_consent_of_the_first(session):
    one, other = Photograph(session, "1.1"), Photograph(session, "1.2")
    agreed(session, one.study)
    one.leaves()
    left = other.leaves()
    identity.separate(session, other.study, FOUND, "me")
    assert asked_back(session) == [left]


def test_a_slip_that_was_none_asks_back_what_left_on_it(session):
    one, slip = Photograph(session, "1.1", birth="19600214"), Photograph(session, "1.2", birth="19600215")
    found = identity.confirm(session, slip.study, one.study.study_uid, FOUND, "me")
    agreed(session, one.study)
    one.leaves()
    left = slip.leaves()
    identity.undo(session, slip.study, found.id, WHY, "me")
    assert asked_back(session) == [left]


def test_details_confirmed_as_a_slip_ask_nothing_back(session):
    one, slip = Photograph(session, "1.1", birth="19600214"), Photograph(session, "1.2", birth="19600215")
    agreed(session, one.study, one.scope)
    one.leaves()
    identity.confirm(session, slip.study, one.study.study_uid, FOUND, "me")
    assert asked_back(session) == []


def test_a_separation_that_is_undone_asks_nothing_back_of_what_was_agreed_under_the_studys_own_details(session):
    one, other = Photograph(session, "1.1"), Photograph(session, "1.2", birth="19900930", name="OTHER^BELLA")
    found = identity.separate(session, other.study, FOUND, "me")
    consent.record(session, Target.from_study(one.study, EVERYTHING), given("record,teaching"), "me")
    one.leaves()
    identity.undo(session, other.study, found.id, WHY, "me")
    assert state(session, one.study) == "accepted"
    assert asked_back(session) == []


def test_joined_numbers_that_contradict_each_other_ask_back_what_that_closes(session):
    one = Photograph(session, "1.1", birth="19600214")
    third = Photograph(session, "1.3", birth="19600214", patient="HOSP-78")
    consent.record(session, Target(third.study.patient_key, EVERYTHING), given("record,teaching"), "me")
    left = third.leaves()
    Photograph(session, "1.2", birth="19990101")
    identity.merge(session, one.study, third.study, FOUND, "me")
    assert state(session, third.study) == "unknown"
    assert asked_back(session) == [left]


def test_what_left_on_the_word_of_a_representative_who_has_ended_is_asked_back(session):
    photo = Photograph(session, "1.1")
    subject, deputy = acts.Subject(photo.study, photo.scope), p.GrantorKind.DEPUTY
    unable = p.Capacity(answer=p.CapacityAnswer.NO, assessor="Dr C. Example")
    sue = p.Representative(name="Sue Hall", kind=deputy, evidence="Court order 12")
    acts_about_people.assess_capacity(session, subject, p.CapacityAssessed(capacity=unable, decision="teaching"), ACTOR)
    acts_about_people.add_representative(session, subject, sue, ACTOR)
    agreed_by_her = given(
        "record,teaching", grantor=p.Grantor(kind=deputy, name="Sue Hall", evidence="Court order 12"), capacity=unable
    )
    acts.record(session, subject, agreed_by_her, ACTOR)
    left = photo.leaves()
    removed = acts_about_people.remove_representative(session, subject, sue, ACTOR)
    assert [one.released_event for one in removed.recalls] == [left]


def test_the_end_of_a_representative_asks_nothing_back_that_the_patient_agreed_to(session):
    photo = Photograph(session, "1.1")
    subject = acts.Subject(photo.study, photo.scope)
    sue = p.Representative(name="Sue Hall", kind=p.GrantorKind.DEPUTY, evidence="Court order 12")
    acts_about_people.add_representative(session, subject, sue, ACTOR)
    agreed(session, photo.study)
    photo.leaves()
    assert acts_about_people.remove_representative(session, subject, sue, ACTOR).recalls == ()


def test_what_was_asked_back_once_is_not_asked_back_again(session, two):
    one, other = two
    identity.merge(session, one.study, other.study, FOUND, "me")
    form = agreed(session, one.study)
    left = other.leaves()
    assert invalidate(session, one, form) == [left]
    identity.unmerge(session, one.study, other.study, WHY, "me")
    assert asked_back(session) == [left]
