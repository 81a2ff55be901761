"""A real Orthanc with the gate, a small engine over real HTTP, and sample images with a canary's name."""

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from orthanc_plugin.stack.orthanc_config import Modality, OrthancSettings, render
from tests.support.patience import PATIENCE, until
from tests.support.ports import free_port

CANARY = "ZZCANARYNAME"
CANARY_ID = "CANARYID4857773456"
HUMANS = ("clinician", "medical-illustration", "trainer", "department-admin", "caldicott-guardian", "administrator")
SERVICES = ("engine", "portal", "supervisor")
PASSWORD = "correct horse battery staple"
ENGINE_TOKEN = "gate-to-engine-0123456789abcdef"
HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]


def answers(url: str) -> bool:
    try:
        httpx.get(url, timeout=PATIENCE)
    except httpx.HTTPError:
        return False
    return True


def sample(number: int = 1, *, study_uid: str | None = None, size: int = 64) -> FileDataset:
    """One CT slice of the canary patient."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    image.SOPClassUID, image.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    image.StudyInstanceUID, image.SeriesInstanceUID = study_uid or generate_uid(), generate_uid()
    image.PatientName, image.PatientID = f"{CANARY}^Jane", CANARY_ID
    image.PatientBirthDate, image.PatientSex = "19610203", "F"
    image.StudyDate, image.StudyTime, image.AccessionNumber = "20240102", "101112", "CANARYACC1"
    image.StudyDescription, image.Modality, image.StudyID = "CT of the chest", "CT", "1"
    image.SeriesNumber, image.InstanceNumber = 1, number
    image.Rows = image.Columns = size
    image.BitsAllocated = image.BitsStored = 16
    image.HighBit, image.PixelRepresentation, image.SamplesPerPixel = 15, 0, 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.PixelData = os.urandom(size * size * 2)
    return image


def as_bytes(image: FileDataset) -> bytes:
    buffer = pydicom.filebase.DicomBytesIO()
    image.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


@dataclass
class Process:
    """A program of this test: started here, and only it is stopped."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(
                self.command, env=self.environment, stdout=out, stderr=out, cwd=self.log.parent
            )

    def stop(self, sign: int = signal.SIGTERM) -> None:
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(sign)
            self.running.wait(PATIENCE)

    def text(self) -> str:
        return self.log.read_text(errors="replace")


@dataclass
class Engine:
    """The small engine of `small_engine.py`, steered and read through files in its folder."""

    folder: Path
    port: int
    process: Process = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(HERE / "small_engine.py"), str(self.port), str(self.folder)]
        self.process = Process(command, {**os.environ, "ENGINE_TOKEN": ENGINE_TOKEN}, self.folder / "engine.log")

    def start(self) -> None:
        self.process.start()
        until(lambda: answers(f"http://127.0.0.1:{self.port}/health/live"), what="the engine's answer")

    def kill(self) -> None:
        self.process.stop(signal.SIGKILL)

    def say(self, **answers: Any) -> None:
        """Set what the engine answers: a route's name to `[status, body]`."""
        fresh = self.folder / "say.new"
        fresh.write_text(json.dumps(answers))
        fresh.replace(self.folder / "say.json")  # the gate may ask at this very moment

    def heard(self, path: str) -> list[dict[str, Any]]:
        """Return the requests to `path` so far, oldest first."""
        file = self.folder / "heard.jsonl"
        whole, _, _ = (file.read_text() if file.exists() else "").rpartition("\n")  # the last line may be half written
        lines = whole.splitlines()
        return [entry for entry in map(json.loads, lines) if entry["path"] == path]

    def journalled(self) -> list[dict[str, Any]]:
        return [entry for request in self.heard("/journal") for entry in request["body"]["entries"]]


