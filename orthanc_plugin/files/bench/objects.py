"""Synthetic objects for `aoa bench deid`: CT slices with as many attributes as scanners write, and small reports."""

import io
import os
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

_ROOT = "1.2.826.0.1.3680043.10.1.99."
_TEXTS = (
    "InstitutionName",
    "InstitutionAddress",
    "InstitutionalDepartmentName",
    "StationName",
    "ReferringPhysicianName",
    "PerformingPhysicianName",
    "OperatorsName",
    "PatientAddress",
    "OtherPatientNames",
    "RequestingPhysician",
    "ProtocolName",
    "StudyDescription",
    "SeriesDescription",
    "ImageComments",
    "PatientComments",
    "RequestedProcedureDescription",
)
_NUMBERS = (
    "SliceThickness",
    "KVP",
    "DataCollectionDiameter",
    "SpacingBetweenSlices",
    "ReconstructionDiameter",
    "DistanceSourceToDetector",
    "DistanceSourceToPatient",
    "GantryDetectorTilt",
    "TableHeight",
    "ExposureTime",
    "XRayTubeCurrent",
    "Exposure",
    "FilterType",
    "GeneratorPower",
    "FocalSpots",
    "ConvolutionKernel",
    "SliceLocation",
    "RescaleIntercept",
    "RescaleSlope",
    "WindowCenter",
    "WindowWidth",
)


def _meta(sop_class: str, uid: str) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = pydicom.uid.UID(sop_class), pydicom.uid.UID(uid)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return meta


def _common(sop_class: str, modality: str) -> Dataset:
    ds = Dataset()
    ds.SpecificCharacterSet, ds.SOPClassUID, ds.Modality = "ISO_IR 100", sop_class, modality
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "Quillfeather^Ada", "9434765919", "19620317"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.AccessionNumber = _ROOT + "1", _ROOT + "2", "A1234567"
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = "20200110"
    ds.StudyTime = ds.SeriesTime = ds.ContentTime = "101112"
    return ds


def ct_slice() -> Dataset:
    """Return a CT slice of 0.5 MB with as many attributes as scanners write."""
    ds = _common("1.2.840.10008.5.1.4.1.1.2", "CT")
    for keyword in _TEXTS:
        setattr(ds, keyword, "Quillfeather^Ada" if "Name" in keyword else "CT chest")
    for keyword in _NUMBERS:
        setattr(ds, keyword, "STANDARD" if keyword in ("FilterType", "ConvolutionKernel") else "1")
    for element in range(0x10, 0x60):
        ds.add_new(0x00291000 + element, "LO", "private")
    ds.add_new(0x00290010, "LO", "A VENDOR")
    ds.ImageType, ds.BodyPartExamined = ["ORIGINAL", "PRIMARY", "AXIAL"], "CHEST"
    ds.ProcedureCodeSequence = Sequence([_code("T-D3000", "SRT", "Chest")])
    ds.ImageOrientationPatient, ds.PixelSpacing = [1, 0, 0, 0, 1, 0], [0.5, 0.5]
    ds.Rows = ds.Columns = 512
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation, ds.SamplesPerPixel = 16, 12, 11, 0, 1
    ds.PhotometricInterpretation, ds.PixelData = "MONOCHROME2", os.urandom(512 * 512 * 2)
    return ds


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def report() -> Dataset:
    """Return a small structured report."""
    ds = _common("1.2.840.10008.5.1.4.1.1.88.22", "SR")
    ds.ValueType, ds.ConceptNameCodeSequence = (
        "CONTAINER",
        Sequence([_code("18748-4", "LN", "Diagnostic Imaging Report")]),
    )
    items = []
    for number in range(20):
        item = Dataset()
        item.RelationshipType, item.ValueType, item.TextValue = "CONTAINS", "TEXT", f"no nodule in slice {number}"
        item.ConceptNameCodeSequence = Sequence([_code("121071", "DCM", "Finding")])
        items.append(item)
    ds.ContentSequence = Sequence(items)
    return ds


def written(folder: Path, ds: Dataset, count: int) -> list[Path]:
    """Write copies of an object that differ in name and number."""
    folder.mkdir()
    paths = []
    for number in range(count):
        ds.SOPInstanceUID, ds.InstanceNumber = f"{_ROOT}3.{number}", number
        buffer = io.BytesIO()
        out = FileDataset("", ds, file_meta=_meta(ds.SOPClassUID, ds.SOPInstanceUID), preamble=bytes(128))
        pydicom.dcmwrite(buffer, out, enforce_file_format=True)
        paths.append(folder / f"{number:05}.dcm")
        paths[-1].write_bytes(buffer.getvalue())
    return paths
