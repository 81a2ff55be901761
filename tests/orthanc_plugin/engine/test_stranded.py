"""Jobs that a crash left between their state and their work: closed at the next start, and no others."""

import pytest

from orthanc_plugin.engine.export import stranded
from orthanc_plugin.engine.export.endings import Endings
from tests.orthanc_plugin.engine.conftest import JOB
from tests.support.cases import a_case


def started(jobs, *, worked_on=False):
    return stranded.close(jobs, Endings(jobs, 1), lambda _: worked_on)


MOVING = [{"state": "queued"}, {"state": "running"}, {"state": "held", "released": 3}]


@pytest.mark.parametrize("state", MOVING, ids=lambda state: state["state"])
def test_a_job_that_nobody_goes_on_with_is_closed_with_the_next_step_and_nothing_of_it_stays(jobs, state):
    jobs.update(JOB, **state)
    assert started(jobs) == 1
    closed = jobs.state(JOB)
    assert (closed["state"], closed["released"]) == ("failed", 0)
    assert "Ask again" in closed["reasons"][0]["text"]
    assert not jobs.kept(JOB).exists()
    assert started(jobs) == 0


@pytest.mark.parametrize("state", MOVING, ids=lambda state: state["state"])
def test_a_job_that_goes_on_is_left_alone(jobs, state):
    jobs.update(JOB, **state)
    assert started(jobs, worked_on=True) == 0
    assert jobs.state(JOB)["state"] == state["state"]
    assert jobs.kept(JOB).exists()


@pytest.mark.parametrize(
    "state",
    [
        {"state": "ready", "package": "kept"},
        {"state": "ready", "package": "handed over"},
        {"state": "held", "released": 0},
        {"state": "failed"},
        {"state": "recalled"},
        {"state": "queued", "engine": "engine-2"},
    ],
    ids=lambda state: "-".join(map(str, state.values())),
)
def test_what_stands_still_as_it_should_is_left_alone(jobs, state):
    jobs.update(JOB, **state)
    before = jobs.state(JOB)
    assert started(jobs) == 0
    assert jobs.state(JOB) == before
    assert jobs.kept(JOB).exists()


def test_a_package_whose_files_are_gone_is_not_offered_any_longer(jobs):
    jobs.update(JOB, state="ready", package="kept")
    jobs.destroy(JOB)
    assert started(jobs) == 1
    assert jobs.state(JOB)["state"] == "failed"


def test_a_job_that_cannot_be_begun_leaves_nothing_behind(jobs, tmp_path):
    other = JOB.replace("1", "2")
    with pytest.raises(InterruptedError), jobs.created(other, a_case(), user="anna", role="clinician"):
        raise InterruptedError
    assert jobs.state(other) is None
    assert list(jobs.ids()) == [JOB]
    assert [path.name for path in (tmp_path / "packages").iterdir()] == [JOB]
