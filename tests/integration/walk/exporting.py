"""What the tests of the walk share: asking for an export over HTTP and looking into what came out."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pydicom
from pydicom.uid import generate_uid

from tests.support.patience import until
from tests.support.stack import Stack

CAREFUL = {
    "identifiable": "no",
    "unusual_finding": "no",
    "damage_or_distress": "no",
    "motivated_intruder_checked": True,
}
SETTLED = {"ready", "held", "failed", "recalled"}


@dataclass(frozen=True)
class FreshStudy:
    """A study that one test has to itself: its Study Instance UID, and its id in Orthanc."""

    uid: str
    id: str


def fresh_study(stack: Stack, sample: str, *, levels: str = "record,teaching", declined: str = "") -> FreshStudy:
    """Bring the first object of a sample to Orthanc as a study of its own, and record what the patient agreed to."""
    with stack.client("clinician") as orthanc:
        first = orthanc.get(f"/studies/{stack.study_id(sample)}/instances").json()[0]["ID"]
        copy = pydicom.dcmread(io.BytesIO(orthanc.get(f"/instances/{first}/file").content))
        copy.StudyInstanceUID, copy.SeriesInstanceUID, copy.SOPInstanceUID = (generate_uid() for _ in range(3))
        copy.AccessionNumber = copy.StudyInstanceUID[-16:]
        copy.file_meta.MediaStorageSOPInstanceUID = copy.SOPInstanceUID
        stored = io.BytesIO()
        copy.save_as(stored)
        study = orthanc.post("/instances", content=stored.getvalue()).raise_for_status().json()["ParentStudy"]
    recorded = stack.aoa(
        "consent", "record", "--study", copy.StudyInstanceUID, "--levels", levels, "--clinician", "Dr M. Ross",
        "--date", "2025-03-03", *(["--declined", declined] if declined else []),
    )  # fmt: skip
    assert recorded.returncode == 0, recorded.stderr
    return FreshStudy(str(copy.StudyInstanceUID), study)


def request_for(study: str, purpose: str = "teaching", **more: Any) -> dict[str, Any]:
    """Return the body of ``POST /export``, with every question answered as for an ordinary picture."""
    return {
        "studies": [study],
        "purpose": purpose,
        "recipient": "self",
        "format": "dicom-zip",
        "reason": "Teaching of registrars",
        "attestations": CAREFUL,
        **more,
    }


def ask(client: httpx.Client, study: str, purpose: str = "teaching", **more: Any) -> httpx.Response:
    """Ask for an export."""
    return client.post("/export", json=request_for(study, purpose, **more))


def settled(client: httpx.Client, href: str) -> dict[str, Any]:
    """Wait until the job can go no further by itself and return its state."""
    until(lambda: client.get(href).json()["state"] in SETTLED, f"{href} to settle")
    return dict(client.get(href).json())


def accepted(response: httpx.Response) -> str:
    """Return the job's address of a request that was accepted."""
    assert response.status_code == 202, response.text
    return str(response.json()["href"])


def members(package: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each member of a package, however deep zips lie in zips."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        for info in archive.infolist():
            content = archive.read(info)
            yield info.filename, content
            if zipfile.is_zipfile(io.BytesIO(content)):
                yield from members(content)


def dicom_objects(package: bytes) -> list[pydicom.Dataset]:
    """Return the DICOM objects of a package."""
    return [
        pydicom.dcmread(io.BytesIO(content))
        for name, content in members(package)
        if content[128:132] == b"DICM" and "DICOMDIR" not in name
    ]


def holds(haystack: bytes, word: str) -> bool:
    """Tell whether `word` is in `haystack`: in any case, in the usual encodings, also behind zlib."""
    lowered = haystack.lower()
    encodings = ("utf-8", "utf-16-le", "utf-16-be")
    if any(word.lower().encode(encoding) in lowered for encoding in encodings):
        return True
    start = haystack.find(b"\x78\x9c")
    while start >= 0:
        try:
            inflated = zlib.decompressobj().decompress(haystack[start:], 50_000_000)
        except zlib.error:
            inflated = b""
        if word.lower().encode() in inflated.lower():
            return True
        start = haystack.find(b"\x78\x9c", start + 2)
    return False
