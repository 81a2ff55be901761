"""A part that goes away while a job runs: nothing leaves, the job lives, and care is never stopped."""

import json
import signal

import httpx
import pytest

from tests.integration.engine.conftest import answers
from tests.support.patience import PATIENCE, until

pytestmark = pytest.mark.integration


def test_with_the_portal_away_nothing_leaves_for_a_secondary_purpose(engine, portal, small_chest):
    portal.stop()
    answer = engine.export(small_chest)
    assert answer.status_code == 503
    assert answer.json()["because"] == "portal"
    assert engine.kept() == set()


def test_a_trainer_gets_no_original_while_the_portal_is_away_whatever_purpose_is_named(engine, portal, small_chest):
    portal.stop()
    for role in ("trainer", "administrator", "department-admin", "caldicott-guardian", ""):
        assert engine.export(small_chest, role=role, purpose="direct-care").status_code == 503


# So that no job is done before the part it waits for has gone, however busy the machine is.
HELD_UP = {"check": {"status": 503}}


def test_a_job_waits_for_the_portal_and_goes_on_when_it_is_back(engine, portal, chest):
    portal.says(by_intent=HELD_UP)
    job = engine.begin(chest)
    portal.stop()
    until(lambda: "portal" in (engine.state(job)["waiting_for"] or ""), "the job says what it waits for")
    assert engine.state(job)["state"] == "running"
    assert engine.package(job).status_code == 409
    portal.start()
    done = engine.becomes(job, "ready")
    assert done["waiting_for"] is None
    assert done["released"] == 40


def test_a_job_waits_for_orthanc_and_goes_on_when_it_is_back(engine, orthanc, portal, chest):
    portal.says(by_intent=HELD_UP)
    job = engine.begin(chest)
    orthanc.process.send_signal(signal.SIGKILL)
    orthanc.process.wait(PATIENCE)
    until(lambda: "Orthanc" in (engine.state(job)["waiting_for"] or ""), "the job says what it waits for")
    orthanc.start()
    portal.says(by_intent={})
    assert engine.becomes(job, "ready")["released"] == 40


def test_with_the_portal_away_at_hand_over_the_package_stays_and_can_be_fetched_later(engine, portal, small_chest):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    portal.stop()
    assert engine.package(job).status_code == 503
    assert engine.state(job)["state"] == "ready"
    portal.start()
    assert engine.package(job).status_code == 200
    assert list(portal.ledger) == [f"release-{job}"]


@pytest.mark.parametrize("status", [500, 404, 401, 200])
def test_without_a_record_in_the_ledger_nothing_is_handed_over(engine, portal, small_chest, status):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    portal.says(disclosure_status=status)
    assert engine.package(job).status_code == 503
    portal.says(disclosure_status=201)
    assert engine.package(job).status_code == 200


@pytest.mark.parametrize("role", ["clinician", "medical-illustration"])
def test_direct_care_passes_while_the_portal_is_away_and_is_recorded_once_when_it_is_back(
    engine, portal, small_chest, role
):
    portal.stop()
    job = engine.begin(small_chest, role=role, purpose="direct-care", attestations={})
    engine.becomes(job, "ready")
    answer = engine.package(job, role=role)
    assert answer.status_code == 200
    portal.start()
    recorded = until(lambda: portal.ledger.get(f"release-{job}"), "the release is recorded")
    assert recorded["request"]["sender"] == {"user": "anna", "role": role}
    assert recorded["decision"]
    assert recorded["subjects"][0]["orthanc_id"] == small_chest
    until(lambda: engine.kept() == set(), "what the record needed is destroyed")
    later = engine.begin(small_chest, role=role, purpose="direct-care", attestations={})
    engine.becomes(later, "ready")
    portal.says(disclosure_status=500)
    assert engine.package(later, role=role).status_code == 200
    portal.says(disclosure_status=201)
    until(lambda: portal.ledger.get(f"release-{later}"), "a later release is recorded in the same way")
    assert portal.told()["attempts"].count(f"release-{job}") == 1


def test_care_for_another_place_waits_for_the_portal_which_keeps_the_register(engine, portal, small_chest):
    portal.stop()
    asked = {"purpose": "direct-care", "recipient": "hospital", "attestations": {}}
    assert engine.export(small_chest, **asked).status_code == 503
    portal.start()
    assert engine.export(small_chest, **asked).status_code == 202


