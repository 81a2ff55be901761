"""Two numbers of one person: named, joined and taken apart by people, and what counts under each."""

from datetime import timedelta

import pytest

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.scope import Scope
from consent_portal.registers import persons, studies
from consent_portal.services import consent, coverage, identity, queries
from consent_portal.services.identity import Finding
from consent_portal.services.target import Target
from consent_portal.tasks import recalls
from tests.consent_portal.ledger.conftest import released
from tests.consent_portal.services.told import EVERYTHING, FOUND, agreed, state, told


@pytest.fixture
def two_numbers(session):
    """One person under a hospital number and an NHS number."""
    return told(session, "1.1", patient="HOSP-77"), told(session, "1.2", patient="9434765919")


def test_those_who_may_be_one_person_are_named_and_never_joined_by_themselves(session, two_numbers):
    told(session, "1.3", patient="HOSP-99", birth="19700518")
    told(session, "1.4", patient="HOSP-98", name="QUIRKLEBY^BELLA")
    first, second = two_numbers
    assert {other.patient_key for other in persons.candidates(session, first)} >= {second.patient_key}
    assert [other.studies[0].study.study_uid for other in coverage.of_others(session, second)] == ["1.1"]
    agreed(session, first)
    assert state(session, second) == "not asked"


def test_the_same_number_of_another_issuer_may_be_the_same_person(session):
    here = told(session, "1.1", patient="hosp 5", issuer="A")
    there = told(session, "1.2", patient="HOSP-5", issuer="B", birth="19500101", name="OTHER^NAME")
    assert [one.patient_key for one in persons.candidates(session, here)] == [there.patient_key]


def test_after_a_merge_a_no_counts_for_both_and_after_unmerging_only_where_it_was_recorded(session, two_numbers):
    first, second = two_numbers
    agreed(session, second)
    consent.withdraw(session, Target.from_study(first, EVERYTHING), p.Withdrawn(), "me")
    assert [state(session, one) for one in two_numbers] == ["withdrawn", "accepted"]
    identity.merge(session, first, second, FOUND, "me")
    assert [state(session, one) for one in two_numbers] == ["withdrawn", "withdrawn"]
    identity.unmerge(session, second, first, "They are two people.", "me")
    assert [state(session, one) for one in two_numbers] == ["withdrawn", "accepted"]
    histories = [[str(event.type) for event in queries.history(session, one)] for one in two_numbers]
    assert histories == [
        ["WITHDRAWN", "PATIENTS_MERGED", "PATIENTS_UNMERGED"],
        ["GIVEN", "PATIENTS_MERGED", "PATIENTS_UNMERGED"],
    ]
    assert store.verify_ledger(session).whole


def test_after_a_merge_a_yes_counts_where_the_details_agree_and_nowhere_else(session, two_numbers):
    first, second = two_numbers
    told(session, "1.3", patient="9434765919", birth="19990101")
    agreed(session, first)
    identity.merge(session, first, second, FOUND, "me")
    assert [state(session, studies.by_uid(session, uid)) for uid in ("1.2", "1.3")] == ["accepted", "unknown"]
    assert len(identity.doubtful(session)) == 1


def test_what_contradicts_across_joined_numbers_is_listed_and_shown_under_each(session, two_numbers):
    first, second = two_numbers
    identity.merge(session, first, second, FOUND, "me")
    assert identity.doubtful(session) == []
    told(session, "1.3", patient="9434765919", birth="19990101")
    assert len(identity.doubtful(session)) == 1
    keys = [one.patient_key for one in two_numbers]
    assert studies.may_be_in_doubt(session, keys) == set(keys)
    identity.unmerge(session, first, second, "They are two people.", "me")
    assert studies.may_be_in_doubt(session, keys) == {keys[1]}


