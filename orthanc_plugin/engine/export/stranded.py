"""Closes, when the engine starts, what a crash or an upgrade left with nobody who goes on with it.

Where a job stands is written with the step that brought it there, but a crash can fall before its first step: a case is
sealed and nothing was enqueued. After an upgrade nobody knows the next step of what was begun, or can read a case that
another version sealed. Such a job would stand still for ever, with a sealed case that no retention rule finds.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from orthanc_plugin.engine.errors import NoSpaceError
from orthanc_plugin.engine.export.endings import Endings
from orthanc_plugin.engine.jobs.case import UnreadableCaseError
from orthanc_plugin.engine.jobs.store import Jobs, is_held_for_good, may_still_leave, waits_for_answer, waits_for_person
from orthanc_plugin.engine.jobs.vault import DestroyedError
from orthanc_plugin.engine.logs import log

_MOVING = ("queued", "running", "held")


def close(jobs: Jobs, endings: Endings, is_worked_on: Callable[[str], bool]) -> int:
    """Close this engine's stranded jobs.

    Parameters
    ----------
    jobs, endings
        Where jobs are kept, and how they end.
    is_worked_on
        Whether DBOS will go on with a job, asked by its number.

    Returns
    -------
    int
        How many were closed.
    """
    unreadable = {job: error for job in jobs.ids() if (error := _why_unreadable(jobs, job))}
    stranded = [job for job in jobs.ids() if job not in unreadable and _is_stranded(jobs, job, is_worked_on)]
    for job, end in [
        *((job, partial(endings.close, job, error)) for job, error in unreadable.items()),
        *((job, partial(endings.abandon, job)) for job in stranded),
    ]:
        try:
            end()
        except NoSpaceError:  # what was kept is gone all the same, and the next start says so
            log().error("a stranded job could not be closed", job=job, error="NoSpaceError")
    return len(unreadable) + len(stranded)


def _is_ours(jobs: Jobs, state: dict[str, Any]) -> bool:
    return bool(state.get("engine", jobs.executor_id) == jobs.executor_id)


def _why_unreadable(jobs: Jobs, job: str) -> UnreadableCaseError | None:
    """Return why the case of a job that would go on, wait or be fetched cannot be read; None where it can."""
    state = jobs.state(job)
    if state is None or not _is_ours(jobs, state) or not (may_still_leave(state) or waits_for_answer(state)):
        return None
    try:
        jobs.case(job)
    except UnreadableCaseError as error:
        return error
    except DestroyedError:
        return None  # looked at below
    return None


def _is_stranded(jobs: Jobs, job: str, is_worked_on: Callable[[str], bool]) -> bool:
    worked_on = is_worked_on(job)  # asked first: work that ends meanwhile has said how, before it ended
    state = jobs.state(job)
    if state is None or not _is_ours(jobs, state):
        return False
    if jobs.is_kept(job):
        return not jobs.kept(job).exists()
    if waits_for_answer(state) or waits_for_person(state):
        return not jobs.kept(job).exists()
    return not worked_on and state["state"] in _MOVING and not is_held_for_good(state)
