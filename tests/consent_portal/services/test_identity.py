"""Who is who: what is in doubt, what people find about it, and what that means for consent and refusals."""

from datetime import timedelta

import pytest

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.registers import persons, studies
from consent_portal.registers.identity import FIRST_TOLD
from consent_portal.services import consent, coverage, identity, queries
from consent_portal.services.consent import Target
from consent_portal.services.identity import Finding
from consent_portal.tasks import recalls
from tests.consent_portal.ledger.conftest import a_subject, released
from tests.support.consent import given

FOUND = Finding("The records office says so.", ("name", "birth-date"))
EVERYTHING = Scope.patient()


@pytest.fixture
def session(database):
    with database.writing() as opened:
        yield opened


def told(session, uid, **details):
    return studies.register(session, a_subject(uid, **details))


def agreed(session, study, scope=EVERYTHING):
    form = given("record,teaching", discussed_on=local_day(utc_now()))
    return consent.record(session, Target.from_study(study, scope), form, "me")


def state(session, study):
    present = studies.by_uid(session, study.study_uid)
    return str(queries.status(session, present).state("teaching"))


@pytest.fixture
def shared(session):
    """Two people's photographs under one number."""
    return told(session, "1.1", birth="19600214"), told(session, "1.2", birth="19900930", name="OTHER^BELLA")


@pytest.mark.parametrize("scope", [EVERYTHING, Scope(kind=ScopeKind.EPISODE, episode="E-1")])
def test_a_patient_in_doubt_takes_no_consent_wider_than_the_study_and_is_told_why(session, shared, scope):
    for study in shared:
        with pytest.raises(Refusal, match="date of birth, name") as refused:
            agreed(session, study, scope)
        assert "This study" in str(refused.value)
        assert not {"1960", "1990", "BELLA", "ANNA"} & set(str(refused.value).split())
    assert store.head(session)[0] == 0
    own = agreed(session, shared[1], Scope.study("1.2"))
    assert own.seq == 1
    assert [state(session, study) for study in shared] == ["not asked", "accepted"]


def test_a_refusal_may_be_as_wide_as_it_was_meant_whoever_is_in_doubt(session, shared):
    consent.withdraw(session, Target.from_study(shared[0], EVERYTHING), p.Withdrawn(), "me")
    assert [state(session, study) for study in shared] == ["withdrawn", "withdrawn"]


def test_a_wide_consent_of_before_the_doubt_counts_for_the_studies_that_agree_with_where_it_was_recorded(session):
    first = told(session, "1.1", birth="19600214")
    agreed(session, first)
    again = told(session, "1.2", birth="19600214", name="Quirkleby^Ánna")
    other = told(session, "1.3", birth="19900930")
    nameless = told(session, "1.4", birth="", name="")
    assert [state(session, one) for one in (first, again, other, nameless)] == [
        "accepted", "accepted", "unknown", "unknown",
    ]  # fmt: skip


def test_a_wide_consent_that_names_no_study_counts_for_none_once_details_disagree(session):
    first = told(session, "1.1", birth="19600214")
    consent.record(session, Target(first.patient_key, EVERYTHING), given("record,teaching"), "me")
    assert state(session, first) == "accepted"
    told(session, "1.2", birth="19900930")
    assert state(session, first) == "unknown"


def unnamed(session, study):
    """Record a consent to everything as it was written before events named the study they were recorded from."""
    words = given("record,teaching")
    return store.append(session, Draft(EventType.GIVEN, study.patient_key, EVERYTHING, words, utc_now(), "me"))


@pytest.mark.parametrize("how", ["separated", "renumbered", "told with other details"])
def test_a_wide_consent_that_names_no_study_counts_for_nobody_although_the_other_person_has_left(session, shared, how):
    first, other = shared
    unnamed(session, other)
    assert [state(session, one) for one in shared] == ["unknown", "unknown"]
    match how:
        case "separated":
            identity.separate(session, other, FOUND, "me")
        case "renumbered":
            told(session, "1.2", patient="HOSP-99", birth="19900930", name="OTHER^BELLA")
        case _:
            told(session, "1.2", birth="19600214")
    assert identity.doubtful(session) == []
    assert [state(session, one) for one in shared] == ["unknown", "unknown"]
    told(session, "1.4", birth="19600214")
    assert state(session, first) == "unknown"


