"""A real portal for tests: its home, real accounts, a real Orthanc with real studies; in this process, or served."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import nhs_number
import pydicom
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

from tests.support.patience import PATIENCE, until
from tests.support.ports import free_port

ROLES = (
    "clinician",
    "medical-illustration",
    "department-admin",
    "caldicott-guardian",
    "trainer",
    "administrator",
)
FAMILY = "QUIRKLEBY"
"""Family name of every test patient; it must turn up only where patients are shown by name."""
NHS_NUMBER = "9434765919"
HEALTH_AND_CARE_NUMBER = next(
    number for number in (f"{n}" for n in range(3_210_000_010, 3_210_000_200)) if nhs_number.is_valid(number)
)
VERY_STRICT_XC = "1.2.840.10008.5.1.4.1.1.77.1.4"


def answers(url: str, **options: Any) -> bool:
    """Whether an address answers with 200."""
    try:
        return httpx.get(url, timeout=PATIENCE, **options).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process of ours."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE)


class Orthanc:
    """Debian's Orthanc with a storage of its own, without the gate."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url, self.auth = f"http://127.0.0.1:{self.port}", ("aoa-portal", secrets.token_hex(8))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Orthanc":
        """Start it and wait until it answers."""
        settings = {
            "Name": "portal tests",
            "StorageDirectory": str(self.folder / "storage"),
            "IndexDirectory": str(self.folder / "storage"),
            "HttpPort": self.port,
            "DicomServerEnabled": False,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": True,
            "RegisteredUsers": {self.auth[0]: self.auth[1]},
            "Plugins": [],
        }
        (self.folder / "orthanc.json").write_text(json.dumps(settings), encoding="utf-8")
        with (self.folder / "orthanc.log").open("ab") as log:
            self.process = subprocess.Popen(
                ["/usr/sbin/Orthanc", str(self.folder / "orthanc.json")], stdout=log, stderr=log
            )
        until(lambda: answers(f"{self.url}/system", auth=self.auth), "Orthanc to answer")
        return self

    def stop(self) -> None:
        """End it."""
        if self.process:
            stop(self.process)

    def upload(self, dataset: pydicom.Dataset) -> str:
        """Store a file and return Orthanc's id of its study."""
        held = BytesIO()
        dataset.save_as(held, enforce_file_format=True)
        answer = httpx.post(f"{self.url}/instances", content=held.getvalue(), auth=self.auth, timeout=PATIENCE)
        answer.raise_for_status()
        return str(answer.json()["ParentStudy"])


def _file(name: str, **tags: Any) -> pydicom.Dataset:
    dataset = pydicom.dcmread(get_testdata_file(name))
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        setattr(dataset, keyword, generate_uid())
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    return dataset


CT = {
    "PatientName": f"{FAMILY}^ANNA^^MRS",
    "PatientID": NHS_NUMBER,
    "PatientBirthDate": "19610214",
    "PatientSex": "F",
    "StudyDate": "20240312",
    "AccessionNumber": "RAD0012345",
    "StudyDescription": "CT CHEST WITH CONTRAST",
    "SeriesDescription": "Axial 5 mm",
    "SeriesNumber": "2",
    "BodyPartExamined": "CHEST",
    "SliceThickness": "5",
}
PHOTO = {
    "PatientName": f"{FAMILY}^BRENDAN",
    "PatientID": HEALTH_AND_CARE_NUMBER,
    "PatientBirthDate": "19880930",
    "PatientSex": "M",
    "StudyDate": "20250605",
    "AccessionNumber": "2302210",
    "StudyDescription": "Clinical photography, left forearm",
    "SeriesDescription": "Forearm",
    "Modality": "XC",
    "BodyPartExamined": "ARM",
    "SOPClassUID": VERY_STRICT_XC,
}


@dataclass
class Archive:
    """A real Orthanc with two studies in it."""

    orthanc: Orthanc
    ct: str = ""
    photo: str = ""

    def fill(self) -> "Archive":
        """Store the studies."""
        self.ct = self.orthanc.upload(_file("CT_small.dcm", **CT))
        self.photo = self.orthanc.upload(_file("examples_rgb_color.dcm", **PHOTO))
        return self

    def photograph_of(self, **tags: Any) -> str:
        """Store a photograph that says what is told, and return Orthanc's id of its study."""
        return self.orthanc.upload(_file("examples_rgb_color.dcm", **{**PHOTO, **tags}))

    def photograph_of_somebody_new(self) -> str:
        """Store a photograph of a patient whom no other test has, and return the given name."""
        given = secrets.token_hex(6).upper()
        own = {"PatientName": f"{FAMILY}^{given}", "PatientID": f"T-{given}", "AccessionNumber": given}
        self.orthanc.upload(_file("examples_rgb_color.dcm", **{**PHOTO, **own}))
        return given

    def correct(self, study: str, **tags: Any) -> None:
        """Let the archive correct a study of one image: the same UIDs, with other details of the person."""
        with httpx.Client(base_url=self.orthanc.url, auth=self.orthanc.auth, timeout=PATIENCE) as archive:
            (instance,) = archive.get(f"/studies/{study}/instances").json()
            dataset = pydicom.dcmread(BytesIO(archive.get(f"/instances/{instance['ID']}/file").content))
            archive.delete(f"/studies/{study}").raise_for_status()
        for keyword, value in tags.items():
            setattr(dataset, keyword, value)
        if self.orthanc.upload(dataset) != study:
            message = "It is another study now: its number or its UIDs were changed."
            raise ValueError(message)


