"""Reads for direct care reach the engine's journal, late if need be, and never delay the reader."""

import json
import signal
import stat

import pytest

from tests.integration.gate.conftest import CANARY, Orthanc, sample
from tests.support.files import contents, files_below
from tests.support.patience import until

pytestmark = pytest.mark.integration


def entries_for(engine, orthanc_id):
    return [entry for entry in engine.journalled() if entry["orthanc_id"] == orthanc_id]


def waiting(orthanc) -> list[dict]:
    """Return what is not yet delivered; the gate renames its files meanwhile."""
    files = contents(files_below(orthanc.folder / "journal"))
    return [json.loads(line) for _, data in files for line in data.splitlines() if line]


@pytest.fixture
def own_orthanc(engine, tmp_path):
    """An Orthanc that a test may stop, break and start again."""
    orthanc = Orthanc(tmp_path / "own", engine.port)
    orthanc.start()
    yield orthanc
    orthanc.stop()


def test_a_download_is_journalled_with_who_what_and_when(orthanc, study, engine):
    before = len(entries_for(engine, study))
    with orthanc.client("clinician") as client:
        client.get(f"/studies/{study}/archive").raise_for_status()
    entry = until(lambda: entries_for(engine, study)[before:], what="the journal entry")[0]
    assert (entry["user"], entry["role"], entry["door"]) == ("clinician", "clinician", "archive")
    assert (entry["level"], entry["count"]) == ("study", 1)
    assert set(entry) == {"key", "at", "user", "role", "door", "level", "orthanc_id", "count"}


def test_dicomweb_reads_are_journalled_by_orthancs_identifier_and_never_by_the_dicom_one(orthanc, engine):
    image = sample()
    study = orthanc.upload(image)
    with orthanc.client("clinician") as client:
        client.get(f"/dicom-web/studies/{image.StudyInstanceUID}").raise_for_status()
        arguments = {"requestType": "WADO", "objectUID": image.SOPInstanceUID}
        client.get("/wado", params=arguments).raise_for_status()
    until(lambda: entries_for(engine, study), what="the entry of the study")
    with orthanc.client("clinician") as client:
        (instance,) = client.get(f"/studies/{study}/instances").raise_for_status().json()
    until(lambda: entries_for(engine, instance["ID"]), what="the entry of the instance")
    assert image.StudyInstanceUID not in json.dumps(engine.journalled())


def test_an_archive_of_several_is_journalled_for_each_and_led_to_where_orthanc_streams_it(orthanc, engine):
    studies = [orthanc.upload(sample()), orthanc.upload(sample())]
    with orthanc.client("clinician", follow_redirects=True) as client:
        archive = client.post("/tools/create-archive", json={"Resources": studies}).raise_for_status()
        assert archive.content.startswith(b"PK")
        job = client.post("/tools/create-archive", json={"Resources": studies, "Asynchronous": True}).json()
        assert set(job) == {"ID", "Path"}
    for study in studies:
        entry = until(lambda study=study: entries_for(engine, study), what="the journal entry")[0]
        assert (entry["level"], entry["door"]) == ("study", "archive of several")


def test_nothing_is_journalled_that_the_engine_could_not_take(orthanc, engine):
    with orthanc.client("clinician") as client:
        assert client.get("/instances/no-such-instance/file").status_code == 404
        client.get("/wado", params={"objectUID": "1.2.3"})
        client.get(f"/studies/{orthanc.upload(sample())}/archive").raise_for_status()
    until(lambda: not waiting(orthanc), what="the delivery")
    assert {entry["level"] for entry in engine.journalled()} <= {"patient", "study", "series", "instance"}
    assert not any("no-such" in entry["orthanc_id"] or not entry["orthanc_id"] for entry in engine.journalled())


def test_what_was_refused_and_what_shows_no_original_is_not_journalled(orthanc, engine):
    study = orthanc.upload(sample())
    with orthanc.client("trainer") as trainer, orthanc.client("clinician") as clinician:
        assert trainer.get(f"/studies/{study}/media").status_code == 403
        clinician.get("/system").raise_for_status()
        clinician.get(f"/studies/{study}/media").raise_for_status()
    entry = until(lambda: entries_for(engine, study), what="the clinician's entry")
    assert {row["user"] for row in entry} == {"clinician"}


def test_reads_wait_on_the_disk_while_the_engine_is_dead_and_survive_a_restart_of_orthanc(own_orthanc, engine):
    study = own_orthanc.upload(sample())
    engine.kill()
    with own_orthanc.client("clinician") as client:
        for _ in range(3):
            client.get(f"/studies/{study}/archive").raise_for_status()
    until(lambda: sum(entry["count"] for entry in waiting(own_orthanc)) == 3, what="the waiting entries")
    own_orthanc.process.stop(signal.SIGKILL)
    files = list((own_orthanc.folder / "journal").iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert sum(entry["count"] for entry in waiting(own_orthanc)) == 3
    engine.start()
    own_orthanc.start()
    until(
        lambda: sum(entry["count"] for entry in entries_for(engine, study)) == 3, what="the delivery after the restart"
    )
    until(lambda: not waiting(own_orthanc), what="the emptied folder")


def test_a_read_a_moment_before_orthanc_stops_is_still_written(own_orthanc, engine):
    study = own_orthanc.upload(sample())
    engine.kill()
    with own_orthanc.client("clinician") as client:
        client.get(f"/studies/{study}/archive").raise_for_status()
    own_orthanc.stop()
    assert [entry["orthanc_id"] for entry in waiting(own_orthanc)] == [study]


def test_a_dicomweb_read_a_moment_before_orthanc_stops_is_known_after_the_next_start_and_the_stop_is_clean(
    own_orthanc, engine
):
    """Asking Orthanc anything while it goes down damages its heap, which only shows sometimes: so three times."""
    image = sample()
    study = own_orthanc.upload(image)
    for _ in range(3):
        with own_orthanc.client("clinician") as client:
            for _ in range(10):
                client.get(f"/dicom-web/studies/{image.StudyInstanceUID}").raise_for_status()
        own_orthanc.stop()
        assert own_orthanc.process.running.returncode == 0
        own_orthanc.start()
    until(lambda: sum(entry["count"] for entry in entries_for(engine, study)) == 30, what="the delivery")
    until(lambda: not waiting(own_orthanc), what="the emptied folder")


def test_a_journal_that_cannot_be_written_never_blocks_care_and_is_complained_about(own_orthanc, engine):
    study = own_orthanc.upload(sample())
    journal = own_orthanc.folder / "journal"
    journal.write_text("a file where the folder should be")
    engine.kill()
    with own_orthanc.client("clinician") as client:
        original = client.get(f"/studies/{study}/archive").raise_for_status()
        until(lambda: "cannot be written" in own_orthanc.process.text(), what="the complaint")
        client.get(f"/studies/{study}/archive").raise_for_status()
    assert len(original.content) > 1000
    journal.unlink()
    engine.start()
    until(lambda: sum(entry["count"] for entry in entries_for(engine, study)) == 2, what="the delivery")


def test_no_log_of_orthanc_or_the_gate_names_the_patient(orthanc):
    assert CANARY not in orthanc.process.text()
