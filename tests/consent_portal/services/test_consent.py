"""What people do to a consent, on a real ledger."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from consent_portal.clock import from_text, local_day, start_of_day, to_text, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.scope import Scope
from consent_portal.services import consent as commands
from consent_portal.services import papers, queries
from consent_portal.services.target import Target
from consent_portal.tasks import recalls
from tests.consent_portal.ledger.conftest import released
from tests.support.consent import given


def release(session, target, **fields):
    return store.append(
        session, Draft(EventType.RELEASED, target.patient_key, target.scope, released(**fields), utc_now(), "engine")
    )


def state(session, study, level="teaching"):
    return str(queries.status(session, study).state(Level(level)))


def test_recorded_consent_stands(database, study, target):
    with database.writing() as session:
        event = commands.record(session, target, given("record,teaching"), "illustrator")
        assert state(session, study) == "accepted"
        assert (event.seq, event.recorded_by, event.type) == (1, "illustrator", EventType.GIVEN)


@pytest.mark.parametrize("name", ["", "   "])
def test_consent_cannot_be_saved_without_the_requesting_clinician(database, target, name):
    with pytest.raises((Refusal, ValidationError), match="clinician"), database.writing() as session:
        commands.record(session, target, given("record", requesting_clinician=name), "illustrator")
    with database.reading() as session:
        assert store.head(session)[0] == 0


def test_consent_without_an_answer_on_capacity_is_no_record():
    with pytest.raises(ValidationError, match="capacity"):
        p.Given(levels={}, requesting_clinician="Dr", discussed_on=date(2025, 3, 1))


@pytest.mark.parametrize("answer", [p.CapacityAnswer.NO, p.CapacityAnswer.BEST_INTERESTS])
def test_a_patient_who_cannot_decide_can_agree_to_the_record_only(database, study, target, answer):
    capacity = p.Capacity(answer=answer, assessor="Dr B")
    with pytest.raises(Refusal, match="cannot decide"), database.writing() as session:
        commands.record(session, target, given("record,teaching", capacity=capacity), "illustrator")
    with database.writing() as session:
        commands.record(session, target, given("record", capacity=capacity), "illustrator")
        assert state(session, study, "record") == "accepted"


def test_the_future_cannot_be_recorded(database, target):
    tomorrow = local_day(utc_now()) + timedelta(days=1)
    with pytest.raises(Refusal, match="future"), database.writing() as session:
        commands.record(session, target, given("record", discussed_on=tomorrow), "illustrator")


def test_an_amendment_links_to_the_original_which_stays_as_it_was(database, study, target):
    with database.writing() as session:
        original = commands.record(session, target, given("record"), "illustrator")
        amended = commands.amend(session, target, given("teaching"), "illustrator")
        assert amended.supersedes == original.id
        assert store.event(session, original.id) == original
        assert state(session, study) == "accepted"


def test_there_must_be_something_to_amend(database, target):
    with pytest.raises(Refusal, match="record it first"), database.writing() as session:
        commands.amend(session, target, given("teaching"), "illustrator")


def test_withdrawing_needs_nothing_but_the_wish(database, study, target):
    with database.writing() as session:
        commands.record(session, target, given("record,teaching"), "illustrator")
        commands.withdraw(session, target, p.Withdrawn(), "receptionist")
        assert state(session, study) == "withdrawn"
    needed = {name for name, field in p.Withdrawn.model_fields.items() if field.is_required()}
    assert needed == set()


def test_a_withdrawal_recalls_everything_that_left_under_it(database, study, target):
    with database.writing() as session:
        first = release(session, target, disclosure="d-1")
        second = release(session, target, disclosure="d-2", purpose="internet", level_needed="internet")
        release(session, target, disclosure="d-3", purpose="direct-care", level_needed="none")
        commands.withdraw(session, target, p.Withdrawn(), "receptionist")
        waiting = recalls.waiting(session)
    assert {one.released_event for one in waiting} == {first.id, second.id}
    assert {one.status for one in waiting} == {"open"}


def test_a_withdrawal_of_one_level_recalls_only_what_left_under_that_level(database, target):
    with database.writing() as session:
        release(session, target, disclosure="d-1")
        internet = release(session, target, disclosure="d-2", purpose="internet", level_needed="internet")
        commands.withdraw(session, target, p.Withdrawn(levels=(Level.INTERNET,)), "receptionist")
        assert [one.released_event for one in recalls.waiting(session)] == [internet.id]


def test_a_no_when_asked_recalls_what_left_under_an_earlier_yes_and_nothing_of_another_level(database, target):
    with database.writing() as session:
        teaching = release(session, target, disclosure="d-1")
        release(session, target, disclosure="d-2", purpose="internet", level_needed="internet")
        commands.refuse(session, target, p.Refused(levels=(Level.TEACHING,)), "me")
        assert [one.released_event for one in recalls.waiting(session)] == [teaching.id]


def test_a_patient_wide_withdrawal_reaches_the_releases_of_every_study(database, target):
    with database.writing() as session:
        release(session, target, disclosure="d-1")
        commands.withdraw(session, Target(target.patient_key, Scope.patient()), p.Withdrawn(), "receptionist")
        assert len(recalls.waiting(session)) == 1


def test_what_was_published_cannot_be_recalled_and_says_when_the_patient_was_told(database, study, target):
    with database.writing() as session:
        event = release(session, target, purpose="print", level_needed="print")
        commands.withdraw(session, target, p.Withdrawn(), "receptionist")
        papers.publish(session, event.id, p.Published(told_on=local_day(utc_now()), where="Atlas"), "guardian")
        assert recalls.waiting(session) == []
        found = queries.disclosures(session, study.patient_key)
    assert [one.published.told_on for one in found] == [local_day(utc_now())]


def test_a_publication_known_before_the_withdrawal_is_marked_at_once(database, target):
    with database.writing() as session:
        event = release(session, target, purpose="print", level_needed="print")
        papers.publish(session, event.id, p.Published(where="Atlas"), "guardian")
        commands.withdraw(session, target, p.Withdrawn(), "receptionist")
        assert [one.status for one in recalls.of_patient(session, target.patient_key)] == [recalls.CANNOT]


def test_a_recall_is_followed_to_its_end_in_the_ledger(database, study, target):
    with database.writing() as session:
        release(session, target)
        commands.withdraw(session, target, p.Withdrawn(), "receptionist")
        task = recalls.waiting(session)[0]
        recalls.mark(session, task.id, recalls.SENT, "guardian", "letter of today")
        recalls.mark(session, task.id, recalls.CONFIRMED, "guardian")
        assert recalls.waiting(session) == []
        assert [one.recall for one in queries.disclosures(session, study.patient_key)] == ["confirmed"]
        with pytest.raises(ValueError, match="cannot become"):
            recalls.mark(session, task.id, recalls.SENT, "guardian")


def test_an_objection_and_an_erasure_request_close_the_secondary_levels(database, study, target):
    with database.writing() as session:
        commands.record(session, target, given("record,teaching"), "illustrator")
        release(session, target)
        commands.object_to(session, target, p.Objection(kind="erasure-request"), "receptionist")
        assert state(session, study) == "refused"
        assert state(session, study, "record") == "accepted"
        assert len(recalls.waiting(session)) == 1


def test_an_error_is_marked_with_its_reason_and_stays_to_be_read(database, study, target):
    with database.writing() as session:
        event = commands.record(session, target, given("record,teaching"), "illustrator")
        with pytest.raises(Refusal, match="why"):
            commands.invalidate(session, event.id, " ", "illustrator")
        commands.invalidate(session, event.id, "wrong patient", "illustrator")
        assert state(session, study) == "invalidated"
        assert event in queries.history(session, study)


def test_a_release_is_a_fact_and_cannot_be_entered_in_error(database, target):
    with database.writing() as session:
        event = release(session, target)
        with pytest.raises(Refusal):
            commands.invalidate(session, event.id, "never happened", "somebody")


def test_a_form_and_a_receipt_belong_to_their_event(database, study, target):
    with database.writing() as session:
        event = commands.record(session, target, given("record"), "illustrator")
        form = papers.attach_form(session, event.id, p.FormAttached(scan_sha256="a" * 64), "illustrator")
        receipt = papers.issue_receipt(session, event.id, p.ReceiptIssued(), "illustrator")
        assert (form.supersedes, receipt.supersedes) == (event.id, event.id)
        with pytest.raises(Refusal, match="no such event"):
            papers.attach_form(session, "nothing", p.FormAttached(scan_sha256="a" * 64), "illustrator")


def test_a_day_in_summer_begins_an_hour_before_utc():
    assert start_of_day(date(2025, 7, 1)) == datetime(2025, 6, 30, 23, tzinfo=UTC)
    assert start_of_day(date(2025, 1, 1)) == datetime(2025, 1, 1, tzinfo=UTC)
    assert local_day(datetime(2025, 7, 1, 23, 30, tzinfo=UTC)) == date(2025, 7, 2)


def test_a_form_of_an_earlier_day_counts_from_that_day_and_is_recorded_now(database, target):
    with database.writing() as session:
        event = commands.record(session, target, given("record", discussed_on=date(2025, 7, 1)), "illustrator")
    assert event.effective_at == datetime(2025, 6, 30, 23, tzinfo=UTC)
    assert event.recorded_at > event.effective_at + timedelta(days=1)


def test_a_time_without_a_zone_is_not_recorded():
    with pytest.raises(ValueError, match="time zone"):
        to_text(datetime(2025, 7, 1, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        from_text("2025-07-01T12:00:00")


@pytest.mark.parametrize("payload", [p.Refused, p.Withdrawn, p.Objection, p.Explained, p.Conditions])
def test_payloads_take_nothing_that_they_do_not_know(payload):
    with pytest.raises(ValidationError, match="extra"):
        payload(patient_name="X")


def test_what_has_run_out_is_noted_once_and_only_then(database, study, target):
    with database.writing() as session:
        gone = commands.record(session, target, given("teaching", valid_to=date(2025, 7, 31)), "illustrator")
        commands.record(session, target, given("teaching", valid_to=date(2099, 7, 31)), "illustrator")
        noted = commands.note_expired(session)
        assert [(event.supersedes, event.payload.ended_on) for event in noted] == [(gone.id, date(2025, 7, 31))]
        assert noted[0].effective_at == datetime(2025, 7, 31, 23, tzinfo=UTC)
        assert commands.note_expired(session) == []
        assert store.verify_ledger(session).whole


YESTERDAY = local_day(utc_now()) - timedelta(days=1)
NO = {
    "withdrawal": lambda session, target: commands.withdraw(session, target, p.Withdrawn(), "me", YESTERDAY),
    "objection": lambda session, target: commands.object_to(session, target, p.Objection(), "me", YESTERDAY),
    "refusal": lambda session, target: commands.refuse(session, target, p.Refused(), "me", YESTERDAY),
    "form": lambda session, target: commands.record(session, target, given("", "teaching", **OF_THAT_DAY), "me"),
    "amendment": lambda session, target: commands.amend(session, target, given("", "teaching", **OF_THAT_DAY), "me"),
}
OF_THAT_DAY = {"discussed_on": YESTERDAY}


def given_yesterday_at_ten(session, target):
    at = start_of_day(YESTERDAY) + timedelta(hours=10)
    agreed = given("record,teaching", **OF_THAT_DAY)
    return store.append(session, Draft(EventType.GIVEN, target.patient_key, target.scope, agreed, at, "me"))


@pytest.mark.parametrize("kind", NO)
def test_a_no_of_the_same_day_entered_the_day_after_is_not_lost(database, study, target, kind):
    with database.writing() as session:
        given_yesterday_at_ten(session, target)
        assert queries.status(session, study).state(Level.TEACHING) is LevelState.ACCEPTED
        NO[kind](session, target)
        assert queries.status(session, study).state(Level.TEACHING).is_refusal


def test_an_amendment_of_the_same_day_entered_the_day_after_counts_and_lifts_no_later_withdrawal(
    database, study, target
):
    with database.writing() as session:
        first = given_yesterday_at_ten(session, target)
        commands.amend(session, target, given("print", **OF_THAT_DAY), "me")
        assert queries.status(session, study).state(Level.PRINT) is LevelState.ACCEPTED
        later = first.effective_at + timedelta(hours=2)
        taken_back = p.Withdrawn(levels=(Level.PRINT,))
        store.append(session, Draft(EventType.WITHDRAWN, target.patient_key, target.scope, taken_back, later, "me"))
        commands.amend(session, target, given("print", **OF_THAT_DAY), "me")
        assert queries.status(session, study).state(Level.PRINT) is LevelState.WITHDRAWN


def test_saying_no_in_an_amendment_recalls_what_left_and_asks_back_only_once(database, target):
    with database.writing() as session:
        commands.record(session, target, given("record,teaching"), "me")
        store.append(session, Draft(EventType.RELEASED, target.patient_key, target.scope, released(), utc_now(), "me"))
        commands.amend(session, target, given("", "teaching"), "me")
        commands.withdraw(session, target, p.Withdrawn(), "me")
        assert [one.status for one in recalls.waiting(session)] == ["open"]


@pytest.mark.parametrize("kind", ["lasting-power-of-attorney", "deputy"])
def test_an_attorney_or_deputy_does_not_decide_for_a_patient_who_can(database, target, kind):
    somebody = p.Grantor(kind=p.GrantorKind(kind), name="H. Example", evidence="Order 12")
    unable = p.Capacity(answer=p.CapacityAnswer.NO, assessor="Dr B")
    with database.writing() as session:
        with pytest.raises(Refusal, match="only what the patient cannot"):
            commands.record(session, target, given("teaching", grantor=somebody), "me")
        commands.record(session, target, given("teaching", grantor=somebody, capacity=unable), "me")
