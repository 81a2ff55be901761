"""The sole right to hand a package over: one at a time, and never stuck with somebody who failed."""

import time

import pytest

from orthanc_plugin.engine.errors import NotReadyError
from orthanc_plugin.engine.jobs.store import KEEP_DAYS
from tests.orthanc_plugin.engine.conftest import JOB
from tests.support.cases import jobs_in


def interrupted():
    raise InterruptedError


def is_free(jobs):
    try:
        with jobs.claimed(JOB):
            interrupted()
    except InterruptedError:
        return True
    except NotReadyError:
        return False


def test_whoever_comes_while_a_package_is_handed_over_is_told_so(jobs):
    with jobs.claimed(JOB):
        assert not is_free(jobs)


def test_what_was_handed_over_stays_claimed(jobs):
    with jobs.claimed(JOB):
        pass
    assert not is_free(jobs)


@pytest.mark.parametrize("fault", [OSError, RuntimeError, KeyboardInterrupt])
def test_a_hand_over_that_fails_in_any_way_can_be_tried_again(jobs, fault):
    with pytest.raises(fault), jobs.claimed(JOB):
        raise fault
    assert is_free(jobs)


def test_the_next_start_gives_back_what_this_engine_claimed_and_leaves_another_engines_alone(jobs, tmp_path):
    jobs.update(JOB, package="kept")
    with jobs.claimed(JOB):
        pass
    jobs_in(tmp_path, "engine-2").sweep()
    assert not is_free(jobs)
    jobs.sweep()
    assert is_free(jobs)


def test_nothing_can_be_claimed_of_a_job_that_is_destroyed(jobs):
    jobs.destroy(JOB)
    assert not is_free(jobs)


@pytest.mark.parametrize(
    ("state", "stays"),
    [
        ({"state": "held", "released": 0}, False),
        ({"state": "held", "released": 3}, True),
        ({"state": "ready", "package": "handed over"}, False),
        ({"state": "ready", "package": "kept"}, True),
        ({"state": "failed"}, False),
    ],
    ids=str,
)
def test_what_stands_still_for_good_is_forgotten_in_time_and_nothing_else(jobs, state, stays):
    jobs.update(JOB, **state)
    with jobs.states.engine.begin() as connection:
        connection.exec_driver_sql(f"update engine_jobs set changed_at = {time.time() - (KEEP_DAYS + 1) * 86400}")
    jobs.sweep()
    assert (jobs.state(JOB) is not None) is stays
    assert jobs.kept(JOB).exists() is stays
