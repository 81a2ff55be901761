"""Who is who: what is in doubt, which slip somebody confirms, and what that means for consent and refusals."""

import pytest

from consent_portal.clock import utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.registers.identity import FIRST_TOLD
from consent_portal.services import consent, identity
from consent_portal.services.target import Target
from tests.consent_portal.services.told import EVERYTHING, FOUND, agreed, state, told
from tests.support.consent import given


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
