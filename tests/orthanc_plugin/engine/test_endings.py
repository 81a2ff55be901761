"""What is written down when a job comes to stand still: whoever reads at any moment reads something whole."""

from time import time

import pytest

from orthanc_plugin.engine.errors import NoSpaceError
from orthanc_plugin.engine.export import reasons
from orthanc_plugin.engine.export.endings import Endings
from orthanc_plugin.engine.jobs.states import States
from orthanc_plugin.engine.jobs.store import is_collectable
from tests.orthanc_plugin.engine.conftest import JOB
from tests.support.cases import a_case


@pytest.fixture
def seen(monkeypatch):
    """Return every state that a reader of the job can ever have seen, in order."""
    states, change = [], States.change

    def watched(table, job, changed):
        change(table, job, changed)
        states.append(table.get(job))

    monkeypatch.setattr(States, "change", watched)
    return states


@pytest.fixture
def endings(jobs, seen):
    return Endings(jobs, package_hours=1)


def test_nobody_sees_a_job_held_for_review_without_what_it_waits_for(endings, seen):
    endings.note(JOB, {"released": 3, "left": [], "sha256": "0" * 64})
    endings.owes_review(JOB, "waiting for the second reviewer")
    held = [state for state in seen if state["state"] == "held"]
    assert held
    assert all("second reviewer" in (state["waiting_for"] or "") for state in held)
    assert all(state["released"] == 3 for state in held)


@pytest.fixture
def left(seen, endings, monkeypatch):
    """Return what was still kept of the job when each state was written."""
    kept, change, jobs = {}, States.change, endings.jobs

    def watched(table, job, changed):
        left = jobs.kept(job).exists() or jobs.package(job).exists()
        change(table, job, changed)
        kept[table.get(job)["state"]] = left

    monkeypatch.setattr(States, "change", watched)
    return kept


OTHER = "0b5f3c1e-0000-4000-8000-000000000002"
OVER = {
    "failed": lambda endings: endings.close(JOB, NoSpaceError()),
    "recalled": lambda endings: endings.recall(JOB, [reasons.expired(1)]),
    "held": lambda endings: endings.note(JOB, {"released": 0, "left": [], "sha256": None}),
    "ready": lambda endings: endings.sent(JOB),
}


@pytest.mark.parametrize("state", OVER)
def test_whoever_is_told_that_a_job_is_over_finds_nothing_of_it_kept(endings, left, state):
    OVER[state](endings)
    assert left == {state: False}


def test_a_job_ends_and_gives_back_its_room_even_when_the_disk_has_none_for_saying_so(endings, monkeypatch):
    def full(*_):
        raise NoSpaceError

    with monkeypatch.context() as disk:
        disk.setattr(States, "change", full)
        endings.close(JOB, NoSpaceError())
        assert not endings.jobs.kept(JOB).exists()
        assert endings.jobs.state(JOB)["state"] == "failed", "it is so, though it is not written yet"
    endings.jobs.create(OTHER, a_case())
    endings.jobs.update(OTHER, progress=0.5)
    assert endings.jobs.states.get(JOB)["state"] == "failed", "the next change of any job wrote it"


def test_what_a_late_record_needs_is_kept_whatever_was_sent_and_goes_with_the_record(endings):
    endings.jobs.update(JOB, owes_record=True)
    endings.sent(JOB)
    assert endings.jobs.kept(JOB).exists()
    assert endings.jobs.state(JOB)["package"] == "handed over"


def test_a_push_that_arrived_offers_no_package_at_any_moment(endings, seen):
    endings.sent(JOB)
    assert not any(is_collectable(state, time()) for state in seen)


def test_a_release_that_was_approved_is_no_longer_held_while_it_is_sent(endings):
    endings.owes_review(JOB, "waiting for the second reviewer")
    endings.goes_on(JOB)
    state = endings.jobs.state(JOB)
    assert (state["state"], state["reasons"], state["waiting_for"]) == ("running", [], None)


def test_nobody_sees_a_job_held_for_good_without_the_reason(endings, seen):
    endings.note(JOB, {"released": 0, "left": [], "sha256": None})
    held = [state for state in seen if state["state"] == "held"]
    assert held
    assert all(state["reasons"] and not state["released"] for state in held)
