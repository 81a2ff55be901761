"""A withdrawal, a refusal or a change of policy between the decision and the hand-over stops the release."""

import pytest

pytestmark = pytest.mark.integration


def nothing_is_left(engine, job):
    return engine.kept() == set() and not engine.worked_on()


def is_closed(engine, job, words):
    assert engine.state(job)["state"] == "recalled"
    again = engine.package(job)
    assert again.status_code == 410
    assert any(words in reason["text"] for reason in again.json()["reasons"])
    assert nothing_is_left(engine, job)


@pytest.mark.parametrize("outcome", ["deny", "ask"])
def test_a_withdrawal_before_hand_over_stops_the_release(engine, portal, small_chest, outcome):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    portal.says(by_intent={"hand-over": {"outcome": outcome}})
    answer = engine.package(job)
    assert answer.status_code == 410
    assert outcome in answer.json()["reasons"][0]["text"]
    assert portal.ledger == {}
    portal.says(by_intent={})
    is_closed(engine, job, outcome)


def test_a_withdrawal_in_the_very_moment_of_recording_stops_the_release(engine, portal, small_chest):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    portal.says(disclosure_status=409)
    assert engine.package(job).status_code == 410
    portal.says(disclosure_status=201)
    is_closed(engine, job, "Withdrawn a moment ago")
    assert portal.ledger == {}


def test_a_withdrawal_while_the_job_runs_recalls_it(engine, portal, small_chest):
    portal.says(by_intent={"check": {"outcome": "deny"}})
    job = engine.begin(small_chest)
    engine.becomes(job, "recalled")
    is_closed(engine, job, "deny")


def test_a_package_made_under_another_profile_than_is_now_asked_for_does_not_leave(engine, portal, small_chest):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    portal.says(by_intent={"hand-over": {"level": "internet"}})
    assert engine.package(job).status_code == 410
    is_closed(engine, job, "changed")


def test_a_study_that_was_deleted_meanwhile_does_not_leave(engine, portal, orthanc, small_chest):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    orthanc.delete_study(small_chest)
    assert engine.package(job).status_code == 410
    is_closed(engine, job, "no longer in Orthanc")
    assert portal.ledger == {}


def test_who_the_study_is_about_is_asked_for_anew_at_every_question(engine, portal, small_chest):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    engine.package(job)
    asked = [part["body"] for part in portal.told()["asked"] if part["path"].endswith("v1/decisions")]
    assert [body["job"] for body in asked] == [job] * 3
    assert len({body["subjects"][0]["patient"]["name"] for body in asked}) == 1
    assert all(body["subjects"][0]["contents"][0]["count"] == 3 for body in asked)


def test_a_release_that_owes_a_second_reviewer_is_held_until_that_person_approves(engine, portal, small_chest):
    portal.says(obligations=["second-review"], review="pending", level="print")
    job = engine.begin(small_chest, purpose="print")
    held = engine.becomes(job, "held")
    assert "second person" in held["reasons"][0]["text"]
    assert "second reviewer" in held["waiting_for"]
    assert engine.package(job).status_code == 409
    portal.says(review="approved")
    engine.becomes(job, "ready")
    assert engine.package(job).status_code == 200


def test_a_release_that_the_second_reviewer_refuses_is_recalled(engine, portal, small_chest):
    portal.says(obligations=["second-review"], review="pending", level="print")
    job = engine.begin(small_chest, purpose="print")
    engine.becomes(job, "held")
    portal.says(review="refused")
    engine.becomes(job, "recalled")
    is_closed(engine, job, "refused this release")


def test_a_package_that_nobody_fetches_in_time_is_destroyed(own_engine, portal, small_chest):
    own_engine.start(AOA_ENGINE_PACKAGE_HOURS="0.0006")
    job = own_engine.begin(small_chest)
    own_engine.becomes(job, "recalled")
    is_closed(own_engine, job, "not fetched within")
    assert portal.ledger == {}