def test_direct_care_passes_when_the_portal_answers_garbage(engine, portal, small_chest):
    portal.says(body={"outcome": "maybe"}, disclosure_status=500)
    job = engine.begin(small_chest, purpose="direct-care", attestations={})
    engine.becomes(job, "ready")
    assert engine.package(job).status_code == 200
    portal.says(body=None)  # it decides again first, so that no attempt is left that still heard garbage
    until(lambda: f"release-{job}" in portal.told()["attempts"], "the record is tried with a decision")
    portal.says(disclosure_status=201)
    until(lambda: list(portal.ledger) == [f"release-{job}"], "the release is recorded")


def entry(study, **changes):
    return {
        "at": "2026-03-01T10:00:00+00:00",
        "user": "anna",
        "role": "clinician",
        "door": "/studies/{id}/archive",
        "level": "Study",
        "orthanc_id": study,
        "count": 1,
        **changes,
    }


def test_what_care_owes_the_ledger_is_recorded_once_even_when_the_engine_dies_before_the_portal_is_back(
    own_engine, portal, small_chest
):
    own_engine.start()
    portal.stop()
    job = own_engine.begin(small_chest, purpose="direct-care", attestations={})
    own_engine.becomes(job, "ready")
    assert own_engine.package(job).status_code == 200
    answer = own_engine.post("/journal", {"entries": [entry(small_chest), entry(small_chest, count=7)]})
    assert answer.status_code == 204
    own_engine.kill()
    portal.start()
    own_engine.start()
    until(lambda: len(portal.ledger) == 3, "the release and both reads are recorded")
    recorded = portal.ledger
    assert sorted(portal.told()["attempts"]) == sorted(recorded)
    assert recorded.pop(f"release-{job}")["released"] == 3
    assert [read["kind"] for read in recorded.values()] == ["care-read"] * 2
    assert [read["released"] for read in recorded.values()] == [1, 7]
    assert all(read["subjects"][0]["patient"]["name"].startswith("ZZCANARY") for read in recorded.values())
    until(lambda: not list((own_engine.home / "engine" / "journal").iterdir()), "the batch is destroyed")


def test_a_read_of_an_instance_is_reported_for_its_study_and_of_a_deleted_one_for_its_number(
    engine, portal, orthanc, small_chest
):
    instance = orthanc.get(f"/studies/{small_chest}/instances").json()[0]["ID"]
    gone = "00000000-00000000-00000000-00000000-00000000"
    entries = [entry(instance, level="Instance"), entry(gone, level="series")]
    assert engine.post("/journal", {"entries": entries}).status_code == 204
    until(lambda: len(portal.ledger) == 2, "both reads are reported")
    assert {read["subjects"][0]["orthanc_id"] for read in portal.ledger.values()} == {small_chest, gone}


def test_an_entry_that_the_gate_sends_again_is_recorded_once(engine, portal, small_chest):
    again = entry(small_chest, key="0123456789abcdef")
    assert [engine.post("/journal", {"entries": [again]}).status_code for _ in range(2)] == [204, 204]
    until(lambda: len(portal.told()["attempts"]) == 2, "both deliveries are reported")
    assert list(portal.ledger) == ["care-read-0123456789abcdef"]


@pytest.mark.parametrize(
    "wrong",
    [{"level": "galaxy"}, {"key": "a/b"}, {"orthanc_id": "../x"}, {"count": -1}, {"at": "yesterday"}, {"user": None}],
    ids=str,
)
def test_a_journal_entry_that_is_not_understood_is_named_and_nothing_is_taken(engine, portal, small_chest, wrong):
    answer = engine.post("/journal", {"entries": [entry(small_chest), entry(small_chest, **wrong)]})
    assert answer.status_code == 400
    assert answer.json()["faults"][0]["field"] == f"entries[1].{next(iter(wrong))}"
    assert portal.ledger == {}


def test_the_engine_says_in_its_log_what_it_did_in_json(engine, small_chest):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    lines = [json.loads(line) for line in engine.log.read_text().splitlines() if line]
    assert {"accepted", "ready"} <= {line["event"] for line in lines}
    assert answers(engine.url + "/health/live")
    assert (
        httpx.get(engine.url + "/nowhere", headers=engine.headers("anna", "clinician"), timeout=PATIENCE).status_code
        == 404
    )
