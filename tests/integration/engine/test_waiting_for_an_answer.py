"""An export that has to be asked for first waits, sealed, and goes on or ends by itself when the answer is there."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.integration.engine.test_changes_of_mind import nothing_is_left
from tests.integration.engine.test_pushes import push, teaching_archive
from tests.support.patience import until

__all__ = ["teaching_archive"]
pytestmark = pytest.mark.integration


def waits(engine, portal, study, **changes):
    portal.says(outcome="ask")
    answer = engine.export(study, **changes)
    assert answer.status_code == 403
    told = answer.json()
    assert told["href"] == f"/export/{told['job']}"
    return told["job"]


def fetched(engine, job):
    engine.becomes(job, "ready")
    answer = engine.package(job)
    assert answer.status_code == 200
    return {name.rsplit("/", 1)[-1]: name for name in ZipFile(BytesIO(answer.content)).namelist()}


def decisions_of(portal, job):
    asked = [part["body"] for part in portal.told()["asked"] if part["path"].endswith("v1/decisions")]
    return [body["intent"] for body in asked if body["job"] == job]


def test_it_is_held_with_its_question_and_nothing_of_it_is_worked_on(engine, portal, small_chest):
    job = waits(engine, portal, small_chest)
    state = engine.state(job)
    assert (state["state"], state["released"], state["collectable"]) == ("held", 0, False)
    assert state["question"] == "http://127.0.0.1/asks/1"
    assert "waits for the patient's answer" in state["reasons"][0]["text"]
    assert engine.package(job).status_code == 409
    assert b"ZZCANARY" not in b"".join(path.read_bytes() for path in engine.packages.rglob("*") if path.is_file())
    assert not list(engine.work.glob(job))


def test_a_yes_lets_it_go_on_with_what_was_attested_when_it_was_asked_for(engine, portal, small_chest):
    job = waits(engine, portal, small_chest, reason="for the lecture on Friday")
    portal.says(outcome="permit", answered=True, head=2)
    assert any(name.endswith(".dcm") for name in fetched(engine, job))
    (told,) = portal.ledger.values()
    assert told["job"] == job
    assert told["request"]["reason"] == "for the lecture on Friday"
    assert told["request"]["attestations"]["identifiable"] == "no"


def test_a_no_ends_it_and_nothing_ever_leaves(engine, portal, small_chest):
    job = waits(engine, portal, small_chest)
    portal.says(outcome="deny", answered=True, head=2)
    until(lambda: engine.state(job)["state"] == "recalled", "the export ends")
    until(lambda: nothing_is_left(engine, job), "what was kept is gone")
    portal.says(outcome="permit", head=3)
    assert engine.package(job).status_code == 410
    assert portal.ledger == {}


def test_a_question_that_was_closed_without_an_answer_ends_it(engine, portal, small_chest):
    job = waits(engine, portal, small_chest)
    portal.says(answered=True, asks=False)
    until(lambda: engine.state(job)["state"] == "recalled", "the export ends")
    assert "closed without an answer" in engine.state(job)["reasons"][0]["text"]


def test_while_the_question_is_open_the_same_request_finds_the_same_export(engine, portal, small_chest):
    job = waits(engine, portal, small_chest)
    assert waits(engine, portal, small_chest) == job
    assert waits(engine, portal, small_chest, reason="another") != job
    other = engine.export(small_chest, user="berta")
    assert other.json()["job"] != job
    portal.says(outcome="permit")
    assert engine.begin(small_chest) == job
    assert fetched(engine, job)


def test_a_portal_that_is_away_or_asks_on_leaves_it_waiting(engine, portal, small_chest):
    job = waits(engine, portal, small_chest)
    portal.says(answered=True)
    until(lambda: "check" in decisions_of(portal, job), "it is decided anew")
    portal.stop()
    assert engine.state(job)["state"] == "held"
    portal.start()
    portal.says(outcome="permit", answered=True, head=2)
    assert fetched(engine, job)


def test_an_engine_that_is_killed_while_an_export_waits_goes_on_with_it(own_engine, portal, small_chest):
    own_engine.start()
    job = waits(own_engine, portal, small_chest)
    own_engine.kill()
    portal.says(outcome="permit", answered=True, head=2)
    own_engine.start()
    assert fetched(own_engine, job)
    assert len(portal.ledger) == 1


def test_an_engine_that_is_killed_does_not_forget_that_nobody_has_answered(own_engine, portal, small_chest):
    own_engine.start()
    job = waits(own_engine, portal, small_chest)
    own_engine.kill()
    own_engine.start()
    assert own_engine.state(job)["state"] == "held"
    portal.says(outcome="deny", answered=True, head=2)
    until(lambda: own_engine.state(job)["state"] == "recalled", "the export ends")


def test_what_nobody_answers_in_time_ends(own_engine, portal, small_chest):
    settings = own_engine.home / "aoa.toml"
    settings.write_text(settings.read_text().replace("poll_seconds = 0.3", "poll_seconds = 0.3\nanswer_days = 1e-9"))
    own_engine.start()
    job = waits(own_engine, portal, small_chest)
    until(lambda: own_engine.state(job)["state"] == "recalled", "the export ends")
    assert "not answered within" in own_engine.state(job)["reasons"][0]["text"]
    assert nothing_is_left(own_engine, job)


def test_a_passphrase_waits_sealed_and_encrypts_the_package_in_the_end(engine, portal, small_chest):
    job = waits(engine, portal, small_chest, encrypted=True, passphrase="correct horse battery")
    assert b"correct horse" not in b"".join(path.read_bytes() for path in engine.packages.rglob("*") if path.is_file())
    portal.says(outcome="permit", answered=True, head=2)
    engine.becomes(job, "ready")
    members = ZipFile(BytesIO(engine.package(job).content)).infolist()
    assert members
    assert all(member.flag_bits & 1 for member in members)


def test_what_a_person_pushes_is_sent_after_the_yes(engine, portal, small_chest, teaching_archive):
    portal.says(outcome="ask")
    teaching_archive.start()
    told = push(engine, [("study", small_chest)])
    assert told.status_code == 403
    job = told.json()["job"]
    assert engine.state(job)["state"] == "held"
    assert teaching_archive.received() == []
    portal.says(outcome="permit", answered=True, head=2)
    until(lambda: len(teaching_archive.received()) == 3, "three arrive")
    assert {image.PatientIdentityRemoved for image in teaching_archive.received()} == {"YES"}


def test_what_a_person_pushes_is_never_sent_after_the_no(engine, portal, small_chest, teaching_archive):
    portal.says(outcome="ask")
    teaching_archive.start()
    job = push(engine, [("study", small_chest)]).json()["job"]
    portal.says(outcome="deny", answered=True, head=2)
    until(lambda: engine.state(job)["state"] == "recalled", "the push ends")
    assert teaching_archive.received() == []


def test_what_a_device_moves_does_not_wait_for_an_answer(engine, portal, small_chest):
    portal.says(outcome="ask")
    body = {"destination": "teaching-archive", "kind": "modality", "purpose": "teaching"}
    told = engine.post(
        "/pushes", {**body, "resources": [{"level": "study", "orthanc_id": small_chest}]}, "aet:SENDER", "dicom"
    )
    assert told.status_code == 403
    assert "job" not in told.json()
