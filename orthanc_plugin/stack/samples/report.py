"""A structured report of an image: a Basic Text SR whose text names the patient, as dictated reports do."""

from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence
from pydicom.uid import BasicTextSRStorage

from orthanc_plugin.stack.samples import dataset, plant
from orthanc_plugin.stack.samples.model import Study


def report(study: Study, image: Dataset) -> FileDataset:
    """Make the report of `image`, which belongs to the same study."""
    result = dataset.new(study, BasicTextSRStorage, "SR", "report", 1)
    result.SeriesDescription, result.SeriesNumber = "Report", "2"
    result.ReferencedPerformedProcedureStepSequence = Sequence([])
    result.PerformedProcedureCodeSequence = Sequence([])
    result.CompletionFlag, result.VerificationFlag = "COMPLETE", "UNVERIFIED"
    result.CurrentRequestedProcedureEvidenceSequence = Sequence([_evidence(image)])
    result.ValueType, result.ContinuityOfContent = "CONTAINER", "SEPARATE"
    result.ConceptNameCodeSequence = _code("18782-3", "LN", "Radiology Study observation")
    name = f"{study.patient.given} {study.patient.family}"
    result.ContentSequence = Sequence(
        [
            _text("121060", "History", f"{name}, abdominal pain for two weeks."),
            _text("121070", "Findings", "No free fluid. The appendix is not thickened."),
            _text("121076", "Conclusion", f"Normal. Discussed with {name} on the telephone."),
        ]
    )
    plant.plant(result, study)
    return result


def _code(value: str, scheme: str, meaning: str) -> Sequence:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return Sequence([item])


def _text(value: str, meaning: str, text: str) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "TEXT"
    item.ConceptNameCodeSequence = _code(value, "DCM", meaning)
    item.TextValue = text
    return item


def _evidence(image: Dataset) -> Dataset:
    reference, series, study = Dataset(), Dataset(), Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
    series.SeriesInstanceUID, series.ReferencedSOPSequence = image.SeriesInstanceUID, Sequence([reference])
    study.StudyInstanceUID, study.ReferencedSeriesSequence = image.StudyInstanceUID, Sequence([series])
    return study
