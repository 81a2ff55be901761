"""Objects that refer to others leave with them, and still find them."""

from io import BytesIO

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from tests.integration.engine.conftest import CANARY, slices
from tests.integration.engine.test_export import images_of, opened
from tests.support.datasets import item

pytestmark = pytest.mark.integration

CT, KO, PR, SR = (f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("2", "88.59", "11.1", "88.11"))


def code(value, scheme, meaning):
    return [item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)]


def stored(image, sop_class, modality, **values):
    """Return an object of the same study that refers to an image."""
    new = Dataset()
    for keyword in ("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate",
                    "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName"):  # fmt: skip
        setattr(new, keyword, image.get(keyword, ""))
    new.SOPClassUID, new.SOPInstanceUID, new.SeriesInstanceUID = sop_class, generate_uid(), generate_uid()
    new.Modality, new.SeriesNumber, new.InstanceNumber, new.Manufacturer = modality, 9, 1, "ACME"
    for keyword, value in values.items():
        setattr(new, keyword, value)
    new.file_meta = FileMetaDataset()
    new.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    new.file_meta.MediaStorageSOPClassUID, new.file_meta.MediaStorageSOPInstanceUID = sop_class, new.SOPInstanceUID
    out = BytesIO()
    new.save_as(out, enforce_file_format=True)
    return out.getvalue()


def document(image, text):
    """Return what a key object selection and a report have in common."""
    reference = item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=image.SOPInstanceUID)
    series = item(SeriesInstanceUID=image.SeriesInstanceUID, ReferencedSOPSequence=[reference])
    said = item(
        RelationshipType="CONTAINS",
        ValueType="TEXT",
        ConceptNameCodeSequence=code("113012", "DCM", "Key Object Description"),
        TextValue=text,
    )
    shown = item(RelationshipType="CONTAINS", ValueType="IMAGE", ReferencedSOPSequence=[reference])
    return {
        "ContentDate": "20240102", "ContentTime": "101010", "ValueType": "CONTAINER",
        "ConceptNameCodeSequence": code("113000", "DCM", "Of Interest"), "ContinuityOfContent": "SEPARATE",
        "CurrentRequestedProcedureEvidenceSequence": [
            item(StudyInstanceUID=image.StudyInstanceUID, ReferencedSeriesSequence=[series])
        ],
        "ContentSequence": [said, shown],
    }  # fmt: skip


def presentation(image):
    reference = item(ReferencedSOPClassUID=CT, ReferencedSOPInstanceUID=image.SOPInstanceUID)
    series = item(SeriesInstanceUID=image.SeriesInstanceUID, ReferencedImageSequence=[reference])
    area = item(
        DisplayedAreaTopLeftHandCorner=[1, 1],
        DisplayedAreaBottomRightHandCorner=[128, 128],
        PresentationSizeMode="SCALE TO FIT",
        PresentationPixelAspectRatio=["1", "1"],
    )
    return {
        "ContentLabel": "KEY", "ContentDescription": f"for {CANARY}", "PresentationCreationDate": "20240102",
        "PresentationCreationTime": "101010", "ContentCreatorName": f"DR^{CANARY}", "PresentationLUTShape": "IDENTITY",
        "ReferencedSeriesSequence": [series], "DisplayedAreaSelectionSequence": [area],
    }  # fmt: skip


@pytest.fixture
def referring_study(orthanc):
    data = list(slices(2))
    image = pydicom.dcmread(BytesIO(data[0]))
    objects = [
        *data,
        stored(image, KO, "KO", **document(image, f"chosen for {CANARY} ANNA")),
        stored(image, PR, "PR", **presentation(image)),
        stored(image, SR, "SR", **document(image, f"Report on {CANARY} ANNA: no lesion")),
    ]
    (study,) = {orthanc.upload(each) for each in objects}
    yield study
    orthanc.delete_study(study)


def referenced(dataset):
    return {
        str(element.value)
        for element in dataset.iterall()
        if element.keyword in ("ReferencedSOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
    }


def test_key_objects_and_presentation_states_leave_with_their_images_and_reports_when_asked_for(
    engine, referring_study
):
    for reports, kinds in ((False, {CT, KO, PR}), (True, {CT, KO, PR, SR})):
        job = engine.begin(referring_study, reports=reports)
        state = engine.becomes(job, "ready")
        assert state["excluded"] == (0 if reports else 1), state
        package = opened(engine.package(job))
        found = images_of(package)
        assert {str(each.SOPClassUID) for each in found} == kinds
        known = {
            str(each[k].value) for each in found for k in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
        }
        images = {str(each.SOPInstanceUID) for each in found if each.SOPClassUID == CT}
        for each in (other for other in found if other.SOPClassUID != CT):
            assert referenced(each) <= known
            assert referenced(each) & images
        assert CANARY.encode() not in b"".join(package.read(name) for name in package.namelist()).upper()
