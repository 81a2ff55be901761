"""What kind of recording a study is, and whether a face could be rebuilt from it."""

import pytest

from consent_portal.contract import Content
from tests.support.consent import POLICY

CT, MR, US = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.6.1"
PHOTO, ENDOSCOPY, SLIDE = ("1.2.840.10008.5.1.4.1.1.77.1" + end for end in (".4", ".1", ".6"))
CAPTURE, DOSE, PDF = "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.88.67", "1.2.840.10008.5.1.4.1.1.104.1"


def content(uid, modality, part="", thickness=None):
    return Content(
        sop_class_uid=uid, modality=modality, body_part=part, image_type=(), slice_thickness=thickness, count=1
    )


@pytest.mark.parametrize(
    ("uid", "modality", "kind"),
    [
        (CT, "CT", "internal-organs-or-structures"),
        (MR, "MR", "internal-organs-or-structures"),
        (US, "US", "ultrasound"),
        ("1.2.840.10008.5.1.4.1.1.1", "CR", "x-rays"),
        ("1.2.840.10008.5.1.4.1.1.1.1", "DX", "x-rays"),
        ("1.2.840.10008.5.1.4.1.1.1.2", "MG", "x-rays"),
        ("1.2.840.10008.5.1.4.1.1.12.1", "XA", "x-rays"),
        ("1.2.840.10008.5.1.4.1.1.20", "NM", "organ-functions"),
        ("1.2.840.10008.5.1.4.1.1.9.1.1", "ECG", "organ-functions"),
        ("1.2.840.10008.5.1.4.1.1.128", "PT", "organ-functions"),
        (ENDOSCOPY, "ES", "laparoscopic-and-endoscopic"),
        (SLIDE, "SM", "pathology-slides"),
        (PHOTO, "XC", "photo"),
        (PHOTO, "CT", "photo"),
        (CT, "XC", "photo"),
        ("1.2.840.10008.5.1.4.1.1.77.1.5.1", "OP", "photo"),
        ("1.2.3.4.5", "??", "photo"),
        ("", "", "photo"),
        (CAPTURE, "US", "photo"),
        (CAPTURE, "OT", "photo"),
    ],
)
def test_each_kind_is_known_by_its_objects_and_the_unknown_is_a_photograph(uid, modality, kind):
    assert POLICY.kinds.kind_of([content(uid, modality)]).key == kind


def test_the_strictest_kind_in_a_study_counts():
    assert POLICY.kinds.kind_of([content(CT, "CT"), content(PHOTO, "XC")]).key == "photo"


def test_dose_sheets_and_documents_do_not_make_a_scan_a_photograph():
    study = [content(CT, "CT"), content(CAPTURE, "CT"), content(DOSE, "SR"), content(PDF, "DOC")]
    assert POLICY.kinds.kind_of(study).key == "internal-organs-or-structures"


def test_a_study_of_nothing_but_documents_or_of_nothing_at_all_is_a_photograph():
    assert POLICY.kinds.kind_of([content(DOSE, "SR")]).key == "photo"
    assert POLICY.kinds.kind_of([]).key == "photo"


def test_a_photograph_is_not_taken_for_a_secondary_capture_because_their_numbers_begin_alike():
    assert not POLICY.kinds.is_document(content(PHOTO, "XC"))
    assert POLICY.kinds.is_document(content(CAPTURE, "OT"))


@pytest.mark.parametrize(
    ("spelling", "kind"),
    [
        ("Images of internal organs", "internal-organs-or-structures"),
        ("Images of internal organs or structures", "internal-organs-or-structures"),
        ("Recordings of organ function", "organ-functions"),
        ("Recordings of organ functions", "organ-functions"),
        ("Laparascopic and endoscopic images", "laparoscopic-and-endoscopic"),
        ("Laparoscopic and endoscopic images", "laparoscopic-and-endoscopic"),
        ("X-rays", "x-rays"),
        ("holiday pictures", "photo"),
    ],
)
def test_both_spellings_of_the_sources_mean_one_kind(spelling, kind):
    assert POLICY.kinds.from_text(spelling).key == kind


@pytest.mark.parametrize(
    ("modality", "part", "thickness", "description", "face"),
    [
        ("CT", "HEAD", 1.0, "", True),
        ("MR", "BRAIN", 3.0, "", True),
        ("PT", "WHOLE BODY", 4.0, "", True),
        ("CT", "SKULL", None, "", True),
        ("CT", "Head and Neck", 1.0, "", True),
        ("CT", "", 1.0, "CT HEAD without contrast", True),
        ("MR", "", None, "Neuro routine", True),
        ("CT", "HEAD", float("inf"), "", True),
        ("CT", "", 1.0, "CT chest", False),
        ("CT", "CHEST", 1.0, "CT head and chest", False),
        ("CT", "HEAD", 8.0, "", False),
        ("CR", "HEAD", None, "skull two views", False),
    ],
)
def test_thin_slices_of_a_head_may_show_a_face(modality, part, thickness, description, face):
    assert POLICY.kinds.may_show_a_face([content(CT, modality, part, thickness)], description) is face