def test_a_wide_consent_that_names_no_study_does_not_count_for_one_that_tells_nothing_of_the_person(session):
    first = told(session, "1.1")
    unnamed(session, first)
    assert state(session, first) == "accepted"
    nameless = told(session, "1.2", birth="", name="")
    assert [state(session, one) for one in (first, nameless)] == ["unknown", "unknown"]


def test_a_study_whose_details_the_archive_contradicts_is_asked_about_again(session):
    study = told(session, "1.1", birth="19600214")
    agreed(session, study, Scope.study("1.1"))
    told(session, "1.1", birth="19600214", name="QUIRKLEBY^ANNA^MARY")
    assert state(session, study) == "accepted"
    changed = told(session, "1.1", birth="19900930")
    assert state(session, study) == "unknown"
    identity.confirm(session, changed, first_told(changed), FOUND, "me")
    assert state(session, study) == "accepted"


def first_told(study):
    return FIRST_TOLD + study.patient_key


def test_a_confirmation_vouches_for_no_earlier_details_that_nobody_could_compare(session):
    told(session, "1.2", birth="19900930", name="OTHER^BELLA")
    agreed(session, told(session, "1.1"), Scope.study("1.1"))
    corrected = told(session, "1.1", birth="19910930", name="OTHER^BELLA")
    identity.confirm(session, corrected, "1.2", FOUND, "me")
    assert identity.doubtful(session) == []
    assert state(session, corrected) == "unknown"


def test_a_slip_is_the_same_persons_as_the_record_that_was_chosen_and_nobody_elses(session):
    first = told(session, "1.1", birth="19600214")
    agreed(session, first)
    other = told(session, "1.2", birth="19900930", name="OTHER^BELLA")
    slip = told(session, "1.3", birth="19610214")
    assert [one.version.study_uid for one in identity.opposed(session, slip)] == ["1.1", "1.2"]
    identity.confirm(session, slip, "1.1", FOUND, "me")
    assert [state(session, one) for one in (first, other, slip)] == ["accepted", "unknown", "accepted"]
    assert len(identity.doubtful(session)) == 1
    for wrong in ("1.1", "1.9", ""):
        with pytest.raises(Refusal, match="Choose which record"):
            identity.confirm(session, slip, wrong, FOUND, "me")


def test_a_slip_that_somebody_confirms_lets_consent_count_again_until_the_confirmation_is_undone(session):
    first = told(session, "1.1", birth="19600214")
    agreed(session, first)
    slip = told(session, "1.2", birth="19600215")
    assert [doubt.details for doubt in identity.doubtful(session)] == [("date of birth",)]
    made = identity.confirm(session, slip, "1.1", FOUND, "me")
    assert identity.doubtful(session) == []
    assert state(session, slip) == "accepted"
    agreed(session, slip)
    identity.undo(session, slip, made.id, "Two people after all.", "me")
    assert state(session, slip) == "accepted"  # what was recorded from it stays its own
    assert state(session, first) == "accepted"
    assert len(identity.doubtful(session)) == 1
    with pytest.raises(Refusal, match="undone already"):
        identity.undo(session, slip, made.id, "Again.", "me")


def test_a_confirmation_holds_for_the_details_that_were_compared_and_for_no_others(session):
    told(session, "1.1", birth="19600214")
    identity.confirm(session, told(session, "1.2", birth="19600215"), "1.1", FOUND, "me")
    told(session, "1.2", birth="19900930")
    assert len(identity.doubtful(session)) == 1


