"""What every generated object begins with: file meta, patient, study, series and equipment (PS3.3 C.7)."""

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

from orthanc_plugin.stack.samples.model import Study, uid

_MAKER = {
    "Manufacturer": "Sample Imaging",
    "ManufacturerModelName": "Phantom 1",
    "DeviceSerialNumber": "SN-40417",
    "SoftwareVersions": "1.0",
    "InstitutionName": "Sample Hospital",
    "InstitutionAddress": "1 Infirmary Road, Portinure",
    "InstitutionalDepartmentName": "Radiology",
    "StationName": "ROOM4",
}


def new(study: Study, sop_class: UID, modality: str, series: str, number: int) -> FileDataset:
    """Return an object with everything but its pixels or content.

    Parameters
    ----------
    study
        The study it belongs to.
    sop_class
        What kind of object it is.
    modality
        As in Modality (0008,0060).
    series
        Name of the series within the study; objects of the same name share it.
    number
        Instance Number, from 1.
    """
    instance = uid(study.key, series, number)
    result = FileDataset("", {}, file_meta=_meta(sop_class, instance), preamble=b"\0" * 128)
    result.SpecificCharacterSet = "ISO_IR 192"
    result.SOPClassUID, result.SOPInstanceUID = sop_class, instance
    result.Modality, result.InstanceNumber = modality, str(number)
    result.SeriesInstanceUID, result.SeriesNumber = uid(study.key, series), "1"
    result.SeriesDate, result.SeriesTime = study.date, study.time
    result.ContentDate, result.ContentTime = study.date, study.time
    describe_patient(result, study)
    for keyword, value in _MAKER.items():
        setattr(result, keyword, value)
    return result


def describe_patient(target: Dataset, study: Study) -> None:
    """Write the patient and the study into `target`, over whatever it said before (PS3.3 C.7.1.1, C.7.2.1)."""
    patient = study.patient
    target.PatientName, target.PatientID = patient.name, patient.id
    target.IssuerOfPatientID = patient.issuer
    target.PatientBirthDate, target.PatientSex = patient.birth_date, patient.sex
    target.PatientAge = _age(patient.birth_date, study.date)
    target.OtherPatientIDsSequence = Sequence([_other_id(patient.hospital_number)])
    target.PatientAddress = patient.address
    target.StudyInstanceUID, target.StudyID = study.uid, study.accession[-6:]
    target.StudyDate, target.StudyTime = study.date, study.time
    target.AccessionNumber, target.StudyDescription = study.accession, study.description
    target.ReferringPhysicianName = f"{patient.family}-Ross^Moira^^Dr"


def set_greyscale(target: Dataset, pixels: NDArray[np.int16]) -> None:
    """Write a slice of signed 16-bit values as pixel data (PS3.3 C.7.6.3)."""
    target.SamplesPerPixel, target.PhotometricInterpretation = 1, "MONOCHROME2"
    target.Rows, target.Columns = pixels.shape
    target.BitsAllocated, target.BitsStored, target.HighBit = 16, 16, 15
    target.PixelRepresentation = 1
    target.PixelData = pixels.astype("<i2").tobytes()
    target["PixelData"].VR = "OW"


def set_colour(target: Dataset, rows: int, columns: int) -> None:
    """Describe 8-bit RGB pixels (PS3.3 C.7.6.3)."""
    target.SamplesPerPixel, target.PhotometricInterpretation, target.PlanarConfiguration = 3, "RGB", 0
    target.Rows, target.Columns = rows, columns
    target.BitsAllocated, target.BitsStored, target.HighBit = 8, 8, 7
    target.PixelRepresentation = 0


def _meta(sop_class: UID, instance: UID) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop_class, instance
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return meta


def _other_id(number: str) -> Dataset:
    item = Dataset()
    item.PatientID, item.IssuerOfPatientID, item.TypeOfPatientID = number, "Sample Hospital", "TEXT"
    return item


def _age(born: str, on: str) -> str:
    years = int(on[:4]) - int(born[:4]) - (on[4:] < born[4:])
    return f"{years:03d}Y"
