from collections.abc import Callable

import pytest
from pydicom.dataset import Dataset, FileDataset
from pydicom.sequence import Sequence

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile

Released = Callable[..., FileDataset]
CANARY = "ROSSENDALE"


def test_the_patient_is_gone_and_a_code_stands_instead(ct: Dataset, released: Released) -> None:
    ct.PatientName, ct.PatientID, ct.PatientBirthDate = f"{CANARY}^Ivy", "9434765919", "19620317"
    new = released(ct)
    assert str(new.PatientName) == new.PatientID
    assert new.PatientID.startswith("AOA-")
    assert new.PatientBirthDate == ""
    assert CANARY not in str(new)


def test_the_pixels_and_the_geometry_are_as_they_were(ct: Dataset, released: Released) -> None:
    new = released(ct)
    for keyword in ("PixelData", "Rows", "ImagePositionPatient", "RescaleSlope", "SliceThickness", "KVP"):
        assert new[keyword].value == ct[keyword].value, keyword


def test_the_same_uid_has_the_same_successor_in_a_release_and_another_in_the_next(
    ct: Dataset, released: Released
) -> None:
    first, again, other = released(ct), released(ct), released(ct, key=ReleaseKey.random())
    assert first.StudyInstanceUID == again.StudyInstanceUID != other.StudyInstanceUID
    assert first.StudyInstanceUID != ct.StudyInstanceUID
    assert first.SOPClassUID == ct.SOPClassUID


def test_private_attributes_go_at_every_depth(ct: Dataset, released: Released) -> None:
    item = Dataset()
    item.add_new(0x00091001, "LO", CANARY)
    item.add_new(0x00090010, "LO", "SOME VENDOR")
    ct.AnatomicRegionSequence = Sequence([item])
    new = released(ct)
    private = [element for element in new.iterall() if element.tag.is_private]
    assert private == []


def test_an_attribute_that_no_dictionary_knows_goes(ct: Dataset, released: Released) -> None:
    ct.add_new(0x00180FF1, "UN", CANARY.encode())
    assert 0x00180FF1 not in released(ct)


@pytest.mark.parametrize("profile", ["teaching", "limited"])
@pytest.mark.parametrize("tag", [0x00280020, 0x0008041B, 0x00686300, 0x04000120], ids=lambda tag: f"{tag:08X}")
def test_a_blob_that_no_image_needs_goes_with_whatever_it_holds(
    ct: Dataset, released: Released, profile: str, tag: int
) -> None:
    ct.add_new(tag, "OB", b"a nurse's name, by hand ")
    assert tag not in released(ct, profile)


@pytest.mark.parametrize("profile", ["teaching", "print", "internet", "limited", "send-out"])
def test_free_text_that_holds_the_patients_name_loses_it(ct: Dataset, released: Released, profile: str) -> None:
    ct.PatientName = f"{CANARY}^Ivy"
    for keyword in (
        "StudyDescription",
        "PositionReferenceIndicator",
        "SoftwareVersions",
        "ImageComments",
        "ProtocolName",
    ):
        setattr(ct, keyword, f"CHEST {CANARY.title()} WITH CONTRAST")
    new = released(ct, profile)
    assert CANARY.casefold() not in str(new).casefold()


def test_at_d3_only_harmless_words_of_a_description_stay(ct: Dataset, released: Released) -> None:
    ct.StudyDescription = "CT Chest with contrast, Mr Quillfeather 07700 900123"
    assert released(ct).StudyDescription == "CT Chest with contrast"


def test_a_name_in_the_place_of_a_number_goes(ct: Dataset, released: Released) -> None:
    ct["SliceThickness"]._value = CANARY
    new = released(ct)
    assert CANARY not in str(new)


def test_the_file_meta_is_new_and_the_preamble_zero(ct: Dataset, released: Released) -> None:
    ct.preamble = CANARY.encode().ljust(128, b"x")  # type: ignore[attr-defined]
    ct.file_meta.SourceApplicationEntityTitle = CANARY  # type: ignore[attr-defined]
    ct.file_meta.PrivateInformationCreatorUID = "1.2.3"  # type: ignore[attr-defined]
    ct.file_meta.PrivateInformation = CANARY.encode()  # type: ignore[attr-defined]
    new = released(ct)
    assert new.preamble == bytes(128)
    assert {element.keyword for element in new.file_meta} == {
        "FileMetaInformationGroupLength", "FileMetaInformationVersion", "MediaStorageSOPClassUID",
        "MediaStorageSOPInstanceUID", "TransferSyntaxUID", "ImplementationClassUID", "ImplementationVersionName",
    }  # fmt: skip
    assert new.file_meta.MediaStorageSOPInstanceUID == new.SOPInstanceUID


def test_only_what_was_done_is_claimed(ct: Dataset, released: Released) -> None:
    ct.BurnedInAnnotation = "NO"
    new = released(ct)
    codes = {item.CodeValue for item in new.DeidentificationMethodCodeSequence}
    assert codes == {"113100", "113101", "113103", "113104", "113105"}
    assert new.PatientIdentityRemoved == "YES"
    assert new.LongitudinalTemporalInformationModified == "REMOVED"
    assert "D3 teaching" in new.DeidentificationMethod
    assert new.BurnedInAnnotation == "NO", "the pixels were looked at"
    assert "RecognizableVisualFeatures" not in new
    assert "ConsentForClinicalTrialUseSequence" not in new
    assert released(ct, consent=True).ConsentForClinicalTrialUseSequence[0].ConsentForDistributionFlag == "YES"


def test_of_pixels_that_are_not_there_nothing_is_claimed(ct: Dataset, released: Released) -> None:
    del ct.PixelData
    new = released(ct)
    assert "BurnedInAnnotation" not in new
    assert "113101" not in {item.CodeValue for item in new.DeidentificationMethodCodeSequence}


def test_dates_move_together_at_d2_and_stay_at_d1(ct: Dataset, released: Released) -> None:
    ct.StudyDate, ct.SeriesDate = "20200110", "20200115"
    limited, send_out = released(ct, "limited"), released(ct, "send-out")
    assert int(limited.SeriesDate) - int(limited.StudyDate) != 0
    assert limited.StudyDate != "20200110"
    assert send_out.StudyDate == "20200110"
    assert limited.LongitudinalTemporalInformationModified == "MODIFIED"


def test_what_is_not_dicom_is_excluded_with_a_reason() -> None:
    outcome = deidentify(b"hello", load_profile("teaching"), ReleaseKey.random())
    assert (outcome.status, outcome.data) == ("excluded", b"")
    assert "not a DICOM file" in outcome.reason
