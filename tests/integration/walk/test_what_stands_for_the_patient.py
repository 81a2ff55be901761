"""Limited access and sending to a clinician, through the real portal: who can say whom the images show."""

import json
import re

from tests.integration.walk.exporting import accepted, ask, dicom_objects, members, settled
from tests.support.stack import CANARY, Stack


def exported(stack: Stack, study: str, purpose: str, **more: str) -> bytes:
    with stack.client("clinician") as orthanc:
        href = accepted(ask(orthanc, study, purpose, **more))
        state = settled(orthanc, href)
        assert state["state"] == "ready", state
        return orthanc.get(f"{href}/package").content


def test_a_service_evaluation_is_key_coded_and_only_the_key_holder_can_go_back_with_a_reason(stack: Stack) -> None:
    package = exported(stack, stack.study_id("chest-ct"), "service-evaluation")
    (code,) = {str(image.PatientID) for image in dicom_objects(package)}
    assert re.fullmatch(r"AOA-[B-Z]{12}", code)
    key = str(stack.home / "key-holder" / "mapping-key")
    asked = ["relink", "open", "--code", code, "--key-file", key, "--who", "Dr A", "--json", "--reason"]
    assert stack.aoa(*asked, "").returncode == 1
    found = stack.aoa(*asked, "an incidental finding")
    assert CANARY in json.loads(found.stdout)["identity"], found.stderr
    assert "an incidental finding" in stack.aoa("relink", "log").stdout


def test_what_is_sent_to_a_clinician_bears_the_label_in_place_of_the_name(stack: Stack) -> None:
    study = stack.study_id("chest-ct")
    with stack.client("clinician") as orthanc:
        number = orthanc.get(f"/studies/{study}").json()["PatientMainDicomTags"]["PatientID"]
    package = exported(stack, study, "send-out", label=f"2302210-1-{number}")
    label = f"23 02210 -1-{number[:3]} {number[3:6]} {number[6:]}"
    assert {str(image.PatientID) for image in dicom_objects(package)} == {label}
    names = [name for name, _ in members(package)]
    assert f"images/{label}.dcm" in names
    assert not any(CANARY.lower().encode() in content.lower() for _, content in members(package))