def test_a_no_recorded_while_two_numbers_are_joined_outlives_the_merge_and_can_be_entered_in_error(
    session, two_numbers
):
    first, second = two_numbers
    agreed(session, second)
    identity.merge(session, first, second, FOUND, "me")
    said = consent.withdraw(session, Target.from_study(first, EVERYTHING), p.Withdrawn(), "me")
    identity.unmerge(session, first, second, "Undone.", "me")
    assert [state(session, one) for one in two_numbers] == ["withdrawn", "withdrawn"]
    identity.merge(session, first, second, FOUND, "me")
    consent.invalidate(session, said.id, "Another patient telephoned.", "me")
    identity.unmerge(session, first, second, "Undone.", "me")
    assert state(session, second) == "accepted"


@pytest.mark.parametrize("entered_twice", [1, 2])
def test_a_no_recorded_twice_stands_after_one_of_the_two_was_entered_in_error(session, two_numbers, entered_twice):
    first, second = two_numbers
    agreed(session, first)
    agreed(session, second)
    identity.merge(session, first, second, FOUND, "me")
    target, day = Target.from_study(first, EVERYTHING), local_day(utc_now()) - timedelta(days=3)
    both = [consent.withdraw(session, target, p.Withdrawn(), "me", day) for _ in range(2)]
    consent.invalidate(session, both[entered_twice - 1].id, "It was entered twice.", "me")
    assert [state(session, one) for one in two_numbers] == ["withdrawn", "withdrawn"]
    identity.unmerge(session, first, second, "They are two people.", "me")
    assert [state(session, one) for one in two_numbers] == ["withdrawn", "withdrawn"]
    identity.merge(session, first, second, FOUND, "me")
    consent.invalidate(session, both[2 - entered_twice].id, "Another patient telephoned.", "me")
    assert [state(session, one) for one in two_numbers] == ["accepted", "accepted"]


def test_what_left_under_one_number_and_was_refused_under_the_other_is_called_back_by_the_merge(session, two_numbers):
    first, second = two_numbers
    agreed(session, second, Scope.study("1.2"))
    store.append(session, _release(second))
    consent.withdraw(session, Target.from_study(first, EVERYTHING), p.Withdrawn(), "me")
    assert recalls.waiting(session) == []
    identity.merge(session, first, second, FOUND, "me")
    assert [(one.study_uid, one.patient_key) for one in recalls.waiting(session)] == [("1.2", second.patient_key)]


def _release(study):
    return Draft(EventType.RELEASED, study.patient_key, Scope.study(study.study_uid), released(), utc_now(), "me")


@pytest.mark.parametrize(
    ("finding", "message"),
    [
        (Finding("", ("name", "birth-date")), "Say why"),
        (Finding("x", ("name", "name")), "at least two"),
        (Finding("x", ("name", "shoe size")), "at least two"),
    ],
)
def test_nothing_is_found_without_a_reason_and_two_identifiers(session, two_numbers, finding, message):
    with pytest.raises(Refusal, match=message):
        identity.confirm(session, two_numbers[0], "1.2", finding, "me")
    with pytest.raises(Refusal, match=message):
        identity.separate(session, two_numbers[0], finding, "me")
    with pytest.raises(Refusal, match=message):
        identity.merge(session, *two_numbers, finding, "me")
    assert store.head(session)[0] == 0


def test_what_cannot_be_found_is_refused_with_the_next_step(session, two_numbers):
    first, second = two_numbers
    with pytest.raises(Refusal, match="No merge joins"):
        identity.unmerge(session, first, second, "They are two people.", "me")
    with pytest.raises(Refusal, match="Nothing under this number disagrees"):
        identity.confirm(session, first, "1.2", FOUND, "me")
    identity.merge(session, first, second, FOUND, "me")
    with pytest.raises(Refusal, match="one patient already"):
        identity.merge(session, second, first, FOUND, "me")


def test_what_was_said_before_a_study_had_a_number_goes_with_it(session):
    nobody = told(session, "1.1", patient="", name="QUIRKLEBY^ANNA")
    consent.refuse(session, Target.from_study(nobody, EVERYTHING), p.Refused(), "me")
    told(session, "1.2", patient="HOSP-77")
    numbered = told(session, "1.1", patient="HOSP-77")
    assert [state(session, one) for one in (numbered, studies.by_uid(session, "1.2"))] == ["refused", "refused"]
