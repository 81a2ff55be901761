"""The five minutes of the README over HTTP, on a real Orthanc, engine and portal."""

import json

import httpx
import pytest

from tests.integration.walk.exporting import accepted, ask, dicom_objects, holds, members, settled
from tests.support.patience import PATIENCE
from tests.support.stack import CANARY, Stack

LEVELS = {"record", "teaching", "print", "internet"}
SAMPLES = ("chest-ct", "head-ct", "forearm-photograph", "hand-photograph", "abdomen-ultrasound")


@pytest.mark.parametrize("sample", SAMPLES)
def test_orthanc_tells_the_consent_of_every_sample(stack: Stack, sample: str) -> None:
    with stack.client("clinician") as orthanc:
        answer = orthanc.get(f"/consent/studies/{stack.study_id(sample)}")
    assert answer.status_code == 200
    assert set(answer.json()["levels"]) == LEVELS
    assert len(answer.json()["purposes"]) == 15
    assert answer.json()["purposes"]["direct-care"]["outcome"] == "permit"


def test_an_x_ray_kind_study_leaves_for_teaching_as_a_deidentified_zip_and_only_once(stack: Stack) -> None:
    study = stack.study_id("chest-ct")
    with stack.client("clinician") as orthanc:
        original = orthanc.get(f"/studies/{study}").json()
        href = accepted(ask(orthanc, study))
        state = settled(orthanc, href)
        assert state["state"] == "ready", state
        package = orthanc.get(f"{href}/package")
        again = orthanc.get(f"{href}/package")
    assert package.status_code == 200
    assert "no-store" in package.headers["Cache-Control"]
    assert again.status_code == 410
    objects = dicom_objects(package.content)
    assert len(objects) == state["released"] > 0
    assert {dataset.PatientIdentityRemoved for dataset in objects} == {"YES"}
    assert all(dataset.StudyInstanceUID != original["MainDicomTags"]["StudyInstanceUID"] for dataset in objects)
    assert len({dataset.StudyInstanceUID for dataset in objects}) == 1
    for name, content in members(package.content):
        assert not holds(content, CANARY), name
        assert CANARY.lower() not in name.lower()


def test_a_head_leaves_for_teaching_because_the_patient_agreed_and_every_object_says_so(stack: Stack) -> None:
    with stack.client("clinician") as orthanc:
        href = accepted(ask(orthanc, stack.study_id("head-ct")))
        state = settled(orthanc, href)
        assert (state["state"], state["quarantined"]) == ("ready", 0), state["reasons"]
        objects = dicom_objects(orthanc.get(f"{href}/package").content)
    assert len(objects) == state["released"] > 1
    assert all("ConsentForClinicalTrialUseSequence" in dataset for dataset in objects)


def test_what_left_is_in_the_ledger_before_it_is_told(stack: Stack) -> None:
    study = stack.study_id("chest-ct")
    with stack.client("trainer") as orthanc:
        href = accepted(ask(orthanc, study))
        settled(orthanc, href)
        before = _events(stack, "chest-ct")
        assert orthanc.get(f"{href}/package").status_code == 200
    assert _events(stack, "chest-ct").count("RELEASED") == before.count("RELEASED") + 1


def test_a_photograph_is_refused_for_the_internet_and_the_answer_says_why_and_whom_to_ask(stack: Stack) -> None:
    with stack.client("clinician") as orthanc:
        answer = ask(orthanc, stack.study_id("forearm-photograph"), "internet")
    assert answer.status_code == 403
    body = answer.json()
    assert body["outcome"] == "ask"
    assert all(reason["rule"] and reason["text"] and reason["source"] for reason in body["reasons"])
    assert body["ask_url"].startswith(stack.portal)
    assert stack.study_uid("forearm-photograph") not in body["ask_url"]
    assert httpx.get(body["ask_url"], trust_env=False, timeout=PATIENCE).status_code in {302, 303, 401, 403}


def test_a_declined_level_is_denied(stack: Stack) -> None:
    with stack.client("clinician") as orthanc:
        answer = ask(orthanc, stack.study_id("forearm-photograph"), "print")
    assert (answer.status_code, answer.json()["outcome"]) == (403, "deny")


def test_direct_care_reads_the_original_and_a_trainer_cannot(stack: Stack) -> None:
    study = stack.study_id("chest-ct")
    with stack.client("clinician") as care, stack.client("trainer") as trainer:
        assert CANARY in json.dumps(care.get(f"/studies/{study}").json())
        assert holds(b"".join(content for _, content in members(care.get(f"/studies/{study}/archive").content)), CANARY)
        for route in (f"/studies/{study}/archive", f"/studies/{study}/media", f"/studies/{study}", "/patients?expand"):
            refused = trainer.get(route)
            assert refused.status_code == 403, route
            assert CANARY not in refused.text


def test_a_trainer_cannot_ask_for_publication(stack: Stack) -> None:
    with stack.client("trainer") as orthanc:
        answer = ask(orthanc, stack.study_id("chest-ct"), "internet")
    assert answer.status_code == 403


def _events(stack: Stack, sample: str) -> list[str]:
    shown = stack.aoa("consent", "show", "--study", stack.study_uid(sample), "--json")
    assert shown.returncode == 0, shown.stderr
    return [event["type"] for event in json.loads(shown.stdout)["history"]]
