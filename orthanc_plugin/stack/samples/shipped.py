"""Real DICOM: files that ship inside the pydicom package, given an invented patient and a sample study."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pydicom
from pydicom.dataset import FileDataset

from orthanc_plugin.stack.samples import dataset, plant
from orthanc_plugin.stack.samples.model import Study, uid
from orthanc_plugin.stack.samples.report import report

_FOLDER = Path(pydicom.__file__).parent / "data" / "test_files"


def file(name: str) -> Callable[[Study], Iterable[FileDataset]]:
    """Return what makes a study of one shipped file."""
    return lambda study: [_adopted(name, study)]


def file_with_report(name: str) -> Callable[[Study], Iterable[FileDataset]]:
    """Return what makes a study of one shipped file and a report of it."""

    def build(study: Study) -> Iterable[FileDataset]:
        image = _adopted(name, study)
        return [image, report(study, image)]

    return build


def _adopted(name: str, study: Study) -> FileDataset:
    result: FileDataset = pydicom.dcmread(_FOLDER / name)
    dataset.describe_patient(result, study)
    result.SpecificCharacterSet = "ISO_IR 192"
    result.SOPInstanceUID = uid(study.key, name, 1)
    result.file_meta.MediaStorageSOPInstanceUID = result.SOPInstanceUID
    result.SeriesInstanceUID = uid(study.key, name)
    if "FrameOfReferenceUID" in result:
        result.FrameOfReferenceUID = uid(study.key, "frame")
    plant.plant(result, study)
    return result
