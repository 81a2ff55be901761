"""The order of what was said is the ledger's: no clock lets a yes outlive a no recorded after it (ADR 0124)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from consent_portal.clock import utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.levels import Level
from consent_portal.ledger.scope import Scope
from consent_portal.services import consent, house, queries
from tests.support.consent import START, STUDY, Story, given

HOURS = st.integers(min_value=-1000, max_value=1000)
YES = st.tuples(st.sampled_from(["given", "amended"]), HOURS)
NO = st.tuples(st.sampled_from(["refused", "withdrawn", "declined"]), HOURS)


def tell(story, kind, hour):
    at = START + timedelta(hours=hour)
    if kind == "declined":
        return story.given("record", "teaching", at=at)
    return getattr(story, kind)(*(["teaching"] if kind != "withdrawn" else []), at=at)


@settings(max_examples=300)
@given_any(st.lists(st.one_of(YES, NO), max_size=6), NO, st.lists(NO, max_size=2), HOURS)
def test_whatever_the_clocks_said_a_no_that_was_recorded_last_stands(told, no, more, now):
    story = Story()
    for kind, hour in [*told, no, *more]:
        tell(story, kind, hour)
    assert story.status(at=START + timedelta(hours=now)).state(Level.TEACHING).is_refusal


@settings(max_examples=300)
@given_any(st.lists(st.one_of(YES, NO), max_size=6), NO, YES, HOURS)
def test_a_yes_lifts_a_no_only_if_it_was_recorded_later_and_not_said_before_it(told, no, yes, now):
    story = Story()
    for kind, hour in [*told, no, yes]:
        tell(story, kind, hour)
    if yes[1] < no[1]:
        assert story.status(at=START + timedelta(hours=now)).state(Level.TEACHING).is_refusal


def test_a_yes_from_a_clock_that_was_ahead_never_hides_the_no_behind_not_asked():
    story = Story().given("record,teaching", at=START + timedelta(days=1)).withdrawn(at=START + timedelta(hours=1))
    for hours in (1, 2, 30, 1000):
        assert story.state("teaching", at=START + timedelta(hours=hours)) == "withdrawn"


def test_the_next_yes_that_is_said_and_recorded_after_the_no_counts():
    story = Story().given("teaching", at=START + timedelta(days=1)).withdrawn(at=START + timedelta(days=1))
    story.given("teaching", at=START + timedelta(days=1, hours=1))
    assert story.state("teaching", at=START + timedelta(days=2)) == "accepted"


def test_a_form_that_is_silent_ends_an_earlier_yes_from_a_clock_that_was_ahead_for_good():
    ahead = START + timedelta(days=400)
    story = Story().given("record,teaching,print", at=ahead).given("record,teaching")
    story.events[0] = replace(story.events[0], recorded_at=ahead)  # and then the Guardian accepted the present clock
    for days in (1, 399, 401, 1000):
        assert story.state("teaching", at=START + timedelta(days=days)) == "accepted"
        assert story.state("print", at=START + timedelta(days=days)) == "not chosen"


HOURS_AHEAD = timedelta(hours=2)


def written_ahead(session, target):
    """Write an entry as a machine would whose clock is two hours ahead."""
    with pytest.MonkeyPatch.context() as patch:
        ahead = utc_now() + HOURS_AHEAD
        patch.setattr(store, "utc_now", lambda: ahead)
        draft = Draft(EventType.GIVEN, target.patient_key, target.scope, given("record,teaching"), ahead, "elsewhere")
        return store.append(session, draft)


def test_a_withdrawal_after_an_entry_from_the_future_is_taken_counts_at_once_and_is_marked(database, study, target):
    with database.writing() as session:
        ahead = written_ahead(session, target)
        event = consent.withdraw(session, target, p.Withdrawn(), "receptionist")
        assert str(queries.status(session, study).state(Level.TEACHING)) == "withdrawn"
    assert 7000 < event.payload.seconds_behind <= 7200
    assert event.recorded_at == ahead.recorded_at
    assert event.effective_at >= ahead.effective_at


def test_what_would_open_something_is_refused_while_the_clock_is_behind(database, study, target):
    with database.writing() as session:
        written_ahead(session, target)
        no = consent.withdraw(session, target, p.Withdrawn(), "receptionist")
        for opening in (
            lambda: consent.record(session, target, given("record,teaching"), "me"),
            lambda: consent.amend(session, target, given("print"), "me"),
            lambda: consent.invalidate(session, no.id, "wrong patient", "me"),
            lambda: house.sign_policy(session, p.PolicySigned(policy_version="1"), "me"),
        ):
            with pytest.raises(Refusal, match="before the ledger's last entry"):
                opening()
        assert store.head(session)[0] == 2
        assert str(queries.status(session, study).state(Level.TEACHING)) == "withdrawn"


def test_of_a_form_with_both_answers_the_no_counts_and_the_yes_is_held(database, study, target):
    with database.writing() as session:
        written_ahead(session, target)
        consent.amend(session, target, given("print", "teaching"), "me")
        status = queries.status(session, study)
    assert str(status.state(Level.TEACHING)) == "declined"
    assert str(status.state(Level.PRINT)) == "unknown"
    assert "record it again" in status.levels[Level.PRINT].why


def test_marking_a_yes_as_entered_in_error_is_always_taken(database, study, target):
    with database.writing() as session:
        ahead = written_ahead(session, target)
        consent.invalidate(session, ahead.id, "wrong patient", "me")
        later = utc_now() + HOURS_AHEAD + timedelta(minutes=1)
        assert str(queries.status(session, study, later).state(Level.TEACHING)) == "invalidated"


def test_machines_that_differ_by_a_second_record_without_a_word_and_in_the_order_of_the_ledger(database, target):
    with database.writing() as session, pytest.MonkeyPatch.context() as patch:
        now = utc_now()
        for off in (1, 0, 2):
            patch.setattr(store, "utc_now", lambda off=off: now + timedelta(seconds=off))
            draft = Draft(EventType.GIVEN, "p", Scope.study(STUDY), given("record"), now, "me")
            assert store.append(session, draft).payload.seconds_behind == 0
        times = [row["recorded_at"] for row in store.walk(session)]
    assert times == sorted(times)
