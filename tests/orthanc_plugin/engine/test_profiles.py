"""The table from a decision to a de-identification."""

import tomllib
from importlib.resources import files
from itertools import product

import pytest
from pydicom.uid import UID

from orthanc_plugin.deid import load_profile
from orthanc_plugin.deid.pixels.risk import kinds
from orthanc_plugin.engine.errors import RefusedError
from orthanc_plugin.engine.treatment.profiles import left_out_kind, treatment

LEVELS = ("teaching", "print", "internet")
TABLE = tomllib.loads((files("orthanc_plugin.engine.treatment") / "profiles.toml").read_text())


@pytest.mark.parametrize(("profile", "level"), list(product(["D3", "D4"], LEVELS)))
def test_every_level_has_the_profile_of_its_own_name(profile, level):
    assert treatment(profile, level).deidentification == level


def test_the_original_is_no_deidentification_and_the_others_all_exist():
    assert treatment("D0", None).deidentification is None
    for name in TABLE["deidentification"].values():
        assert load_profile(name).name == name


@pytest.mark.parametrize(("profile", "level"), [("D3", None), ("D4", None), (None, "teaching"), ("D9", "teaching")])
def test_a_combination_that_is_not_in_the_table_is_refused(profile, level):
    with pytest.raises(RefusedError):
        treatment(profile, level)


def test_only_limited_access_can_be_linked_within_a_project():
    assert treatment("D2", None).linkable
    linked = [level for level in ("teaching", "print", "internet") if treatment("D3", level).linkable]
    assert linked == []


@pytest.mark.parametrize("uid", TABLE["reports"])
def test_every_report_that_is_left_out_is_one_of_the_standard_and_has_its_name(uid):
    assert TABLE["reports"][uid] in UID(uid).name


@pytest.mark.parametrize("uid", sorted(uid for kind in kinds() if "R24" in kind.reason for uid in kind.sop_classes))
def test_dose_reports_captures_and_documents_are_left_out_whoever_asks_for_reports(uid):
    assert "R24" in left_out_kind(uid, reports=True)


@pytest.mark.parametrize("uid", sorted(TABLE["reports"]))
def test_reports_are_left_out_unless_they_are_asked_for(uid):
    assert "R32" in left_out_kind(uid, reports=False)
    assert left_out_kind(uid, reports=True) is None


def test_only_a_clinician_in_direct_care_gets_reports_and_a_label_without_asking():
    assert treatment("D1", None).reports
    assert treatment("D1", None).labelled
    others = [treatment("D2", None), *(treatment("D3", level) for level in ("teaching", "print", "internet"))]
    assert [each.profile for each in others if each.reports or each.labelled] == []


def test_images_and_what_refers_to_them_are_not_left_out_by_kind():
    images = ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.77.1.4")
    referring = ("1.2.840.10008.5.1.4.1.1.88.59", "1.2.840.10008.5.1.4.1.1.11.1", "1.2.840.10008.5.1.4.1.1.66.4")
    assert [uid for uid in (*images, *referring) if left_out_kind(uid, reports=False)] == []
