"""Whoever an object names is found again in its free text, without a title too (D1, D2)."""

import pytest

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
