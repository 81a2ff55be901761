"""Engines on one database: nobody overwrites another, one of them hands a package over, and none that dies loses it."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import uuid
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy

from orthanc_plugin.engine.errors import NotReadyError
from orthanc_plugin.engine.jobs.store import Jobs
from tests.orthanc_plugin.engine.conftest import JOB
from tests.support.cases import a_case, jobs_in
from tests.support.patience import PATIENCE
from tests.support.postgres import running_postgres

JOBS = [f"0b5f3c1e-0000-4000-8000-{number:012}" for number in range(1, 13)]
CHANGES = 40


@pytest.fixture(scope="module")
def postgres():
    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """Return the address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/engine.sqlite"
        return
    server, name = request.getfixturevalue("postgres"), f"engine_{uuid.uuid4().hex}"
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    yield server.rsplit("/", 1)[0] + f"/{name}"
    with engine.connect() as connection:  # with what the jobs of the test keep open: the server waits for it else
        connection.exec_driver_sql(f"drop database {name} with (force)")


def claims(folder, database, name, at_once):
    """Ask for every package, as another engine does at the same moment; return those that this one gets."""
    jobs, got = jobs_in(folder, name, database), []
    for job in JOBS:
        at_once.wait(PATIENCE)
        try:
            with jobs.claimed(job):
                got.append(job)
        except NotReadyError:
            pass
    return got


def counts_up(folder, database, name, at_once):
    jobs = jobs_in(folder, name, database)
    at_once.wait(PATIENCE)
    for number in range(CHANGES):
        jobs.states.change(JOB, lambda state: {**state, "counted": state.get("counted", 0) + 1})
        jobs.update(JOB, **{f"{name}-{number}": True})
    return []


def dies_in_a_change(folder, database, name, _at_once):
    jobs_in(folder, name, database).states.change(JOB, lambda _: os.kill(os.getpid(), signal.SIGKILL))


def by_two_engines(work, folder, database):
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(2, context) as pool:
        at_once = manager.Barrier(2)
        asked = [pool.submit(work, folder, database, name, at_once) for name in ("engine-1", "engine-2")]
        return [each.result(PATIENCE) for each in asked]


def test_of_two_engines_that_ask_for_a_package_at_once_exactly_one_gets_it(tmp_path, database):
    jobs = jobs_in(tmp_path, database_url=database)
    for job in JOBS:
        jobs.create(job, a_case(), user="anna", role="clinician")
    first, second = by_two_engines(claims, tmp_path, database)
    assert sorted([*first, *second]) == JOBS


def test_no_change_of_one_engine_is_lost_to_a_change_of_the_other(tmp_path, database):
    jobs = jobs_in(tmp_path, database_url=database)
    jobs.create(JOB, a_case(), user="anna", role="clinician")
    by_two_engines(counts_up, tmp_path, database)
    state = jobs.state(JOB)
    assert state["counted"] == 2 * CHANGES
    assert all(f"{name}-{number}" in state for name in ("engine-1", "engine-2") for number in range(CHANGES))


def test_an_engine_that_dies_in_a_change_leaves_the_job_as_it_was_and_in_nobodys_way(tmp_path, database):
    jobs = jobs_in(tmp_path, database_url=database)
    jobs.create(JOB, a_case(), user="anna", role="clinician")
    dying = multiprocessing.get_context("spawn").Process(
        target=dies_in_a_change, args=(tmp_path, database, "engine-2", None)
    )
    dying.start()
    dying.join(PATIENCE)
    assert dying.exitcode == -signal.SIGKILL
    assert jobs.state(JOB)["state"] == "queued"
    jobs.update(JOB, state="running")
    assert jobs.state(JOB)["state"] == "running"


def test_a_step_and_what_it_says_of_a_job_are_both_there_or_neither_whenever_the_engine_dies(tmp_path, database):
    jobs = jobs_in(tmp_path, database_url=database)
    jobs.create(JOB, a_case(), user="anna", role="clinician")
    command = [sys.executable, "-m", "tests.orthanc_plugin.engine.counted", str(tmp_path), database]
    died = subprocess.run(command, timeout=PATIENCE, capture_output=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert jobs.state(JOB)["round"] == 1, "the second step was not done, so it is not said"
    went_on = subprocess.run(command, timeout=PATIENCE, capture_output=True, check=False)
    assert went_on.returncode == 0, went_on.stderr.decode()
    assert jobs.state(JOB)["round"] == 3
    assert len(list(tmp_path.glob("began-1-*"))) == 1
    assert len(list(tmp_path.glob("began-2-*"))) == 2


def as_the_version_before_left_it(jobs: Jobs, job: str, claimed_by: str | None = None, **changes: object) -> Path:
    """Take a job out of the table and leave it as files, as engines did whose jobs stood in files."""
    state = {**(jobs.state(job) or {}), **changes}
    jobs.states.forget(job)
    path = jobs.packages / f"{job}.json"
    path.write_text(json.dumps(state))
    if claimed_by is not None:
        (jobs.packages / job / "claim").write_text(claimed_by)
    return path


def test_jobs_that_stand_as_files_of_the_version_before_are_taken_up_once_with_their_claims(tmp_path, database):
    jobs = jobs_in(tmp_path, database_url=database)
    for job in JOBS[:3]:
        jobs.create(job, a_case(), user="anna", role="clinician")
    as_the_version_before_left_it(jobs, JOBS[0], state="held", question="/asks/1")
    as_the_version_before_left_it(jobs, JOBS[1], "engine-2", state="ready", package="kept")
    as_the_version_before_left_it(jobs, JOBS[2], "", state="ready", package="kept")
    (jobs.packages / "half.json").write_text('{"job": ')
    again = jobs_in(tmp_path, database_url=database)
    assert (again.state(JOBS[0])["question"], again.state(JOBS[1])["package"]) == ("/asks/1", "kept")
    assert sorted(again.ids()) == JOBS[:3]
    assert sorted(path.name for path in again.packages.iterdir()) == JOBS[:3]
    again.sweep()
    assert again.case(JOBS[0]) == a_case()
    with pytest.raises(NotReadyError), again.claimed(JOBS[1]):
        pass
    with again.claimed(JOBS[2]):
        pass


def test_what_was_taken_up_already_is_not_written_over_by_a_file_that_a_kill_left(tmp_path, database):
    jobs = jobs_in(tmp_path, database_url=database)
    jobs.create(JOB, a_case(), user="anna", role="clinician")
    state = jobs.state(JOB)
    jobs.update(JOB, state="running")
    (jobs.packages / f"{JOB}.json").write_text(json.dumps(state))
    assert jobs_in(tmp_path, database_url=database).state(JOB)["state"] == "running"
    assert not (jobs.packages / f"{JOB}.json").exists()
