"""What is written down when a job comes to stand still: whoever reads at any moment reads something whole."""

import pytest

from orthanc_plugin.engine.endings import Endings
from orthanc_plugin.engine.jobs import Jobs

JOB = "0b5f3c1e-0000-4000-8000-000000000002"


@pytest.fixture
def seen(monkeypatch):
    """Return every state that a reader of the job can ever have seen, in order."""
    states, write = [], Jobs._write

    def watched(jobs, job, state):
        write(jobs, job, state)
        states.append(jobs.state(job))

    monkeypatch.setattr(Jobs, "_write", watched)
    return states


@pytest.fixture
def endings(tmp_path, seen):
    for name in ("work", "packages"):
        (tmp_path / name).mkdir()
    jobs = Jobs(tmp_path / "work", tmp_path / "packages", bytes(32), "engine-1")
    case = {"request": {}, "facts": [], "instances": [], "destination": None}
    jobs.create(JOB, case, user="anna", role="clinician")
    return Endings(jobs, package_hours=1)


def test_nobody_sees_a_job_held_for_review_without_what_it_waits_for(endings, seen):
    endings.note(JOB, {"released": 3, "left": [], "sha256": "0" * 64})
    endings.owes_review(JOB, "waiting for the second reviewer")
    held = [state for state in seen if state["state"] == "held"]
    assert held
    assert all("second reviewer" in (state["waiting_for"] or "") for state in held)
    assert all(state["released"] == 3 for state in held)


def test_nobody_sees_a_job_held_for_good_without_the_reason(endings, seen):
    endings.note(JOB, {"released": 0, "left": [], "sha256": None})
    held = [state for state in seen if state["state"] == "held"]
    assert held
    assert all(state["reasons"] and not state["released"] for state in held)
