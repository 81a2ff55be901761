"""Jobs that wait for a person: cut off between any two writes they neither get lost nor go on twice."""

from time import time
from types import SimpleNamespace

import pytest

from orthanc_plugin.engine.errors import PORTAL, AwayError
from orthanc_plugin.engine.export.endings import MOST_ROUNDS, Endings
from orthanc_plugin.engine.export.holding import Holding
from orthanc_plugin.engine.export.telling import WAITED_FOR, Telling
from orthanc_plugin.engine.jobs.store import is_held_for_good, may_still_leave, waits_for_person
from orthanc_plugin.engine.neighbours.held_images import ImageDecisions
from tests.orthanc_plugin.engine.conftest import JOB

IMAGE, BASIS = "a" * 64, "b" * 64
NOTHING_YET = {"released": 0, "left": [], "sha256": None, "waiting": 1}


class Portal:
    """Says which images wait."""

    def __init__(self):
        self.waiting, self.decisions, self.asked, self.away = [IMAGE], [], 0, False

    def decided_images(self, studies, *, soon):
        self.asked += 1
        if self.away:
            raise AwayError(PORTAL)
        return ImageDecisions(contract=1, decisions=self.decisions, waiting=self.waiting)


@pytest.fixture
def portal():
    return Portal()


@pytest.fixture
def begun():
    return []


@pytest.fixture
def holding(jobs, portal, begun):
    endings = Endings(jobs, package_hours=1)
    jobs.kept(JOB).write_json(WAITED_FOR, {"studies": ["1.2"], "images": [[IMAGE, BASIS]]})
    jobs.update(JOB, held_until=time() + 1000)
    jobs.bench(JOB).write("object-000001", b"what was worked on")
    endings.note(JOB, NOTHING_YET)
    holding = Holding(jobs, endings, Telling(portal, jobs, 30), lambda job, number: begun.append((job, number)))
    holding.resume()
    return holding


def state(holding):
    return holding.jobs.state(JOB)


def test_a_job_that_waits_keeps_its_case_and_nothing_of_its_objects(holding):
    told = state(holding)
    assert (told["state"], told["waiting_images"], told["round"]) == ("held", 1, 1)
    assert waits_for_person(told)
    assert may_still_leave(told), "so a withdrawal recalls it"
    assert not is_held_for_good(told)
    assert not (holding.jobs.work / JOB).exists()
    assert holding.jobs.kept(JOB).exists()


def test_it_goes_on_once_and_only_when_nobody_waits_any_more(holding, portal, begun):
    holding.look()
    assert begun == []
    portal.waiting = []
    holding.look()
    holding.look()
    assert begun == [(JOB, 2)]
    assert (state(holding)["state"], state(holding)["waiting_images"]) == ("queued", 0)


def test_cut_off_between_enqueuing_and_saying_so_it_enqueues_the_same_round_again(holding, portal, begun, monkeypatch):
    portal.waiting = []
    with monkeypatch.context() as cut:
        cut.setattr(type(holding.jobs), "move_on", lambda *_, **__: None)
        holding.look()
    holding.look()
    assert begun == [(JOB, 2), (JOB, 2)]


def test_a_round_that_ended_meanwhile_is_not_said_to_be_queued(holding, portal, monkeypatch):
    portal.waiting = []
    began = holding.begin

    def begin_and_end(job, number):
        began(job, number)
        holding.endings.note(job, NOTHING_YET, number)

    monkeypatch.setitem(holding.__dict__, "begin", begin_and_end)
    holding.look()
    assert (state(holding)["state"], state(holding)["round"]) == ("held", 2)


def test_a_note_that_is_written_again_after_a_crash_leaves_the_next_round_alone(holding):
    holding.jobs.update(JOB, state="running", waiting_images=0)
    holding.jobs.bench(JOB).write("object-000001", b"of the next round")
    holding.endings.note(JOB, NOTHING_YET, 1)
    assert state(holding)["state"] == "running"
    assert holding.jobs.bench(JOB).has("object-000001")


def test_a_portal_that_is_away_changes_nothing(holding, portal, begun):
    portal.waiting, portal.away = [], True
    holding.look()
    assert begun == []
    assert waits_for_person(state(holding))


def test_past_its_date_it_ends_and_says_so(holding, begun):
    holding.jobs.update(JOB, held_until=time() - 1)
    holding.look()
    assert state(holding)["state"] == "recalled"
    assert "Nobody decided" in state(holding)["reasons"][0]["text"]
    assert not holding.jobs.kept(JOB).exists()
    assert begun == []


def test_one_that_was_recalled_is_not_asked_about_any_more(holding, portal, begun):
    holding.endings.recall(JOB, [])
    portal.waiting, portal.asked = [], 0
    holding.look()
    assert (portal.asked, begun) == (0, [])


def test_after_the_last_round_it_is_held_for_good_with_the_next_step(holding):
    holding.jobs.update(JOB, state="running", waiting_images=0)
    holding.endings.note(JOB, NOTHING_YET, MOST_ROUNDS)
    assert is_held_for_good(state(holding))
    assert "begin a new export" in state(holding)["reasons"][0]["text"]
    assert not holding.jobs.kept(JOB).exists()


def test_a_decision_on_another_basis_leaves_it_waiting(holding, portal, begun):
    portal.decisions = [SimpleNamespace(image=IMAGE, basis="c" * 64)]
    portal.decided_images = lambda _, soon: SimpleNamespace(decisions=portal.decisions, waiting=[IMAGE])
    holding.look()
    assert begun == []
    portal.decisions = [SimpleNamespace(image=IMAGE, basis=BASIS)]
    holding.look()
    assert begun == [(JOB, 2)], "another basis of the same image may wait for another job"
