"""A DICOMDIR whose records repeat what stands in the objects."""

from pydicom import Dataset

from corpus.bed import Bed
from corpus.mint import Mint
from corpus.model import CorpusObject

_DIRECTORY = "1.2.840.10008.1.3.10"


def directory(mint: Mint, image: CorpusObject) -> CorpusObject:
    """Return a directory with a patient, a study, a series and an image record."""
    bed = Bed("dicomdir", "DICOMDIR", mint, _DIRECTORY)
    ds = bed.ds
    ds.file_meta.MediaStorageSOPInstanceUID = bed.note("(0002,0003)", "uid", mint.uid())
    ds.FileSetID = bed.note("FileSetID", "name", mint.word().upper())
    ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.FileSetConsistencyFlag = 0
    del ds.SOPClassUID
    for kind in ("PATIENT", "STUDY", "SERIES", "IMAGE"):
        record = bed.item("DirectoryRecordSequence")
        record.OffsetOfTheNextDirectoryRecord, record.RecordInUseFlag = 0, 0xFFFF
        record.OffsetOfReferencedLowerLevelDirectoryEntity, record.DirectoryRecordType = 0, kind
        _fill(bed, record, kind, image)
    return bed.object


def _fill(bed: Bed, record: Dataset, kind: str, image: CorpusObject) -> None:
    path = f"{kind} record."
    if kind == "PATIENT":
        bed.put("PatientName", "name", None, record, path)
        bed.put("PatientID", "id", None, record, path)
    elif kind == "STUDY":
        bed.put("StudyDate", "date", None, record, path)
        bed.put("AccessionNumber", "accession", None, record, path)
        bed.put("StudyInstanceUID", "uid", image.dataset.StudyInstanceUID, record, path)
        bed.texts("StudyDescription", record, path)
    elif kind == "SERIES":
        record.Modality = "CT"
        bed.put("SeriesInstanceUID", "uid", image.dataset.SeriesInstanceUID, record, path)
        bed.put("InstitutionName", "org", None, record, path)
    else:
        name = bed.mint.word()[:8].upper()
        record.ReferencedFileID = ["IMAGES", bed.note(path + "ReferencedFileID", "name in a file name", name)]
        record.ReferencedSOPClassUIDInFile = image.dataset.SOPClassUID
        bed.put("ReferencedSOPInstanceUIDInFile", "uid", image.dataset.SOPInstanceUID, record, path)
