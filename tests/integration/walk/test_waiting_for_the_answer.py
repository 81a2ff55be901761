"""An export that needs the patient's answer waits, and goes on or ends by itself when the answer is recorded."""

import json

from tests.integration.walk.exporting import ask, dicom_objects, fresh_study, holds, members, settled
from tests.support.patience import until
from tests.support.stack import CANARY, Stack

SAMPLE = "forearm-photograph"
SAID = ("--clinician", "Dr M. Ross", "--date", "2026-01-05", "--reason", "Asked, as the question said")
YES = ("consent", "amend", "--levels", "record,teaching", *SAID)
NO = ("consent", "amend", "--levels", "record", "--declined", "teaching", *SAID)


def waiting(stack: Stack, study: str) -> str:
    """Ask for what the patient was not asked about yet; returns the address of the export that waits."""
    with stack.client("clinician") as orthanc:
        answer = ask(orthanc, study)
        assert (answer.status_code, answer.json()["outcome"]) == (403, "ask")
        href = str(answer.json()["href"])
        assert settled(orthanc, href)["state"] == "held"
        assert orthanc.get(f"{href}/package").status_code == 409
        assert ask(orthanc, study).json()["href"] == href
    return href


def test_a_yes_at_the_portal_is_all_that_the_export_needs(stack: Stack) -> None:
    photograph = fresh_study(stack, SAMPLE, levels="record")
    href = waiting(stack, photograph.id)
    recorded = stack.aoa(*YES, "--study", photograph.uid)
    assert recorded.returncode == 0, recorded.stderr
    with stack.client("clinician") as orthanc:
        until(lambda: orthanc.get(href).json()["state"] == "ready", "the export to go on by itself")
        package = orthanc.get(f"{href}/package")
        assert package.status_code == 200
        assert orthanc.get(f"{href}/package").status_code == 410
    objects = dicom_objects(package.content)
    assert {dataset.PatientIdentityRemoved for dataset in objects} == {"YES"}
    for name, content in members(package.content):
        assert not holds(content, CANARY), name


def test_after_a_no_it_ends_and_nothing_ever_leaves(stack: Stack) -> None:
    photograph = fresh_study(stack, SAMPLE, levels="record")
    href = waiting(stack, photograph.id)
    recorded = stack.aoa(*NO, "--study", photograph.uid)
    assert recorded.returncode == 0, recorded.stderr
    with stack.client("clinician") as orthanc:
        until(lambda: orthanc.get(href).json()["state"] == "recalled", "the export to end")
        told = orthanc.get(href).json()
        assert told["reasons"]
        assert orthanc.get(f"{href}/package").status_code == 410
        again = ask(orthanc, photograph.id)
        assert (again.status_code, again.json()["outcome"], again.json().get("job")) == (403, "deny", None)
    history = json.loads(stack.aoa("consent", "show", "--study", photograph.uid, "--json").stdout)["history"]
    left = [event["scope"] for event in history if event["type"] == "RELEASED"]
    assert not [scope for scope in left if scope["study_uid"] == photograph.uid]
