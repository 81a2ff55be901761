"""An engine that is killed, stopped or starved in the middle of a job."""

import signal
import sqlite3
import uuid
import zipfile
from io import BytesIO

import psutil
import pydicom
import pytest

from orthanc_plugin.engine.jobs.vault import Vault
from tests.integration.engine.conftest import jobs_of, lives, slices
from tests.integration.engine.test_outages import entry
from tests.integration.engine.test_pushes import push
from tests.support.cases import a_case
from tests.support.patience import PATIENCE, until

pytestmark = pytest.mark.integration

HELD_UP = {"check": {"status": 503}}
"""So that no job is done before it is killed, however busy the machine is."""


@pytest.fixture
def long_chest(orthanc):
    (study,) = {orthanc.upload(data) for data in slices(120, side=256)}
    yield study
    orthanc.delete_study(study)


def in_the_middle(engine, job, low=0.25):
    until(lambda: engine.state(job)["progress"] > low, "the job is in the middle")


def at_work(engine):
    """Return the engine's own processes, once its workers are among them."""
    family = psutil.Process(engine.process.pid).children(recursive=True)
    return family if len(family) >= 2 else None


def finished_steps(engine):
    with sqlite3.connect(engine.home / "engine" / "engine.sqlite") as database:
        return database.execute(
            "select count(*) from operation_outputs where function_name like 'de-identify%'"
        ).fetchone()[0]


def released(engine, job):
    package = zipfile.ZipFile(BytesIO(engine.package(job).content))
    return [pydicom.dcmread(BytesIO(package.read(name))) for name in package.namelist() if name.endswith(".dcm")]


def test_an_engine_killed_in_the_middle_of_a_job_finishes_it_after_a_restart(own_engine, portal, long_chest):
    portal.says(by_intent=HELD_UP)
    own_engine.start()
    job = own_engine.begin(long_chest)
    in_the_middle(own_engine, job)
    own_engine.kill()
    assert finished_steps(own_engine) > 0
    assert jobs_of(own_engine).state(job)["state"] == "running"
    portal.says(by_intent={})
    own_engine.start()
    done = own_engine.becomes(job, "ready")
    assert finished_steps(own_engine) == 8
    assert done["released"] == 120
    images = released(own_engine, job)
    assert sorted(int(image.InstanceNumber) for image in images) == list(range(1, 121))
    assert len({image.SOPInstanceUID for image in images}) == 120
    assert len({image.SeriesInstanceUID for image in images}) == len({image.PatientID for image in images}) == 1
    assert portal.told()["attempts"] == [f"release-{job}"]
    assert portal.intents().count("export") == 1


def test_an_engine_told_to_stop_ends_at_once_without_orphans_and_finishes_the_job_later(own_engine, long_chest):
    own_engine.start()
    job = own_engine.begin(long_chest)
    for number, progress in ((signal.SIGTERM, 0.2), (signal.SIGINT, 0.35)):
        in_the_middle(own_engine, job, progress)
        family = until(lambda: at_work(own_engine), "the workers are there")  # a new start has its progress before them
        own_engine.process.send_signal(number)
        assert own_engine.process.wait(PATIENCE) == 0
        until(lambda left=family: not any(map(lives, left)), "no orphans")
        own_engine.start()
    assert own_engine.becomes(job, "ready")["released"] == 120


def test_an_engine_killed_again_and_again_loses_nothing(own_engine, portal, long_chest):
    own_engine.start()
    job = own_engine.begin(long_chest)
    for progress in (0.1, 0.5, 0.7):  # de-identifying, still so, and verifying
        until(lambda low=progress: own_engine.state(job)["progress"] >= low, f"progress {progress}")
        own_engine.kill()
        own_engine.start()
    assert own_engine.becomes(job, "ready")["released"] == 120
    assert len({image.SOPInstanceUID for image in released(own_engine, job)}) == 120
    assert portal.told()["attempts"] == [f"release-{job}"]


def test_a_worker_that_dies_costs_no_instance(engine, long_chest):
    job = engine.begin(long_chest)
    in_the_middle(engine, job)
    for worker in psutil.Process(engine.process.pid).children():
        if "spawn_main" in " ".join(worker.cmdline()):
            worker.kill()
            break
    assert engine.becomes(job, "ready")["released"] == 120


def killed_before_it_was_enqueued(engine):
    """Leave what a kill leaves between the sealing of a case, or of a batch of the journal, and its enqueuing."""
    jobs, job = jobs_of(engine), str(uuid.uuid4())
    jobs.create(job, a_case(), user="anna", role="clinician")
    batch = Vault(engine.home / "engine" / "journal" / job, jobs.project_key)
    batch.create()
    batch.write_json("entries", [entry("00000000-00000000-00000000-00000000-00000000", level="study")])
    return job


def began_before_an_upgrade(engine, job):
    """Leave what an engine left whose steps came in another order."""
    with sqlite3.connect(engine.home / "engine" / "engine.sqlite") as database:
        database.execute(
            "update workflow_status set application_version = '1' where workflow_uuid like ?", (f"{job}%",)
        )


def test_what_a_crash_left_behind_is_swept_at_the_next_start(own_engine, portal, long_chest, small_chest):
    own_engine.start()
    forgotten = own_engine.begin(small_chest)
    own_engine.becomes(forgotten, "ready")
    portal.says(by_intent=HELD_UP)  # what is to be pushed is kept on the bench until it is sent
    job = push(own_engine, [("Study", long_chest)]).json()["job"]
    old = own_engine.begin(small_chest)
    in_the_middle(own_engine, job)
    own_engine.kill()
    began_before_an_upgrade(own_engine, old)
    began_before_an_upgrade(own_engine, forgotten)
    jobs_of(own_engine).update(forgotten, expires_at=0)
    portal.says(by_intent={})
    assert own_engine.worked_on()
    jobs_of(own_engine).states.forget(job)
    (own_engine.work / "tmp" / "left-by-a-library").write_text("x")
    stranded = killed_before_it_was_enqueued(own_engine)
    own_engine.start()
    until(lambda: not own_engine.worked_on(), "the work folder is empty")
    until(lambda: own_engine.state(forgotten)["state"] == "recalled", "what nobody fetched in time is destroyed")
    for closed in (stranded, old):
        assert own_engine.state(closed)["state"] == "failed"
        assert "Ask again" in own_engine.state(closed)["reasons"][0]["text"]
    until(lambda: not list((own_engine.home / "engine" / "journal").iterdir()), "the batch to be reported")
    assert [read["kind"] for read in portal.ledger.values()] == ["care-read"]
    assert [path for path in own_engine.packages.iterdir() if path.is_dir()] == []


def test_a_ready_package_and_a_held_release_survive_a_kill_and_are_recorded_once(own_engine, portal, small_chest):
    own_engine.start()
    job = own_engine.begin(small_chest)
    own_engine.becomes(job, "ready")
    portal.says(obligations=["second-review"], review="pending", level="print")
    held = own_engine.begin(small_chest, purpose="print")
    own_engine.becomes(held, "held")
    own_engine.kill()
    asked = portal.intents().count("check")
    own_engine.start()
    until(lambda: portal.intents().count("check") > asked, "the held release to be asked about again")
    assert own_engine.state(held)["state"] == "held"
    portal.says(review="approved")
    assert own_engine.becomes(held, "ready")["released"] == 3
    portal.says(obligations=[], review=None, level="teaching")
    assert len(released(own_engine, job)) == 3
    assert portal.told()["attempts"] == [f"release-{job}"]