@dataclass
class Orthanc:
    """A real Orthanc with the gate loaded."""

    folder: Path
    engine_port: int
    modalities: dict[str, Modality] = field(default_factory=dict)
    destinations: dict[str, str] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    site_script: Path | None = None
    accounts_port: int | None = None
    """Where a portal keeps the accounts; without one everybody is on Orthanc's own list."""
    http_port: int = field(default_factory=free_port)
    dicom_port: int = field(default_factory=free_port)
    process: Process = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "engine-token").write_text(ENGINE_TOKEN)
        own = (*HUMANS, *SERVICES) if self.accounts_port is None else SERVICES
        users = {name: name for name in own}
        table = "\n".join(f'"{user}" = "{role}"' for user, role in users.items())
        destinations = "\n".join(f'"{name}" = "{purpose}"' for name, purpose in self.destinations.items())
        script = f'site_script = "{self.site_script}"' if self.site_script else ""
        (self.folder / "aoa.toml").write_text(
            f'[gate]\nengine_url = "http://127.0.0.1:{self.engine_port}"\nengine_token_file = "engine-token"\n'
            f'portal_url = "http://127.0.0.1:1/"\njournal_dir = "journal"\n{script}\n{self._accounts()}'
            f"[gate.roles]\n{table}\n[gate.destinations]\n{destinations}\n"
        )
        configuration = render(
            OrthancSettings(
                storage_dir=str(self.folder / "storage"),
                gate_script=str(REPOSITORY / "orthanc_plugin" / "gate" / "plugin.py"),
                users=dict.fromkeys(own if self.accounts_port else (*own, "stranger"), PASSWORD),
                accounts_at_the_portal=self.accounts_port is not None,
                http_port=self.http_port,
                dicom_port=self.dicom_port,
                handover_dir=str(self.folder / "handover"),
                modalities=self.modalities,
            )
        )
        configuration |= self.changes
        (self.folder / "orthanc.json").write_text(json.dumps(configuration))
        environment = {"PATH": os.environ["PATH"], "AOA_SETTINGS": str(self.folder / "aoa.toml")}
        self.process = Process(["Orthanc", str(self.folder / "orthanc.json")], environment, self.folder / "orthanc.log")

    def _accounts(self) -> str:
        if self.accounts_port is None:
            return ""
        (self.folder / "accounts-token").write_text("gate-to-portal-0123456789abcdef")
        (self.folder / "gate-key").write_text("0123456789abcdef" * 4)
        return (
            f'accounts_url = "http://127.0.0.1:{self.accounts_port}"\naccounts_token_file = "accounts-token"\n'
            'accounts_key_file = "gate-key"\naccounts_store = "accounts.sealed"\n'
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def start(self) -> None:
        self.process.start()
        until(lambda: answers(f"{self.url}/system"), f"Orthanc's start ({self.folder / 'orthanc.log'})")

    def stop(self) -> None:
        self.process.stop()

    def client(self, user: str, **more: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, auth=(user, PASSWORD), timeout=PATIENCE, **more)

    def upload(self, *images: FileDataset) -> str:
        """Store `images` and return the Orthanc identifier of the study of the last."""
        with self.client("clinician") as clinician:
            for image in images:
                answer = clinician.post("/instances", content=as_bytes(image)).raise_for_status().json()
        return str(answer["ParentStudy"])


def basic(user: str, password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(tmp_path_factory.mktemp("engine"), free_port())
    engine.start()
    yield engine
    engine.process.stop()


@pytest.fixture(autouse=True)
def engine_as_it_was(request: pytest.FixtureRequest) -> None:
    """Bring the engine back to its usual answers, and up again if a test killed it."""
    if "engine" not in request.fixturenames:
        return
    engine = request.getfixturevalue("engine")
    engine.say()
    if engine.process.running.poll() is not None:
        engine.start()


@pytest.fixture(scope="session")
def orthanc(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    orthanc = Orthanc(
        tmp_path_factory.mktemp("orthanc"),
        engine.port,
        modalities={
            "pacs": Modality("PACS", "127.0.0.1", free_port(), "direct-care"),
            "archive": Modality("ARCHIVE", "127.0.0.1", free_port(), "teaching"),
            "unregistered": Modality("NOWHERE", "127.0.0.1", free_port(), None),
        },
        destinations={"pacs": "direct-care", "archive": "teaching"},
    )
    orthanc.start()
    yield orthanc
    orthanc.stop()


@pytest.fixture(scope="session")
def study(orthanc: Orthanc) -> str:
    """The Orthanc identifier of a study of three slices of the canary patient."""
    first = sample(1)
    others = [sample(number, study_uid=first.StudyInstanceUID) for number in (2, 3)]
    for other in others:
        other.SeriesInstanceUID = first.SeriesInstanceUID
    return orthanc.upload(first, *others)
