"""A real Orthanc, a real engine and a portal that can be told what to say, each a process on a free loopback port."""

import json
import os
import secrets
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import httpx
import psutil
import pydicom
import pytest
from nacl.public import PrivateKey
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

from tests.support.cases import jobs_in
from tests.support.files import below, files_below
from tests.support.patience import PATIENCE, until
from tests.support.ports import free_port

CANARY = "ZZCANARY"
KEY_HOLDER = PrivateKey.generate()
PORTAL_TOKEN, ENGINE_TOKEN = "portal-token-for-tests", "engine-token-for-tests"
PICTURES_TOKEN = "pictures-token-for-tests"
DOUBLE = Path(__file__).with_name("portal_double.py")


def answers(url, **options):
    try:
        return httpx.get(url, timeout=PATIENCE, **options).status_code == 200
    except httpx.HTTPError:
        return False


def lives(process):
    """Tell whether a process still runs; it may go away while it is asked."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stop(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE)


class Orthanc:
    """Debian's Orthanc with a storage of its own."""

    def __init__(self, folder):
        self.port, self.dicom_port = free_port(), free_port()
        self.url, self.auth = f"http://127.0.0.1:{self.port}", ("aoa-engine", secrets.token_hex(8))
        self.folder, self.process = folder, None
        self.modality_port = free_port()

    def start(self):
        settings = {
            "Name": "test",
            "StorageDirectory": str(self.folder / "storage"),
            "IndexDirectory": str(self.folder / "storage"),
            "HttpPort": self.port,
            "DicomPort": self.dicom_port,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": True,
            "RegisteredUsers": {self.auth[0]: self.auth[1]},
            "Plugins": [],
            "MaximumStorageCacheSize": 0,
            "DicomModalities": {"teaching-archive": ["TEACH", "127.0.0.1", self.modality_port]},
        }
        (self.folder / "orthanc.json").write_text(json.dumps(settings))
        log = (self.folder / "orthanc.log").open("ab")
        self.process = subprocess.Popen(
            ["/usr/sbin/Orthanc", str(self.folder / "orthanc.json")], stdout=log, stderr=log
        )
        until(lambda: answers(f"{self.url}/system", auth=self.auth), "Orthanc answers")

    def upload(self, data):
        answer = httpx.post(f"{self.url}/instances", content=data, auth=self.auth, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.json()["ParentStudy"]

    def get(self, path):
        return httpx.get(f"{self.url}{path}", auth=self.auth, timeout=PATIENCE)

    def delete_study(self, study):
        httpx.delete(f"{self.url}/studies/{study}", auth=self.auth, timeout=PATIENCE).raise_for_status()


@pytest.fixture(scope="session")
def orthanc(tmp_path_factory):
    orthanc = Orthanc(tmp_path_factory.mktemp("orthanc"))
    orthanc.start()
    yield orthanc
    stop(orthanc.process)


class PortalDouble:
    def __init__(self):
        self.port, self.process = free_port(), None
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen([sys.executable, str(DOUBLE), str(self.port), PORTAL_TOKEN])
        until(lambda: answers(f"{self.url}/health/live"), "the portal double answers")

    def stop(self):
        stop(self.process)

    def says(self, **changes):
        httpx.post(f"{self.url}/control", json=changes, timeout=PATIENCE).raise_for_status()

    def told(self):
        told = httpx.get(f"{self.url}/control", timeout=PATIENCE).json()
        assert not [asked for asked in told["asked"] if "out_of_contract" in asked]
        return told

    @property
    def ledger(self):
        return self.told()["ledger"]

    def intents(self):
        return [part["body"]["intent"] for part in self.told()["asked"] if part["path"].endswith("v1/decisions")]


@pytest.fixture(scope="session")
def shared_portal():
    portal = PortalDouble()
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def portal(shared_portal):
    if shared_portal.process.poll() is not None:
        shared_portal.start()
    shared_portal.says()
    return shared_portal


class Engine:
    """A home of an engine, and the engine in it: it can be started, killed and started again."""

    def __init__(self, home, orthanc, portal):
        self.home, self.port, self.process, self.before = home, free_port(), None, set()
        self.url = f"http://127.0.0.1:{self.port}"
        self.work, self.packages = home / "engine" / "work", home / "engine" / "packages"
        self.log = home / "engine.log"
        secret_files = home / "secrets"
        secret_files.mkdir(mode=0o700)
        for name, text in {
            "engine-token": ENGINE_TOKEN,
            "portal-token": PORTAL_TOKEN,
            "pictures-token": PICTURES_TOKEN,
            "orthanc-password": orthanc.auth[1],
            "project-key": secrets.token_hex(32),
            "mapping-key.pub": bytes(KEY_HOLDER.public_key).hex(),
        }.items():
            (secret_files / name).write_text(text + "\n")
        (home / "aoa.toml").write_text(
            f"""
[site]
name = "Test Radiology"
[engine]
port = {self.port}
token_file = "secrets/engine-token"
portal_url = "{portal.url}"
portal_token_file = "secrets/portal-token"
pictures_token_file = "secrets/pictures-token"
orthanc_url = "{orthanc.url}"
orthanc_user = "{orthanc.auth[0]}"
orthanc_password_file = "secrets/orthanc-password"
database_url = "sqlite:///engine/engine.sqlite"
work_dir = "engine/work"
packages_dir = "engine/packages"
project_key_file = "secrets/project-key"
mapping_key_file = "secrets/mapping-key.pub"
workers = 2
poll_seconds = 0.3
portal_timeout_seconds = {PATIENCE}
"""
        )

    def start(self, prefix=(), **environment):
        command = [*prefix, sys.executable, "-m", "orthanc_plugin.engine"]
        settings = {**os.environ, "AOA_SETTINGS": str(self.home / "aoa.toml"), **environment}
        self.begins_a_test()
        self.process = subprocess.Popen(command, env=settings, stderr=self.log.open("ab"), stdout=subprocess.DEVNULL)
        until(lambda: self.process.poll() is not None or answers(f"{self.url}/health/live"), "the engine answers")
        assert self.process.poll() is None, self.log.read_text()

    def kill(self):
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        until(lambda: not any(map(lives, children)), "no orphans")

    def stop(self):
        if self.process:
            stop(self.process)

    def headers(self, user, role):
        return {"Authorization": f"Bearer {ENGINE_TOKEN}", "X-AOA-User": user, "X-AOA-Role": role}

    def get(self, path, user="anna", role="clinician"):
        return httpx.get(self.url + path, headers=self.headers(user, role), timeout=PATIENCE)

    def post(self, path, body, user="anna", role="clinician"):
        return httpx.post(self.url + path, json=body, headers=self.headers(user, role), timeout=PATIENCE)

    def export(self, study, user="anna", role="clinician", **changes):
        studies = study if isinstance(study, list) else [study]
        return self.post("/exports", {**asked_for(studies), **changes}, user, role)

    def begin(self, study, **changes):
        answer = self.export(study, **changes)
        assert answer.status_code == 202, answer.text
        return answer.json()["job"]

    def state(self, job, **who):
        answer = self.get(f"/exports/{job}", **who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def becomes(self, job, *states, seconds=PATIENCE):
        def arrived():
            now = self.state(job)
            assert now["state"] in states or now["state"] not in ("failed", "recalled"), now
            return now if now["state"] in states else None

        return until(arrived, f"the job becomes {states}", seconds)

    def package(self, job, **who):
        return self.get(f"/exports/{job}/package", **who)

    def files(self):
        return [path for path in files_below(self.home) if "secrets" not in path.parts]

    def begins_a_test(self):
        self.before = set(below(self.packages))

    def kept(self):
        """Return what this test left in the packages folder, by name."""
        return {path.relative_to(self.packages).as_posix() for path in below(self.packages) if path not in self.before}

    def worked_on(self):
        return files_below(self.work)


def asked_for(studies):
    return {
        "studies": studies,
        "purpose": "teaching",
        "recipient": "self",
        "format": "dicom-zip",
        "reason": "a lecture",
        "attestations": {
            "identifiable": "no",
            "unusual_finding": "no",
            "damage_or_distress": "no",
            "motivated_intruder_checked": True,
        },
    }


def jobs_of(engine):
    """Return the jobs of an engine, as another process sees them."""
    key = bytes.fromhex((engine.home / "secrets" / "project-key").read_text())
    return jobs_in(engine.home / "engine", key=key)


@pytest.fixture
def own_engine(tmp_path, orthanc, portal):
    """An engine that is not yet started and that no other test uses."""
    engine = Engine(tmp_path, orthanc, portal)
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def shared_engine(tmp_path_factory, orthanc, shared_portal):
    engine = Engine(tmp_path_factory.mktemp("home"), orthanc, shared_portal)
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
def engine(shared_engine, portal):
    """An engine that runs, shared by the tests that do not stop it."""
    shared_engine.begins_a_test()
    return shared_engine


def slices(count, name=CANARY, side=128):
    """Return a CT series of the chest for one patient whose name, number and staff are a canary."""
    source = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    source.StudyInstanceUID, source.SeriesInstanceUID = generate_uid(), generate_uid()
    source.PatientName, source.PatientID = f"{name}^ANNA", f"{name}-4711"
    source.ReferringPhysicianName, source.AccessionNumber = f"DR^{name}", f"A{name}"
    source.StudyDescription, source.BodyPartExamined = f"CT chest {name}", "CHEST"
    source.PatientBirthDate, source.SliceThickness = "19470512", "5"
    source.Rows = source.Columns = side
    source.PixelData = b"\x10\x00" * (side * side)
    for number in range(1, count + 1):
        source.SOPInstanceUID = source.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        source.InstanceNumber = number
        out = BytesIO()
        source.save_as(out)
        yield out.getvalue()


@pytest.fixture
def chest(orthanc):
    """A study of 40 slices."""
    studies = {orthanc.upload(data) for data in slices(40)}
    (study,) = studies
    yield study
    if orthanc.get(f"/studies/{study}").status_code == 200:
        orthanc.delete_study(study)


@pytest.fixture
def small_chest(orthanc):
    """A study of three slices."""
    (study,) = {orthanc.upload(data) for data in slices(3)}
    yield study
    if orthanc.get(f"/studies/{study}").status_code == 200:
        orthanc.delete_study(study)
