"""Real DICOM peers (dcmtk) ask Orthanc to send: by the purpose of the destination, or not at all."""

import subprocess

import pydicom
import pytest

from orthanc_plugin.stack.orthanc_config import Modality
from tests.integration.gate.conftest import CANARY, CANARY_ID, Orthanc, Process, sample
from tests.support.patience import PATIENCE, until
from tests.support.ports import free_port

# What the plugin 4.0 makes of a refused move: one sub-operation, failed.
FAILED = "SubOperationsCompleteOneOrMoreFailures"
pytestmark = pytest.mark.integration


class Receiver:
    """dcmtk's storescp, writing what it gets to a folder."""

    def __init__(self, folder, aet):
        folder.mkdir()
        self.folder, self.aet, self.port = folder, aet, free_port()
        command = ["storescp", "-aet", aet, "-od", str(folder), "--verbose", str(self.port)]
        self.process = Process(command, {"PATH": "/usr/bin:/bin"}, folder.parent / f"{aet}.log")

    def echoes(self):
        command = ["echoscu", "-aec", self.aet, "127.0.0.1", str(self.port)]
        return subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE).returncode == 0

    def received(self):
        return sorted(path for path in self.folder.iterdir() if path.is_file())

    def names(self):
        return [str(pydicom.dcmread(path).PatientName) for path in self.received()]


@pytest.fixture(scope="module")
def receivers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("receivers")
    receivers = {
        name: Receiver(folder / name, aet)
        for name, aet in (("pacs", "PACS"), ("archive", "ARCHIVE"), ("stranger", "NOWHERE"))
    }
    for receiver in receivers.values():
        receiver.process.start()
    for receiver in receivers.values():
        until(receiver.echoes, what=f"{receiver.aet} to answer")
    yield receivers
    for receiver in receivers.values():
        receiver.process.stop()


@pytest.fixture
def empty(receivers):
    for receiver in receivers.values():
        for path in receiver.received():
            path.unlink()
    return receivers


@pytest.fixture(scope="module")
def peers(engine, receivers, tmp_path_factory):
    """Orthanc with a PACS for direct care, an archive for teaching, and a system that nobody registered."""
    purposes = {"pacs": "direct-care", "archive": "teaching", "stranger": None}
    orthanc = Orthanc(
        tmp_path_factory.mktemp("peers"),
        engine.port,
        modalities={
            name: Modality(receivers[name].aet, "127.0.0.1", receivers[name].port, purpose)
            for name, purpose in purposes.items()
        },
        destinations={"pacs": "direct-care", "archive": "teaching"},
    )
    orthanc.start()
    yield orthanc
    orthanc.stop()


@pytest.fixture(scope="module")
def images(peers):
    first = sample(1)
    second, other = sample(2, study_uid=first.StudyInstanceUID), sample(1)
    for image in (first, second, other):
        image.AccessionNumber = "ACC" + image.StudyInstanceUID[-6:]
    study = peers.upload(first, second)
    peers.upload(other)
    return {"study": study, "first": first, "second": second, "other": other}


