"""Sending to a DICOM destination with a secondary purpose: de-identified, recorded first, by a real C-STORE."""

import subprocess
from io import BytesIO

import pydicom
import pytest

from tests.integration.engine.conftest import CANARY, stop
from tests.support.files import contents, files_below
from tests.support.patience import until

pytestmark = pytest.mark.integration


@pytest.fixture
def teaching_archive(orthanc, tmp_path):
    """DCMTK's storescp behind the modality that Orthanc knows as teaching-archive."""
    folder = tmp_path / "received"
    folder.mkdir()

    class Archive:
        def start(self):
            self.process = subprocess.Popen(
                ["storescp", "-od", str(folder), "+xa", "-aet", "TEACH", str(orthanc.modality_port)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            until(self.echoes, "the archive answers")
            return self

        def echoes(self):
            command = ["echoscu", "-aec", "TEACH", "127.0.0.1", str(orthanc.modality_port)]
            return subprocess.run(command, capture_output=True, check=False).returncode == 0

        def received(self):
            return [pydicom.dcmread(BytesIO(data)) for _, data in contents(files_below(folder)) if data]

    archive = Archive()
    yield archive
    if hasattr(archive, "process"):
        stop(archive.process)


def push(engine, resources, **changes):
    body = {
        "destination": "teaching-archive",
        "kind": "modality",
        "resources": [{"level": level, "orthanc_id": identifier} for level, identifier in resources],
        "purpose": "teaching",
    }
    return engine.post("/pushes", {**body, **changes})


def test_a_push_arrives_deidentified_and_is_in_the_ledger(engine, portal, orthanc, teaching_archive, small_chest):
    teaching_archive.start()
    answer = push(engine, [("Study", small_chest)])
    assert answer.status_code == 202
    job = answer.json()["job"]
    engine.becomes(job, "ready")
    images = until(lambda: len(teaching_archive.received()) == 3 and teaching_archive.received(), "three arrive")
    assert {image.PatientIdentityRemoved for image in images} == {"YES"}
    assert CANARY not in "".join(str(image) for image in images)
    assert portal.ledger[f"release-{job}"]["request"]["recipient"] == "teaching-archive"
    assert portal.intents() == ["export", "check", "hand-over"]
    assert orthanc.get(f"/studies/{small_chest}/statistics").json()["CountInstances"] == 3
    until(lambda: engine.kept() == set() and not engine.worked_on(), "nothing is left")
    assert engine.package(job).status_code == 410


def test_questions_that_nobody_answered_are_answered_most_cautiously(engine, portal, small_chest):
    portal.says(outcome="ask")
    assert push(engine, [("study", small_chest)]).status_code == 403
    (decided,) = [part["body"] for part in portal.told()["asked"] if part["path"].endswith("v1/decisions")]
    assert decided["request"]["attestations"] == {
        "identifiable": "maybe",
        "unusual_finding": "yes",
        "damage_or_distress": "yes",
        "motivated_intruder_checked": False,
    }


def test_only_what_was_named_is_sent(engine, portal, orthanc, teaching_archive, small_chest):
    teaching_archive.start()
    instance = orthanc.get(f"/studies/{small_chest}/instances").json()[1]["ID"]
    job = push(engine, [("instance", instance)]).json()["job"]
    assert engine.becomes(job, "ready")["released"] == 1
    assert len(teaching_archive.received()) == 1
    subject = portal.ledger[f"release-{job}"]["subjects"][0]
    assert sum(part["count"] for part in subject["contents"]) == 1


def test_a_push_waits_for_a_destination_that_is_away_and_is_recorded_once(
    engine, portal, teaching_archive, small_chest
):
    job = push(engine, [("study", small_chest)]).json()["job"]
    until(lambda: "teaching-archive" in (engine.state(job)["waiting_for"] or ""), "the job says what it waits for")
    assert list(portal.ledger) == [f"release-{job}"]
    teaching_archive.start()
    engine.becomes(job, "ready")
    assert len(teaching_archive.received()) == 3
    assert portal.told()["attempts"] == [f"release-{job}"]


def test_a_withdrawal_before_the_sending_stops_it(engine, portal, teaching_archive, small_chest):
    teaching_archive.start()
    portal.says(by_intent={"hand-over": {"outcome": "deny"}})
    job = push(engine, [("study", small_chest)]).json()["job"]
    engine.becomes(job, "recalled")
    assert teaching_archive.received() == []
    assert portal.ledger == {}


@pytest.mark.parametrize("kind", ["peer", "dicomweb", "pigeon"])
def test_a_kind_of_destination_that_cannot_be_sent_to_says_so(engine, small_chest, kind):
    answer = push(engine, [("study", small_chest)], kind=kind)
    assert answer.status_code == 400
    assert answer.json()["faults"][0]["field"] == "kind"


def test_every_fault_of_a_push_is_named(engine):
    answer = engine.post("/pushes", {"kind": "modality", "resources": [{"level": "galaxy", "orthanc_id": "../x"}]})
    assert {fault["field"] for fault in answer.json()["faults"]} == {"destination", "purpose", "resources"}
