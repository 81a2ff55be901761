"""What a patient took back while it waited is destroyed by itself, and the job says so, whoever asks."""

import signal

import pytest

from tests.integration.engine.test_changes_of_mind import is_closed, nothing_is_left
from tests.support.patience import until

pytestmark = pytest.mark.integration


def begun(engine, study, state, **changes):
    job = engine.begin(study, **changes)
    engine.becomes(job, state)
    return job


def held(engine, portal, study):
    portal.says(obligations=["second-review"], review="pending", level="print")
    return begun(engine, study, "held", purpose="print")


def test_a_package_that_nobody_asks_about_is_destroyed_when_it_is_called_back(engine, portal, small_chest):
    job = begun(engine, small_chest, "ready")
    portal.says(called_back=True, head=2)
    until(lambda: nothing_is_left(engine, job), "the package is destroyed")
    is_closed(engine, job, "deny")
    assert portal.ledger == {}


def test_whoever_asks_about_the_job_is_told_that_it_was_called_back(engine, portal, small_chest):
    job = begun(engine, small_chest, "ready")
    portal.says(called_back=True, head=2)
    until(lambda: engine.state(job)["state"] == "recalled", "the job says that it was called back")
    told = engine.state(job)
    assert (told["collectable"], told["waiting_for"]) == (False, None)
    assert told["reasons"][0]["text"] == "The portal double says deny to this purpose."
    assert nothing_is_left(engine, job)


def test_a_held_job_is_called_back_and_is_not_opened_by_a_late_approval(engine, portal, small_chest):
    job = held(engine, portal, small_chest)
    portal.says(called_back=True, head=2)
    until(lambda: engine.state(job)["state"] == "recalled", "the held job is called back")
    portal.says(review="approved", called_back=False)
    is_closed(engine, job, "deny")
    assert portal.ledger == {}


def test_a_job_in_the_middle_of_its_work_is_called_back_and_leaves_nothing(engine, portal, chest):
    job = engine.begin(chest)
    portal.says(called_back=True, head=2)
    until(lambda: engine.state(job)["state"] == "recalled", "the running job is called back")
    until(lambda: nothing_is_left(engine, job), "what was worked on is gone")
    is_closed(engine, job, "deny")


def test_a_portal_that_is_away_calls_nothing_back(engine, portal, small_chest):
    job = begun(engine, small_chest, "ready")
    portal.stop()
    assert engine.state(job)["state"] == "ready"
    portal.start()
    portal.says()
    assert engine.package(job).status_code == 200


def test_a_portal_that_fails_calls_nothing_back(engine, portal, small_chest):
    job = begun(engine, small_chest, "ready")
    portal.says(status=500, called_back=True)
    assert engine.state(job)["state"] == "ready"
    portal.says(status=200, called_back=False)
    assert engine.package(job).status_code == 200


def questions(portal):
    return [part["body"] for part in portal.told()["asked"] if part["path"].endswith("called-back")]


def test_nothing_is_decided_again_while_the_ledger_has_not_grown(engine, portal, small_chest):
    begun(engine, small_chest, "ready")
    portal.says(head=7)
    until(lambda: [one for one in questions(portal) if one["since"] == 7], "the engine asks from the head on")
    since = [one["since"] for one in questions(portal)][-3:]
    assert 7 in since


def test_what_was_called_back_while_the_engine_was_down_is_destroyed_when_it_starts(own_engine, portal, small_chest):
    own_engine.start()
    job = begun(own_engine, small_chest, "ready")
    own_engine.process.send_signal(signal.SIGKILL)
    own_engine.process.wait()
    portal.says(called_back=True, head=2)
    own_engine.start()
    until(lambda: own_engine.state(job)["state"] == "recalled", "the job says that it was called back")
    assert not own_engine.packages.joinpath(job).exists()


def test_a_push_that_waits_for_its_reviewer_is_called_back_and_never_sent(engine, portal, small_chest):
    portal.says(obligations=["second-review"], review="pending")
    resources = [{"level": "study", "orthanc_id": small_chest}]
    body = {"destination": "teaching-archive", "kind": "modality", "resources": resources, "purpose": "teaching"}
    job = engine.post("/pushes", body, "aet:SENDER", "dicom").json()["job"]
    who = {"user": "aet:SENDER", "role": "dicom"}
    until(lambda: engine.state(job, **who)["state"] == "held", "the push is held")
    portal.says(called_back=True, head=2)
    until(lambda: engine.state(job, **who)["state"] == "recalled", "the push is called back")
    assert nothing_is_left(engine, job)
    assert portal.ledger == {}


def test_asking_where_a_care_job_stands_never_waits_for_the_portal(own_engine, portal, small_chest):
    settings = own_engine.home / "aoa.toml"
    settings.write_text(settings.read_text().replace("poll_seconds = 0.3", "poll_seconds = 3600"))
    own_engine.start()
    begun(own_engine, small_chest, "ready", purpose="direct-care", attestations={})
    assert questions(portal) == []
    begun(own_engine, small_chest, "ready")
    assert questions(portal) != []
