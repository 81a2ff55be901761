"""Codes stay whole or go whole: half a code is another code."""

import pytest
from pydicom.dataset import Dataset


def coded(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code


@pytest.mark.parametrize("profile", ["teaching", "limited"])
@pytest.mark.parametrize(
    ("value", "scheme"), [("T-D3000", "SRT"), ("C-111A1", "SRT"), ("51185008", "SCT"), ("111002", "DCM")]
)
def test_a_code_of_the_standard_stays_in_old_objects_too(ct, released, profile, value, scheme):
    ct.AnatomicRegionSequence = [coded(value, scheme, "Chest")]
    assert released(ct, profile).AnatomicRegionSequence[0].CodeValue == value


@pytest.mark.parametrize(("profile", "value"), [("teaching", "CT-QUILL9"), ("limited", "CT-QUILLFEATHER")])
def test_of_a_local_code_that_may_not_stay_nothing_stays(ct, released, profile, value):
    ct.PatientName = "Quillfeather^Tamsin"
    ct.AnatomicRegionSequence = [coded(value, "99RVJ", "Chest")]
    assert released(ct, profile).AnatomicRegionSequence[0].CodeValue == "REMOVED"
