"""The modules that every object has: patient, study, series, equipment, people; all of them planted."""

from dataclasses import dataclass

from pydicom import Dataset

from corpus.bed import Bed
from corpus.mint import Mint


@dataclass(frozen=True)
class Case:
    """What the objects of one study share: its UIDs and the patient's number."""

    patient: str
    study: str
    frame_of_reference: str
    series: str

    @classmethod
    def new(cls, mint: Mint) -> "Case":
        """Return a new patient with a new study."""
        return cls(mint.id(), mint.uid(), mint.uid(), mint.uid())


def furnish(bed: Bed, case: Case, modality: str) -> None:
    """Plant patient, study, series, people, place and device into an object."""
    _uids(bed, case)
    bed.put("PatientID", "id", case.patient)
    _patient(bed)
    _study(bed)
    _people(bed)
    _place(bed)
    bed.keep(Modality=modality)
    bed.keeps("SOPClassUID")
    bed.ds.SeriesNumber, bed.ds.InstanceNumber = 1, 1


def _uids(bed: Bed, case: Case) -> None:
    bed.put("SOPInstanceUID", "uid")
    bed.ds.file_meta.MediaStorageSOPInstanceUID = bed.ds.SOPInstanceUID
    bed.put("StudyInstanceUID", "uid", case.study)
    bed.put("SeriesInstanceUID", "uid", case.series)


def _patient(bed: Bed) -> None:
    bed.put("PatientName", "name")
    bed.put("PatientBirthDate", "date")
    bed.ds.PatientSex = "F"
    bed.put("OtherPatientIDs", "nhs")
    bed.all("name", "PatientBirthName")
    bed.put("PatientAddress", "address")
    bed.put("PatientTelephoneNumbers", "phone")


def _study(bed: Bed) -> None:
    bed.all("date", "StudyDate SeriesDate")
    bed.all("time", "StudyTime")
    bed.all("accession", "AccessionNumber")
    bed.put("StudyID", "id")
    bed.texts("StudyDescription SeriesDescription")


def _people(bed: Bed) -> None:
    bed.all("name", "ReferringPhysicianName OperatorsName")
    item = bed.item("ReferringPhysicianIdentificationSequence")
    bed.put("InstitutionName", "org", None, item, "ReferringPhysicianIdentificationSequence.")
    code = bed.item("PersonIdentificationCodeSequence", item)
    code.CodeValue, code.CodingSchemeDesignator = "GMC-1", "99LOCAL"
    bed.put(
        "CodeMeaning", "word", None, code, "ReferringPhysicianIdentificationSequence.PersonIdentificationCodeSequence."
    )


def _place(bed: Bed) -> None:
    bed.ds.Manufacturer = "ACME"
    bed.put("InstitutionName", "org")
    bed.put("StationName", "station")
    bed.put("DeviceSerialNumber", "serial")


def nested(bed: Bed) -> Dataset:
    """Plant requests and originals several sequences deep; return the innermost item."""
    path, item = "RequestAttributesSequence.", bed.item("RequestAttributesSequence")
    bed.all("id", "RequestedProcedureID ScheduledProcedureStepID", item, path)
    bed.texts("RequestedProcedureDescription", item, path)
    other = bed.item("OtherPatientIDsSequence")
    bed.put("PatientID", "id", None, other, "OtherPatientIDsSequence.")
    bed.put("IssuerOfPatientID", "word", None, other, "OtherPatientIDsSequence.")
    other.TypeOfPatientID = "TEXT"
    original = bed.item("OriginalAttributesSequence")
    original.AttributeModificationDateTime = "20200101000000"
    original.ModifyingSystem, original.SourceOfPreviousValues = "X", "X"
    original.ReasonForTheAttributeModification = "CORRECT"
    old = bed.item("ModifiedAttributesSequence", original)
    deep = "OriginalAttributesSequence.ModifiedAttributesSequence."
    bed.put("PatientName", "name", None, old, deep)
    bed.put("PatientID", "id", None, old, deep)
    return old
