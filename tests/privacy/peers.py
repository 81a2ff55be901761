"""Other tools, each as it ships, over the same files: what `aoa bench leaks` measures ours against.

They are installed for the benchmark alone (dependency group `bench`, Debian package libgdcm-tools) and never imported
by the product. A tool that is not there is left out, and the table says so.
"""

import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from corpus import CorpusObject

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.verify import known_in_bytes, verify

Made = dict[str, bytes | None]
Tool = Callable[[list[CorpusObject]], Made]
START_SECONDS = 600  # run as a script of the checkout, so the tests' own patience cannot be imported


class NotHereError(RuntimeError):
    """A tool is not installed; says how to get it."""


def ours(objects: list[CorpusObject]) -> Made:
    """Our own de-identification for teaching, with the verification that holds back what it finds."""
    profile, key = load_profile("teaching"), ReleaseKey.random()
    return {each.name: _ours(each.write(), profile, key) for each in objects}


def _ours(data: bytes, profile: object, key: ReleaseKey) -> bytes | None:
    outcome = deidentify(data, profile, key)
    if outcome.status != "released":
        return None
    findings = verify(outcome.data, known_in_bytes(data))
    return None if any(finding.quarantines for finding in findings) else outcome.data


def _python(module: str, script: str) -> Tool:
    """Return a tool that is a Python package, run by itself in a process over all files."""

    def run(objects: list[CorpusObject]) -> Made:
        if importlib.util.find_spec(module) is None:
            raise NotHereError(f"the Python package {module} (dependency group `bench`)")
        with folders(objects) as (source, target):
            subprocess.run([sys.executable, "-c", script, source, target], check=False, capture_output=True)
            return collected(objects, target)

    return run


DICOM_ANONYMIZER = """
import sys, pathlib
from dicomanonymizer import anonymize_dicom_file
for path in pathlib.Path(sys.argv[1]).iterdir():
    try:
        anonymize_dicom_file(str(path), str(pathlib.Path(sys.argv[2]) / path.name))
    except Exception as error:
        print(path.name, type(error).__name__)
"""
DICOGNITO = """
import sys, pathlib, pydicom
from dicognito.anonymizer import Anonymizer
anonymizer = Anonymizer()
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        dataset = pydicom.dcmread(path, force=True)
        anonymizer.anonymize(dataset)
        dataset.save_as(pathlib.Path(sys.argv[2]) / path.name)
    except Exception as error:
        print(path.name, type(error).__name__)
"""


@contextmanager
def folders(objects: Iterable[CorpusObject]) -> Iterator[tuple[Path, Path]]:
    """Give a folder with the objects as files, and an empty one."""
    with tempfile.TemporaryDirectory(prefix="aoa-bench-") as name:
        source, target = Path(name, "in"), Path(name, "out")
        source.mkdir()
        target.mkdir()
        for each in objects:
            (source / f"{each.name}.dcm").write_bytes(each.write())
        yield source, target


def collected(objects: Iterable[CorpusObject], target: Path) -> Made:
    """Return what a tool wrote, by object."""
    paths = {each.name: target / f"{each.name}.dcm" for each in objects}
    return {name: path.read_bytes() if path.exists() and path.stat().st_size else None for name, path in paths.items()}


def gdcmanon(objects: list[CorpusObject]) -> Made:
    """gdcmanon by the Basic Profile, with a throw-away certificate, over the whole folder at once."""
    if shutil.which("gdcmanon") is None:
        raise NotHereError("gdcmanon (Debian package libgdcm-tools)")
    with folders(objects) as (source, target):
        key, certificate = source.parent / "key.pem", source.parent / "certificate.pem"
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bench", "-days", "1"]
        subprocess.run([*request, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        command = ["gdcmanon", "--de-identify", "--certificate", certificate]
        for path in source.iterdir():  # one file that it refuses ends a whole run, so those go first
            alone = subprocess.run([*command, "-i", path, "-o", target / "alone"], check=False, capture_output=True)
            if alone.returncode != 0:
                path.unlink()
        (target / "alone").unlink(missing_ok=True)
        subprocess.run([*command, "--recursive", "-i", source, "-o", target], check=False, capture_output=True)
        return collected(objects, target)


def orthanc(objects: list[CorpusObject]) -> Made:
    """Orthanc's own /anonymize, a study at a time, on a server that is started for it on loopback."""
    if shutil.which("Orthanc") is None:
        raise NotHereError("Orthanc (Debian package orthanc)")
    made: Made = dict.fromkeys(each.name for each in objects)
    with _orthanc() as client:
        names = {}
        for each in objects:
            answer = client.post("/instances", content=each.write())
            if answer.status_code == 200:
                names[answer.json()["ID"]] = each.name
        for study in client.get("/studies").json():
            client.post(
                f"/studies/{study}/anonymize", json={"Synchronous": True, "KeepSource": True, "Permissive": True}
            )
        for instance in client.get("/instances").json():
            origin = client.get(f"/instances/{instance}/metadata/AnonymizedFrom")
            if origin.status_code == 200 and origin.text.strip() in names:
                made[names[origin.text.strip()]] = client.get(f"/instances/{instance}/file").content
    return made


@contextmanager
def _orthanc() -> Iterator[httpx.Client]:
    http, dicom = _free_port(), _free_port()
    with tempfile.TemporaryDirectory(prefix="aoa-bench-orthanc-") as home:
        settings = {
            "StorageDirectory": home, "IndexDirectory": home, "HttpPort": http, "DicomPort": dicom, "Plugins": [],
            "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "HttpBindAddresses": ["127.0.0.1"],
            "DicomServerEnabled": False, "OverwriteInstances": True,
        }  # fmt: skip
        Path(home, "orthanc.json").write_text(json.dumps(settings), "utf-8")
        process = subprocess.Popen(
            ["Orthanc", Path(home, "orthanc.json")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{http}", timeout=START_SECONDS) as client:
                _wait(client, process)
                yield client
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _wait(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            client.get("/system").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise NotHereError("an Orthanc that starts")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


PEERS: dict[str, Tool] = {
    "ours (teaching)": ours,
    "dicom-anonymizer": _python("dicomanonymizer", DICOM_ANONYMIZER),
    "dicognito": _python("dicognito", DICOGNITO),
    "gdcmanon": gdcmanon,
    "Orthanc /anonymize": orthanc,
}
