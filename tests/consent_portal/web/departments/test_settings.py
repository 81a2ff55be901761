"""A section that cannot be meant is told of, with its name, before anything starts."""

import pytest

from consent_portal.settings import Settings, SettingsFaults


def test_what_a_department_cannot_be_is_told_all_together(hospital):
    file = hospital.home.settings_file
    wrong = '[departments.eye]\nname = ""\nown = [{}, { station = ["?!"] }, { stations = ["X"] }]\n'
    file.write_text(file.read_text(encoding="utf-8") + wrong + '[departments."Ear nose"]\nname = "x"\nown = []\n')
    with pytest.raises(SettingsFaults) as refused:
        Settings.load(file)
    told = str(refused.value)
    for words in ("eye.name", "names at least one of department", "needs letters or digits", "stations: is no setting"):
        assert words in told
    assert "Ear nose" in told


def test_the_same_rules_in_another_spelling_are_the_same_departments(hospital):
    file = hospital.home.settings_file
    before = hospital.parts.settings.of_departments.version
    file.write_text(file.read_text(encoding="utf-8").replace("Heart  Unit", "HEART-unit"))
    assert Settings.load(file).of_departments.version == before