@contextmanager
def running_archive(folder: Path) -> Iterator[Archive]:
    """Give a filled Orthanc and end it."""
    orthanc = Orthanc(folder)
    try:
        yield Archive(orthanc.start()).fill()
    finally:
        orthanc.stop()


@dataclass
class PortalHome:
    """The settings, secrets and database of a portal."""

    folder: Path
    archive_url: str
    archive_auth: tuple[str, str]
    public_url: str = ""
    port: int = field(default_factory=free_port)
    extra: str = ""
    in_portal: str = ""
    """Further lines of [portal]."""
    database_url: str = "sqlite:///portal/portal.sqlite"
    passwords: dict[str, str] = field(default_factory=lambda: {role: secrets.token_urlsafe(12) for role in ROLES})

    def make(self) -> "PortalHome":
        """Write the files, bring the database to its shape, and add the accounts."""
        secret = self.folder / "secrets"
        secret.mkdir(parents=True)
        for name in ("portal-secret-key", "portal-password-salt", "portal-token", "consent-token", "pictures-token"):
            (secret / name).write_text(secrets.token_hex(32), encoding="utf-8")
        (secret / "aoa-portal").write_text(self.archive_auth[1], encoding="utf-8")
        users = {role: {"password": password, "role": role} for role, password in self.passwords.items()}
        (secret / "users.json").write_text(json.dumps(users), encoding="utf-8")
        self.settings_file.write_text(self._toml(), encoding="utf-8")
        return self

    @property
    def settings_file(self) -> Path:
        """The settings."""
        return self.folder / "aoa.toml"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def _toml(self) -> str:
        return f"""
[portal]
port = {self.port}
public_url = "{self.public_url or self.url}"
database_url = "{self.database_url}"
secret_key_file = "secrets/portal-secret-key"
password_salt_file = "secrets/portal-password-salt"
engine_token_file = "secrets/portal-token"
consent_token_file = "secrets/consent-token"
orthanc_url = "{self.archive_url}"
orthanc_public_url = "https://orthanc.hospital.example"
orthanc_user = "{self.archive_auth[0]}"
orthanc_password_file = "secrets/aoa-portal"
{self.in_portal}

[site]
name = "Riverside Hospitals"
nation = "Northern Ireland"
caldicott_guardian_contact = "the Caldicott Guardian, extension 4321"
medical_illustration_contact = "Medical Illustration, extension 1234"
{self.extra}
"""

    def command(self, *arguments: str) -> list[str]:
        """Return a command of the portal."""
        return [sys.executable, "-m", "consent_portal", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the portal's processes."""
        return {**os.environ, "AOA_SETTINGS": str(self.settings_file)}

    def prepare(self) -> "PortalHome":
        """Migrate the database and add the accounts, by the command that `aoa up` uses."""
        users = str(self.folder / "secrets" / "users.json")
        command = self.command("prepare", "--users", users)
        subprocess.run(command, env=self.environment, check=True, capture_output=True)
        return self


@contextmanager
def served(home: PortalHome) -> Iterator[PortalHome]:
    """Serve a prepared portal as a process of its own and end it."""
    with (home.folder / "portal.log").open("ab") as log:
        process = subprocess.Popen(home.command(), env=home.environment, stdout=log, stderr=log)
    try:
        until(lambda: answers(f"{home.url}/health/live"), "the portal to answer")
        yield home
    finally:
        stop(process)


def temporary_folder() -> Path:
    """Return a new folder for a home."""
    return Path(tempfile.mkdtemp(prefix="aoa-portal-"))


FAVOURABLE = {
    "identifiable": "no",
    "unusual_finding": "no",
    "damage_or_distress": "no",
    "motivated_intruder_checked": True,
}
Post = Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]]


@dataclass
class Engine:
    """Speaks to the portal as the engine does, by its JSON."""

    post: Post

    def request(self, user: str, role: str, purpose: str, recipient: str = "self") -> dict[str, Any]:
        """Return who wants what."""
        return {
            "sender": {"user": user, "role": role},
            "recipient": recipient,
            "purpose": purpose,
            "format": "dicom-zip",
            "reason": "Grand round in June",
            "attestations": FAVOURABLE,
            "context": {},
        }

    def ask(
        self, subject: dict[str, Any], request: dict[str, Any], intent: str = "export", job: str | None = None
    ) -> dict[str, Any]:
        """Ask for a decision."""
        body = {"contract": 1, "intent": intent, "job": job, "request": request, "subjects": [subject]}
        status, answer = self.post("/api/v1/decisions", body)
        assert status == httpx.codes.OK, answer
        return answer

    def release(self, subject: dict[str, Any], request: dict[str, Any], job: str | None = None) -> dict[str, Any]:
        """Ask, and record that it left."""
        decision = self.ask(subject, request, job=job)
        body = {
            "contract": 1,
            "key": f"release-{secrets.token_hex(8)}",
            "kind": "release",
            "job": job,
            "decision": decision["decision"],
            "at": "2026-01-05T10:00:00Z",
            "request": request,
            "subjects": [subject],
            "profile": decision["profile"],
            "released": 24,
            "excluded": 1,
            "quarantined": 2,
            "engines": [{"name": "aoa", "version": "0.1"}],
            "package_sha256": "0" * 64,
        }
        status, answer = self.post("/api/v1/disclosures", body)
        assert status == httpx.codes.CREATED, answer
        return answer


def engine_over_http(home: PortalHome) -> Engine:
    """Return the engine of a portal that is served."""
    token = (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8")

    def post(path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = httpx.post(home.url + path, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE)
        return answer.status_code, answer.json()

    return Engine(post)
