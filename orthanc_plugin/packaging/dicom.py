"""DICOM members: the objects as they are, with or without a DICOMDIR (PS3.10, PS3.11 STD-GEN media)."""

import hashlib
import os
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.filebase import DicomFileLike
from pydicom.fileset import FileSet
from pydicom.uid import UID

from orthanc_plugin.packaging.release import CannotRenderError, Image

_TYPE_1 = {"StudyDate": "19000101", "StudyTime": "000000", "StudyID": "1"}
"""What PS3.3 F.5 wants in a STUDY record and de-identification takes away; the date says that there is none."""


def plain(image: Image) -> Iterator[tuple[str, bytes]]:
    """Yield the one member of an object in a ``dicom-zip``."""
    name = image.label or f"{image.study:02}/{image.series:03}/{image.number:05}"
    yield f"images/{name}.dcm", image.read()


class _NeverWritten(FileDataset):
    """A header for the directory alone: pydicom wants to stage it on the disk, and nothing goes to the disk here."""

    def save_as(self, *_args: Any, **_options: Any) -> None:
        """Do nothing."""


class Directory:
    """A DICOMDIR that grows with each object (pydicom's FileSet, in memory)."""

    def __init__(self, seed: str) -> None:
        self._files = FileSet()
        self._files.UID = UID(f"2.25.{int.from_bytes(hashlib.sha256(seed.encode()).digest()[:16])}")

    def members(self, image: Image) -> Iterator[tuple[str, bytes]]:
        """Yield the member of one object, named as its directory record says.

        What de-identification emptied and a record must name stands in the object too, so that whoever makes a
        directory of the objects anew can (PS3.15 action Z allows a dummy).

        Raises
        ------
        CannotRenderError
            When the object cannot be listed in a DICOMDIR.
        """
        data = image.read()
        header = dcmread(BytesIO(data), stop_before_pixels=True)
        dummies = _missing(header, image)
        header.update(dummies)
        data = _filled(data, dummies) if dummies else data
        listed = _NeverWritten(BytesIO(), header, file_meta=header.file_meta)
        try:
            added = self._files.add(listed)
        except (ValueError, KeyError, AttributeError):
            raise CannotRenderError("it cannot be listed in a DICOMDIR (PS3.3 F.5)") from None
        parts = str(added.FileID).split(os.path.sep)
        added.node._record.ReferencedFileID = parts
        yield "/".join(parts), data

    def finish(self) -> tuple[str, bytes]:
        """Return the DICOMDIR itself."""
        written = BytesIO()
        out = DicomFileLike(written)
        self._files._write_dicomdir(out)  # the public way writes every file to the disk
        return "DICOMDIR", written.getvalue()


def _missing(header: Dataset, image: Image) -> Dataset:
    """Return the attributes that a directory must name and that the object leaves empty, with dummies."""
    wanted = {**_TYPE_1, "PatientID": f"P{image.study}", "SeriesNumber": image.series, "InstanceNumber": image.number}
    dummies = Dataset()
    for keyword, value in wanted.items():
        if header.get(keyword) in (None, ""):
            setattr(dummies, keyword, value)
    return dummies


def _filled(data: bytes, dummies: Dataset) -> bytes:
    """Return the object with these attributes; all others, and the pixels, stay as they are stored."""
    whole, out = dcmread(BytesIO(data)), BytesIO()
    whole.update(dummies)
    whole.save_as(out)
    return out.getvalue()
