"""Parts that die, are stopped or are away: nothing leaves that should not, nothing is lost that was asked for."""

import os
import signal
from collections.abc import Callable

import psutil
import pytest

from tests.integration.walk.exporting import accepted, ask, dicom_objects, settled
from tests.support.patience import until
from tests.support.stack import Stack


def test_killing_the_engine_in_the_middle_of_a_job_loses_nothing(new_stack: Callable[..., Stack]) -> None:
    stack = new_stack(demo=True).start().wait_until_ready()
    study = stack.study_id("chest-ct")
    with stack.client("clinician") as orthanc:
        instances = len(orthanc.get(f"/studies/{study}/instances").json())
        href = accepted(ask(orthanc, study))
        killed = stack.ready["pids"]["engine"]
        os.kill(killed, signal.SIGKILL)
        until(lambda: stack.ready["pids"]["engine"] != killed, "the engine to be started again")
        until(lambda: orthanc.get(href).status_code == 200, "the engine to answer")
        state = settled(orthanc, href)
        assert state["state"] == "ready", state
        package = orthanc.get(f"{href}/package").content
    objects = dicom_objects(package)
    assert len({dataset.SOPInstanceUID for dataset in objects}) == len(objects) == instances
    assert len({dataset.StudyInstanceUID for dataset in objects}) == 1


def test_ctrl_c_in_the_middle_of_an_export_leaves_no_process_and_a_restart_finishes_it(
    new_stack: Callable[..., Stack],
) -> None:
    stack = new_stack(demo=True).start().wait_until_ready()
    with stack.client("clinician") as orthanc:
        href = accepted(ask(orthanc, stack.study_id("chest-ct")))
    processes = stack.processes()
    assert stack.stop(signal.SIGINT) == 0
    until(lambda: not [process for process in processes if process.is_running()], "every process to be gone")
    assert not stack.ready_file.exists()
    stack.start().wait_until_ready()
    with stack.client("clinician") as orthanc:
        assert settled(orthanc, href)["state"] == "ready"
        assert orthanc.get(f"{href}/package").content.startswith(b"PK")


def test_with_the_portal_away_care_gets_the_original_and_nobody_else_gets_anything(
    new_stack: Callable[..., Stack], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AOA_ENGINE_PORTAL_TIMEOUT_SECONDS", "5")  # it hangs, and every question waits this long
    stack = new_stack(demo=True).start().wait_until_ready()
    portal = psutil.Process(stack.ready["pids"]["portal"])
    study = stack.study_id("chest-ct")
    portal.suspend()
    try:
        with stack.client("clinician") as orthanc:
            teaching = ask(orthanc, study)
            original = orthanc.get(f"/studies/{study}/archive")
            care = ask(orthanc, study, "direct-care", attestations={})
            href = accepted(care)
            assert settled(orthanc, href)["state"] == "ready"
            assert orthanc.get(f"{href}/package").content.startswith(b"PK")
    finally:
        portal.resume()
    assert teaching.status_code == 503
    assert original.status_code == 200
    assert original.content.startswith(b"PK")
    until(lambda: "direct-care" in _history(stack, "chest-ct"), "the release for care to be in the ledger")


def _history(stack: Stack, sample: str) -> str:
    return stack.aoa("consent", "show", "--study", stack.study_uid(sample), "--json").stdout
