"""Objects to verify: an original full of identifiers, and the same object as it may leave."""

from collections.abc import Callable
from io import BytesIO

import pytest
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

CT = "1.2.840.10008.5.1.4.1.1.2"
Build = Callable[..., Dataset]


def written(dataset: Dataset) -> bytes:
    """Return a data set as file bytes."""
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


@pytest.fixture
def as_bytes() -> Callable[[Dataset], bytes]:
    return written


@pytest.fixture
def clean() -> Build:
    """Return a maker of an object that may leave: marked, with new UIDs, without anybody's identifiers."""

    def build(**attributes: object) -> Dataset:
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPClassUID = CT
        dataset.file_meta.MediaStorageSOPInstanceUID = "2.25.1111111111"
        dataset.SOPClassUID = CT
        dataset.SOPInstanceUID = "2.25.1111111111"
        dataset.StudyInstanceUID = "2.25.2222222222"
        dataset.PatientName = ""
        dataset.PatientID = "A7F3KQ"
        dataset.Modality = "CT"
        dataset.BodyPartExamined = "HEAD"
        dataset.PatientIdentityRemoved = "YES"
        dataset.DeidentificationMethod = "Anonymise or Ask 0.1, profile D3 teaching"
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator = "113100", "DCM"
        code.CodeMeaning = "Basic Application Confidentiality Profile"
        dataset.DeidentificationMethodCodeSequence = [code]
        dataset.LongitudinalTemporalInformationModified = "REMOVED"
        dataset.Rows, dataset.Columns, dataset.BitsAllocated, dataset.SamplesPerPixel = 4, 4, 16, 1
        dataset.PixelData = bytes(32)
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)
        return dataset

    return build


@pytest.fixture
def original() -> Dataset:
    """Return an original with a patient, staff, a place and a device."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = CT
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.99.1.1"
    dataset.file_meta.SourceApplicationEntityTitle = "ROYALCT7"
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = CT
    dataset.SOPInstanceUID = "1.2.826.0.1.99.1.1"
    dataset.StudyInstanceUID = "1.2.826.0.1.99.1"
    dataset.PatientName = "Quillfeather^Zebedee"
    dataset.PatientID = "RXH0471182"
    dataset.PatientBirthDate = "19510719"
    dataset.OtherPatientIDs = "9434765919"
    dataset.PatientAddress = "12 Larkspur Lane, Otterbourne, LS1 4AB"
    dataset.PatientTelephoneNumbers = "020 7946 0123"
    dataset.AccessionNumber = "ACC5551234"
    dataset.StudyDate = "20230405"
    dataset.ReferringPhysicianName = "Ó Brádaigh^Fionnuala^^Dr"
    dataset.InstitutionName = "Larchmont Royal Infirmary"
    dataset.DeviceSerialNumber = "SN778812"
    dataset.Modality = "CT"
    dataset.Rows, dataset.Columns, dataset.BitsAllocated, dataset.SamplesPerPixel = 4, 4, 16, 1
    dataset.PixelData = bytes(32)
    return dataset
