"""Whoever an object names is found again in its free text, without a title too (D1, D2)."""

from io import BytesIO

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.orthanc_plugin.deid.conftest import sample
from tests.support.datasets import item

STAFF = ["ReferringPhysicianName", "OperatorsName", "PhysiciansOfRecord", "InterpretationAuthor", "OrderEnteredBy",
         "NamesOfIntendedRecipientsOfResults", "ContentCreatorName"]  # fmt: skip


@pytest.mark.parametrize("profile", ["limited", "send-out"])
@pytest.mark.parametrize("keyword", STAFF)
def test_a_member_of_staff_is_not_named_in_the_text_either(ct, released, profile, keyword):
    setattr(ct, keyword, "Quillfeather^Tamsin^^Dr")
    ct.StudyDescription, ct.ImageComments = "CT chest", "seen with tamsin quillfeather, small effusion"
    new = released(ct, profile)
    assert "quillfeather" not in str(new).lower()
    assert "tamsin" not in str(new).lower()
    assert new.StudyDescription == "CT chest"


def test_a_title_is_not_taken_for_a_name(ct, released):
    ct.PatientName, ct.ReferringPhysicianName, ct.StudyDescription = "Rossendale^Ivy^^MR", "X^Y^^DR^MD", "MR knee left"
    assert released(ct, "limited").StudyDescription == "MR knee left"


NESTED = {
    "a person's code": ("ReferringPhysicianIdentificationSequence",
                        lambda: item(PersonIdentificationCodeSequence=[item(CodeMeaning="Tamsin Quillfeather")])),
    "a request": ("RequestAttributesSequence",
                  lambda: item(RequestingPhysician="Quillfeather^Tamsin")),
    "an older name": ("OriginalAttributesSequence",
                      lambda: item(ModifiedAttributesSequence=[item(PatientName="Quillfeather^Tamsin")])),
    "a participant": ("ParticipantSequence", lambda: item(PersonName="Quillfeather^Tamsin")),
}  # fmt: skip


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("kind", NESTED)
def test_who_is_named_inside_a_sequence_is_not_named_in_the_text_either(released, kind, syntax):
    keyword, made = NESTED[kind]
    big = syntax == ExplicitVRBigEndian
    ct = sample("MR_small_bigendian.dcm" if big else "CT_small.dcm")
    if not big:
        ct.file_meta.TransferSyntaxUID = syntax
    ct.BodyPartExamined = "KNEE"
    setattr(ct, keyword, [made()])
    ct.ImageComments = "seen with tamsin quillfeather, small effusion"
    if syntax == ImplicitVRLittleEndian:
        out = BytesIO()
        ct.save_as(out, implicit_vr=True, little_endian=True)
        ct = out.getvalue()
    new = released(ct, "limited")
    assert "quillfeather" not in str(new).lower()
    assert "tamsin" not in str(new).lower()
    assert "effusion" in new.ImageComments


def test_a_patients_other_number_is_not_in_the_text_either(ct, released):
    ct.OtherPatientIDsSequence = [item(PatientID="RV10047731", TypeOfPatientID="TEXT")]
    ct.ImageComments = "was RV1004 7731, now merged; RV10047731"
    assert "RV10047731" not in str(released(ct, "limited"))


@pytest.mark.parametrize("keyword", ["VerifyingOrganization", "InstitutionName"])
def test_an_organisation_named_inside_a_sequence_goes_from_the_texts(ct, released, keyword):
    observer = Dataset()
    setattr(observer, keyword, "Zorblatt Imaging")
    ct.VerifyingObserverSequence = [observer]
    ct.StudyDescription = "Zorblatt abdomen for ZORBLATT IMAGING"
    out = released(ct, "limited")
    assert "zorblatt" not in str(out).lower()
    assert "abdomen" in out.StudyDescription