def dcmtk(tool, peers, caller, *arguments, called="ORTHANC"):
    command = [tool, "-v", "-aet", caller, "-aec", called, "127.0.0.1", str(peers.dicom_port), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    return done.returncode, done.stdout + done.stderr


def journalled(engine, door, orthanc_id):
    """Return what is noted of one resource: other tests send others, in any order."""
    return [row for row in engine.journalled() if (row["door"], row["orthanc_id"]) == (door, orthanc_id)]


def move(peers, caller, target, *keys, level="STUDY"):
    wanted = [f"QueryRetrieveLevel={level}", *keys]
    return dcmtk("movescu", peers, caller, "-S", "-aem", target, *(part for key in wanted for part in ("-k", key)))


def test_a_move_to_a_system_for_direct_care_sends_the_originals_and_is_journalled(peers, empty, images, engine):
    code, said = move(peers, "PACS", "PACS", f"StudyInstanceUID={images['first'].StudyInstanceUID}")
    assert code == 0, said
    assert empty["pacs"].names() == [f"{CANARY}^Jane"] * 2
    entries = until(lambda: journalled(engine, "C-MOVE", images["study"]), what="the journal entry")
    assert {(entry["user"], entry["level"]) for entry in entries} == {("aet:PACS", "study")}


@pytest.mark.parametrize(
    ("level", "keys", "count"),
    [
        ("STUDY", "StudyInstanceUID={first.StudyInstanceUID}\\{other.StudyInstanceUID}", 3),
        ("STUDY", "AccessionNumber={first.AccessionNumber}", 2),
        ("PATIENT", f"PatientID={CANARY_ID}", 3),
        ("SERIES", "SeriesInstanceUID={second.SeriesInstanceUID}", 1),
        ("IMAGE", "SOPInstanceUID={first.SOPInstanceUID}\\{other.SOPInstanceUID}", 2),
    ],
)
def test_a_move_finds_every_level_and_every_one_of_several_values(peers, empty, images, *, level, keys, count):
    code, said = move(peers, "PACS", "PACS", keys.format(**images), level=level)
    assert (code, len(empty["pacs"].received())) == (0, count), said


def test_a_move_to_a_destination_with_a_secondary_purpose_goes_to_the_engine_and_no_original_arrives(
    peers, empty, images, engine
):
    code, said = move(peers, "ARCHIVE", "ARCHIVE", f"StudyInstanceUID={images['first'].StudyInstanceUID}")
    assert code == 0, said
    asked = engine.heard("/pushes")[-1]
    assert asked["body"] == {
        "destination": "archive",
        "kind": "modality",
        "purpose": "teaching",
        "resources": [{"level": "study", "orthanc_id": images["study"]}],
    }
    assert empty["archive"].received() == []


def test_a_move_that_the_engine_refuses_fails_for_the_asker_and_nothing_arrives(peers, empty, images, engine):
    engine.say(push=[403, {"outcome": "deny", "reasons": [], "ask_url": None}])
    _, said = move(peers, "ARCHIVE", "ARCHIVE", f"StudyInstanceUID={images['first'].StudyInstanceUID}")
    assert FAILED in said
    assert empty["archive"].received() == []


@pytest.mark.parametrize(
    ("caller", "target"),
    [
        ("PACS", "NOWHERE"),
        ("PACS", "UNHEARDOF"),
        ("NOWHERE", "NOWHERE"),
        ("NOWHERE", "PACS"),
        ("SPOOFER", "PACS"),
        ("ARCHIVE", "PACS"),
    ],
)
def test_a_move_to_or_by_a_system_that_is_not_registered_for_it_sends_nothing(peers, empty, images, caller, target):
    _, said = move(peers, caller, target, f"StudyInstanceUID={images['first'].StudyInstanceUID}")
    assert FAILED in said or "Peer aborted" in said
    assert [receiver.received() for receiver in empty.values()] == [[], [], []]


def test_a_move_of_something_unknown_sends_nothing(peers, empty, images):
    _, said = move(peers, "PACS", "PACS", "StudyInstanceUID=1.2.3.4.5")
    assert FAILED in said
    assert empty["pacs"].received() == []


def test_a_move_with_the_engine_dead_still_serves_direct_care(peers, empty, images, engine):
    engine.kill()
    code, _ = move(peers, "PACS", "PACS", f"StudyInstanceUID={images['first'].StudyInstanceUID}")
    assert (code, len(empty["pacs"].received())) == (0, 2)
    _, said = move(peers, "ARCHIVE", "ARCHIVE", f"StudyInstanceUID={images['first'].StudyInstanceUID}")
    assert FAILED in said
    assert empty["archive"].received() == []


@pytest.mark.parametrize("caller", ["PACS", "ARCHIVE", "NOWHERE", "SPOOFER"])
def test_nobody_gets_anything_by_c_get(peers, images, tmp_path, caller):
    wanted = ["-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={images['first'].StudyInstanceUID}"]
    code, said = dcmtk("getscu", peers, caller, "-S", "-od", str(tmp_path), *wanted)
    assert (code == 0, list(tmp_path.iterdir())) == (False, []), said


@pytest.mark.parametrize("caller", ["ARCHIVE", "NOWHERE", "SPOOFER"])
def test_only_a_system_for_direct_care_can_search(peers, images, caller):
    wanted = ["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientName", "-k", "StudyInstanceUID"]
    assert CANARY in dcmtk("findscu", peers, "PACS", *wanted)[1]
    assert CANARY not in dcmtk("findscu", peers, caller, *wanted)[1]


@pytest.mark.parametrize(("caller", "stored"), [("PACS", True), ("SPOOFER", False)])
def test_images_come_in_from_registered_systems_only(peers, tmp_path, caller, stored):
    image = sample()
    image.save_as(tmp_path / "image.dcm", enforce_file_format=True)
    command = [
        "storescu",
        "-aet",
        caller,
        "-aec",
        "ORTHANC",
        "127.0.0.1",
        str(peers.dicom_port),
        str(tmp_path / "image.dcm"),
    ]
    subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    with peers.client("clinician") as client:
        assert bool(client.post("/tools/lookup", content=image.StudyInstanceUID).json()) is stored


def test_a_clinician_sends_originals_natively_to_a_system_for_direct_care(peers, empty, images, engine):
    with peers.client("clinician") as client:
        answer = client.post("/modalities/pacs/store", content=images["study"])
        assert answer.status_code == 200
        assert answer.json()["InstancesCount"] == 2
    assert empty["pacs"].names() == [f"{CANARY}^Jane"] * 2
    sent = until(lambda: journalled(engine, "send", images["study"]), what="the journal entry")
    assert {entry["level"] for entry in sent} == {"study"}


def test_orthanc_explorers_way_of_sending_is_answered_with_a_job(peers, empty, images):
    with peers.client("clinician") as client:
        answer = client.post("/modalities/pacs/store", json={"Resources": [images["study"]], "Synchronous": False})
        assert set(answer.json()) == {"ID", "Path"}
        until(lambda: client.get(answer.json()["Path"]).json()["State"] == "Success", what="the job's end")
    assert len(empty["pacs"].received()) == 2


def test_a_failed_send_says_so(peers, images):
    with peers.client("clinician") as client:
        for content in ('{"Resources": []}', "", "[1]", "no-such-study"):
            assert client.post("/modalities/pacs/store", content=content).status_code in (400, 500)


@pytest.mark.parametrize("role", ["clinician", "trainer"])
def test_sending_to_a_destination_with_a_secondary_purpose_is_the_engines_work(peers, empty, images, engine, role):
    with peers.client(role) as client:
        answer = client.post(
            "/modalities/archive/store", json={"Resources": [images["study"]], "reason": "Case of the week"}
        )
    assert answer.status_code == 202
    asked = engine.heard("/pushes")[-1]
    assert (asked["user"], asked["body"]["purpose"], asked["body"]["reason"]) == (role, "teaching", "Case of the week")
    assert empty["archive"].received() == []


@pytest.mark.parametrize(
    "role", ["trainer", "administrator", "caldicott-guardian", "department-admin", "portal", "supervisor"]
)
def test_no_role_without_care_sends_originals(peers, empty, images, role):
    with peers.client(role) as client:
        assert client.post("/modalities/pacs/store", content=images["study"]).status_code == 403
    assert empty["pacs"].received() == []


def test_nobody_sends_to_a_system_that_is_not_registered(peers, empty, images):
    with peers.client("clinician") as client:
        for path in ("/modalities/stranger/store", "/peers/stranger/store", "/dicom-web/servers/stranger/stow"):
            assert client.post(path, content=images["study"]).status_code == 403
    assert empty["stranger"].received() == []


@pytest.mark.parametrize(
    "body",
    ['{"TargetAet": "NOWHERE"}', "NOWHERE", '{"TargetAet": "ARCHIVE", "Asynchronous": true}', '{"TargetAet": 7}'],
)
def test_another_system_is_never_asked_to_send_to_a_third_one_that_is_not_for_direct_care(peers, images, body):
    with peers.client("clinician") as client:
        assert client.post("/queries/any/retrieve", content=body).status_code == 403
        assert client.post("/queries/any/answers/0/retrieve", content=body).status_code == 403
        assert client.post("/modalities/pacs/move", content=body).status_code == 403


def test_the_engine_sends_bytes_to_a_registered_destination_only(peers, empty, images):
    image = sample()
    image.PatientName = "PSEUDONYM"
    image.save_as(peers.folder / "clean.dcm", enforce_file_format=True)
    with peers.client("engine") as client:
        content = (peers.folder / "clean.dcm").read_bytes()
        client.post("/modalities/archive/store-straight", content=content).raise_for_status()
        assert client.post("/modalities/stranger/store-straight", content=content).status_code == 403
    assert empty["archive"].names() == ["PSEUDONYM"]
    assert empty["stranger"].received() == []
