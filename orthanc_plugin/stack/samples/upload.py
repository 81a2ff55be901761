"""Sends sample studies to Orthanc over HTTP; what is there already stays as it is."""

import io
from collections.abc import Iterator

import httpx
from pydicom.dataset import FileDataset

from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.samples.model import Study

_SECONDS = 600  # a machine with other work to do may need long for the larger studies


def upload(url: str, login: tuple[str, str], study: Study) -> Iterator[str]:
    """Send the objects of `study` one by one.

    Parameters
    ----------
    url
        Orthanc's address.
    login
        User and password; the user's role must allow bringing images in.
    study
        What to send.

    Yields
    ------
    str
        Orthanc's word on each object: ``Success``, or ``AlreadyStored`` at a second time.

    Raises
    ------
    StackError
        If Orthanc refuses one.
    """
    with httpx.Client(base_url=url, auth=login, timeout=_SECONDS, trust_env=False) as orthanc:
        for item in study.objects():
            answer = orthanc.post("/instances", content=as_file(item), headers={"Content-Type": "application/dicom"})
            if answer.status_code != httpx.codes.OK:
                raise StackError(
                    f"Orthanc did not take the sample study {study.key}: HTTP status {answer.status_code}. "
                    "Its log says why; the demonstration needs all of them."
                )
            yield str(answer.json()["Status"])


def as_file(item: FileDataset) -> bytes:
    """Return `item` as a DICOM file (PS3.10)."""
    buffer = io.BytesIO()
    item.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
