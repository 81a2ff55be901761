"""The table from a decision to a de-identification."""

import tomllib
from importlib.resources import files
from itertools import product

import pytest
from pydicom.uid import UID

from orthanc_plugin.deid import load_profile
from orthanc_plugin.engine.errors import RefusedError
from orthanc_plugin.engine.profiles import excluded_kind, treatment

LEVELS = ("teaching", "print", "internet")
TABLE = tomllib.loads((files("orthanc_plugin.engine") / "profiles.toml").read_text())


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


@pytest.mark.parametrize("uid", sorted(TABLE["excluded"]))
def test_every_excluded_kind_is_one_of_the_standard_and_has_its_name(uid):
    assert excluded_kind(uid) in UID(uid).name


def test_images_are_not_excluded_by_kind():
    for uid in ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.77.1.4"):
        assert excluded_kind(uid) is None