def test_another_persons_study_stands_under_its_own_patient_and_keeps_to_it(session, shared):
    first, other = shared
    agreed(session, other, Scope.study("1.2"))
    made = identity.separate(session, other, FOUND, "me")
    moved = studies.by_uid(session, "1.2")
    assert moved.patient_key != first.patient_key
    assert told(session, "1.2", birth="19900930", name="OTHER^BELLA").patient_key == moved.patient_key
    assert identity.doubtful(session) == []
    assert state(session, moved) == "unknown"
    agreed(session, moved)
    agreed(session, first)
    consent.refuse(session, Target.from_study(moved, EVERYTHING), p.Refused(), "me")
    assert [state(session, one) for one in (first, moved)] == ["accepted", "refused"]
    for study in (first, moved):
        kinds = [event.type for event in queries.history(session, study)]
        assert EventType.STUDY_SEPARATED in kinds
    identity.undo(session, moved, made.id, "The label was right.", "me")
    back = studies.by_uid(session, "1.2")
    assert back.patient_key == first.patient_key
    assert state(session, back) == "refused"
    assert len(identity.doubtful(session)) == 1


ALIKE = {"birth": "", "name": "QUIRKLEBY^ANNA"}
"""What two people's studies say: nothing tells them apart but what somebody found."""


def present(session, uid):
    return studies.by_uid(session, uid)


@pytest.fixture
def alike(session):
    """Three studies of one name, the last another person's; the first two numbers are one person's."""
    first, second = told(session, "1.1", **ALIKE), told(session, "1.2", patient="HOSP-78", **ALIKE)
    other = told(session, "1.3", **ALIKE)
    identity.merge(session, first, second, FOUND, "me")
    agreed(session, present(session, "1.1"))
    assert [state(session, one) for one in (first, second, other)] == ["accepted"] * 3
    return first, second, other


def test_another_persons_study_stays_apart_under_every_number_joined_to_the_one_it_was_separated_from(session, alike):
    first, second, other = alike
    identity.separate(session, other, FOUND, "me")
    own = present(session, "1.3").patient_key
    for number in ("HOSP-78", "HOSP-77"):
        assert told(session, "1.3", patient=number, **ALIKE).patient_key == own
        assert state(session, other) == "unknown"
    assert [state(session, one) for one in (first, second)] == ["accepted", "accepted"]


def test_another_persons_study_stays_apart_when_its_new_number_is_joined_to_the_old_one(session, alike):
    _first, _second, other = alike
    told(session, "1.4", patient="HOSP-90", **ALIKE)
    identity.separate(session, other, FOUND, "me")
    agreed(session, present(session, "1.3"))
    moved = told(session, "1.3", patient="HOSP-90", **ALIKE)
    assert moved.patient_key == present(session, "1.4").patient_key
    assert [state(session, present(session, uid)) for uid in ("1.3", "1.4")] == ["accepted", "accepted"]
    consent.refuse(session, Target.from_study(moved, Scope.study("1.3")), p.Refused(), "me")
    identity.merge(session, present(session, "1.1"), present(session, "1.4"), FOUND, "me")
    assert "person, as somebody found" in identity.doubtful(session)[0].details
    agreed(session, present(session, "1.3"), Scope.study("1.3"))
    assert state(session, present(session, "1.3")) == "accepted"
    assert told(session, "1.3", patient="HOSP-77", **ALIKE).patient_key == moved.patient_key


def test_a_separated_study_whose_own_patient_is_joined_to_the_number_again_is_in_doubt(session, alike):
    first, _second, other = alike
    identity.separate(session, other, FOUND, "me")
    identity.merge(session, present(session, "1.3"), present(session, "1.1"), FOUND, "me")
    assert [state(session, one) for one in (first, other)] == ["accepted", "unknown"]
    with pytest.raises(Refusal, match="person, as somebody found"):
        agreed(session, present(session, "1.3"))


def test_a_separation_outweighs_an_earlier_confirmation_and_a_later_confirmation_the_separation(session):
    agreed(session, told(session, "1.1"))
    slip = told(session, "1.2", birth="19700518")
    identity.confirm(session, slip, "1.1", FOUND, "me")
    identity.separate(session, slip, FOUND, "me")
    identity.merge(session, present(session, "1.2"), present(session, "1.1"), FOUND, "me")
    assert state(session, slip) == "unknown"
    identity.confirm(session, present(session, "1.2"), "1.1", FOUND, "me")
    assert state(session, slip) == "accepted"
    assert identity.doubtful(session) == []


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
