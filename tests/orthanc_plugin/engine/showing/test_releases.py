"""A second reviewer is shown exactly what would leave, and only while it may be looked at."""

import hashlib

import pytest

from orthanc_plugin.engine.errors import NotFoundError
from orthanc_plugin.engine.jobs.names import PIXELS, name_of
from orthanc_plugin.engine.records import Planned
from orthanc_plugin.engine.showing.asked import Look
from orthanc_plugin.engine.showing.errors import CannotShowError, OverError
from orthanc_plugin.engine.showing.kept import Kept
from orthanc_plugin.engine.showing.releases import Releases, basis_of_release
from tests.orthanc_plugin.engine.showing.drawn import as_file, cine, ct, seen
from tests.support.cases import a_case, a_permit, jobs_in

JOB = "0b5f3c1e-0000-4000-8000-000000000002"
HELD_BACK = [{"position": 2, "modality": "US", "kind": "x", "status": "quarantined", "reason": "why"}]
OBJECTS = {1: cine(3), 3: ct()}


def case(profile):
    us, ct_class = OBJECTS[1].SOPClassUID, OBJECTS[3].SOPClassUID
    objects = Planned("a", 1, 1, "US", us), Planned("b", 1, 1, "US", us), Planned("c", 1, 2, "CT", ct_class)
    return a_case(objects=objects, verdict=a_permit(profile, "print"))


@pytest.fixture
def made(tmp_path):
    """Return jobs with one that is made and waits for its second reviewer."""

    def run(profile="D3", **state):
        jobs = jobs_in(tmp_path)
        first = {"state": "held", "released": 2, "held_back": HELD_BACK, "user": "anna", "role": "clinician"}
        jobs.create(JOB, case(profile), **{**first, **state})
        bench = jobs.bench(JOB)
        for position, ds in OBJECTS.items():
            bench.write(name_of(position), as_file(ds))
        bench.write_json(f"{PIXELS}-00000", [[1, "looked at", True], [2, "", False], [3, "none found", False]])
        return jobs

    return run


def test_what_would_leave_is_told_in_order_with_what_was_done_to_it(made):
    jobs = made()
    told = Releases(jobs, Kept()).told(JOB)
    assert [(one["position"], one["study"], one["series"], one["modality"]) for one in told["objects"]] == [
        (1, 1, 1, "US"),
        (3, 1, 2, "CT"),
    ]
    assert told["objects"][0]["kind"] == "Ultrasound Multi-frame Image Storage"
    assert [(one["frames"], one["rows"], one["colour"], one["pixels"]) for one in told["objects"]] == [
        (3, 48, True, "looked at"),
        (1, 128, False, "none found"),
    ]
    assert told["held_back"] == HELD_BACK
    assert (told["report"]["profile"], told["report"]["level"]) == ("D3", "print")


def test_the_basis_is_that_of_every_sealed_object_that_would_leave(made):
    jobs = made()
    releases = Releases(jobs, Kept())
    first = releases.told(JOB)["basis"]
    bench = jobs.bench(JOB)
    digests = b"".join(hashlib.sha256(bench.read(name_of(position))).digest() for position in (1, 3))
    assert first == hashlib.sha256(digests).hexdigest() == basis_of_release(bench, [1, 3])
    bench.write(name_of(3), as_file(cine(1)))
    assert releases.told(JOB)["basis"] != first


def test_a_picture_is_that_of_the_sealed_object_even_after_it_was_sealed_anew(made):
    jobs = made()
    releases = Releases(jobs, Kept())
    assert (seen(releases.png(JOB, 1, Look(2))) == OBJECTS[1].pixel_array[2]).all()
    jobs.bench(JOB).write(name_of(1), as_file(cine(1, 20, 30)))
    assert seen(releases.png(JOB, 1, Look())).shape == (20, 30, 3)


def test_an_object_that_cannot_be_shown_is_told_of_all_the_same(made):
    jobs = made()
    jobs.bench(JOB).write(name_of(3), b"no object at all")
    told = Releases(jobs, Kept()).told(JOB)["objects"]
    assert [(one["position"], one["frames"]) for one in told] == [(1, 3), (3, 0)]


@pytest.mark.parametrize("position", [0, 2, 4, 10**12])
def test_what_does_not_leave_is_not_shown(made, position):
    with pytest.raises(NotFoundError):
        Releases(made(), Kept()).png(JOB, position, Look())


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ({"state": "running", "released": 0}, CannotShowError),
        ({"state": "running"}, CannotShowError),
        ({"state": "held", "released": 0, "waiting_images": 1}, CannotShowError),
        ({"state": "ready", "package": "kept"}, OverError),
        ({"state": "held", "released": 0, "question": "ask"}, CannotShowError),
        ({"state": "recalled"}, OverError),
        ({"state": "failed"}, OverError),
        ({"state": "held", "released": 0}, OverError),
        ({"state": "ready", "package": "handed over"}, OverError),
    ],
)
def test_a_release_is_shown_only_while_somebody_may_look_at_it(made, state, error):
    releases = Releases(made(**state), Kept())
    with pytest.raises(error):
        releases.told(JOB)
    with pytest.raises(error):
        releases.png(JOB, 1, Look())


def test_nothing_is_shown_of_a_job_whose_bench_was_destroyed_nor_is_one_made(made):
    jobs = made()
    releases = Releases(jobs, Kept())
    releases.png(JOB, 1, Look())
    jobs.finish_bench(JOB)
    for ask in (lambda: releases.told(JOB), lambda: releases.png(JOB, 1, Look())):
        with pytest.raises(OverError):
            ask()
    assert not (jobs.work / JOB).exists()


def test_originals_for_direct_care_are_never_shown(made):
    releases = Releases(made("D0"), Kept())
    with pytest.raises(NotFoundError):
        releases.told(JOB)
    with pytest.raises(NotFoundError):
        releases.png(JOB, 1, Look())


def test_there_is_no_release_that_was_never_asked_for(made):
    with pytest.raises(NotFoundError):
        Releases(made(), Kept()).told(JOB.replace("2", "3"))
