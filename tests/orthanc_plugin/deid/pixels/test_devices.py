"""Known places are rules that a site can write and try; they claim nothing where nothing tells it (R23, R30)."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file

from orthanc_plugin.deid.pixels.areas import Area
from orthanc_plugin.deid.pixels.devices import (
    BurnedIn,
    DeviceFacts,
    NoRuleError,
    Register,
    RulesError,
    Written,
    areas,
    draft_rule,
    load_rules,
    matching,
    searched,
    ticket,
)
from orthanc_plugin.deid.pixels.devices.cli import rules

SITE = """\
[[rule]]
name = "theatre-scanner-banner"
origin = "measured on 40 images"
does = "blank"
[rule.when]
Manufacturer = ["PHILIPS *"]
ManufacturerModelName = ["cx50"]
Rows = 600
Columns = 800
[[rule.area]]
unit = "pixels"
left = 0
top = 0
right = 800
bottom = 61
[[rule.area]]
unit = "fractions"
left = 0.75
top = 0.9
right = 1.0
bottom = 1.0
"""


@pytest.fixture
def site(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text(SITE)
    return file


def real(name):
    return dcmread(get_testdata_file(name))


def scanner(columns, rows, *regions):
    dataset = Dataset()
    dataset.Modality, dataset.Rows, dataset.Columns = "US", rows, columns
    dataset.SequenceOfUltrasoundRegions = [region(*ends) for ends in regions]
    return dataset


def region(left, top, last_column, last_row):
    item = Dataset()
    item.RegionSpatialFormat = item.RegionDataType = 1
    item.RegionLocationMinX0, item.RegionLocationMinY0 = left, top
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = last_column, last_row
    return item


def mask(found, columns, rows):
    covered = np.zeros((rows, columns), int)
    for area in found:
        covered[area.top : area.bottom, area.left : area.right] += 1
    return covered


def test_the_banner_of_a_real_ultrasound_goes_and_its_image_data_stay():
    dataset = real("OBXXXX1A.dcm")
    covered = mask(areas(load_rules(), dataset), dataset.Columns, dataset.Rows)
    assert covered.max() == 1
    assert covered[:60].all()
    assert not covered[60:519, 120:].any()


@settings(max_examples=60)
@given(st.data())
def test_what_goes_is_exactly_what_lies_in_no_region(data):
    columns, rows = data.draw(st.integers(20, 60)), data.draw(st.integers(20, 60))
    regions = [(0, 0, columns // 2, rows // 2)]
    for _ in range(data.draw(st.integers(0, 4))):
        left, top = data.draw(st.integers(0, columns - 2)), data.draw(st.integers(0, rows - 2))
        regions.append((left, top, data.draw(st.integers(left, columns - 1)), data.draw(st.integers(top, rows - 1))))
    expected = np.ones((rows, columns), int)
    for left, top, right, bottom in regions:
        expected[top : bottom + 1, left : right + 1] = 0
    assert (mask(areas(load_rules(), scanner(columns, rows, *regions)), columns, rows) == expected).all()


@pytest.mark.parametrize(
    "regions",
    [
        [],
        [(0, 0, 500, 200)],
        [(50, 50, 20, 90)],
        [(10, 10, 12, 12)],
        [(0, 0, 90, 90)] * 40,
        [(0, 0, 150, 90), (10, 10, 500, 95)],
    ],
    ids=["absent", "of another size", "turned round", "next to nothing", "too many", "one of two beyond"],
)
def test_regions_that_cannot_be_believed_claim_nothing(regions):
    assert areas(load_rules(), scanner(200, 100, *regions)) == ()


def test_a_scaled_copy_with_the_regions_of_its_original_keeps_all_its_pixels():
    assert areas(load_rules(), real("examples_ybr_color.dcm")) == ()


def test_the_edges_of_a_radiograph_are_searched_and_do_not_go():
    dataset = real("RG3_UNCR.dcm")
    assert areas(load_rules(), dataset) == ()
    covered = mask(searched(load_rules(), dataset), dataset.Columns, dataset.Rows)
    assert covered.max() == 1
    assert covered[0].all()
    assert covered[:, -1].all()
    assert not covered[dataset.Rows // 2, dataset.Columns // 2]


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm", "SC_rgb.dcm", "examples_overlay.dcm"])
def test_other_images_have_no_known_place(name):
    assert matching(load_rules(), DeviceFacts.of(real(name))) == ()


def test_a_sites_own_rule_is_for_its_device_and_size_alone(site):
    own = load_rules(site)
    dataset = real("OBXXXX1A.dcm")
    names = [rule.name for rule in matching(own, DeviceFacts.of(dataset))]
    assert names == ["outside-ultrasound-regions", "theatre-scanner-banner"]
    covered = mask(areas(own, dataset), 800, 600)
    assert covered[60].all()
    assert covered[540:, 600:].all()
    dataset.Rows = 601
    assert "theatre-scanner-banner" not in [rule.name for rule in matching(own, DeviceFacts.of(dataset))]


def test_a_rule_names_its_origin():
    assert all(len(rule.origin) > 20 for rule in load_rules())


def test_all_faults_of_a_file_are_said_at_once_with_rule_line_and_next_step(tmp_path):
    file = tmp_path / "faulty.toml"
    file.write_text(
        SITE.replace("Rows = 600\n", "")
        .replace('does = "blank"', 'does = "delete"')
        .replace("bottom = 61", "bottom = 0")
        + SITE.replace('origin = "measured on 40 images"\n', "").replace("Manufacturer =", "Maker =")
    )
    with pytest.raises(RulesError) as caught:
        load_rules(file)
    said = "\n".join(caught.value.faults)
    for part in (
        'rule 1 "theatre-scanner-banner", line 4: does has to be one of blank, search',
        "line 10: an area in pixels needs Rows and Columns",
        "line 11: the area is empty",
        "rule 2",
        "origin is missing",
        "Maker is not known here; write one of Manufacturer",
        "this name is taken",
    ):
        assert part in said


@pytest.mark.parametrize("text", ["[[rule", "x = 1", "rule = 3", "[[rule]]\n"])
def test_a_file_that_holds_no_rules_says_so(text, tmp_path):
    file = tmp_path / "no.toml"
    file.write_text(text)
    with pytest.raises(RulesError):
        load_rules(file)


def test_a_rule_is_tried_in_words_and_as_a_picture(site, tmp_path):
    out = tmp_path / "seen.png"
    ran = CliRunner().invoke(rules, ["try", get_testdata_file("OBXXXX1A.dcm"), "--rules", str(site), "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    assert "2 of 6 rules match." in ran.output
    assert "left 0, top 0, right 800, bottom 61: 800 x 61 pixels, 10.2 %" in ran.output
    picture = np.asarray(Image.open(out))
    assert picture.shape == (600, 800, 3)
    assert picture[1, 1].tolist() == [255, 64, 64]
    again = CliRunner().invoke(rules, ["try", get_testdata_file("OBXXXX1A.dcm"), "--out", str(out)])
    assert again.exit_code == 1
    assert "nothing is overwritten" in again.output


def test_trying_a_rule_prints_nothing_of_the_patient(tmp_path):
    dataset = real("OBXXXX1A.dcm")
    dataset.PatientName, dataset.PatientID, dataset.StationName = "Quillfeather^Ada", "ID4711", "STATION9"
    dataset.Manufacturer = "Maker\x1b[31m\nred"
    file = tmp_path / "Quillfeather.dcm"
    dataset.save_as(file)
    ran = CliRunner().invoke(rules, ["try", str(file)])
    assert ran.exit_code == 0, ran.output
    for secret in ("Quillfeather", "4711", "STATION9", dataset.SOPInstanceUID, dataset.StudyDate, "\x1b"):
        assert secret not in ran.output


def test_what_pydicom_would_quote_of_a_broken_value_stays_silent():
    command = "from orthanc_plugin.deid.pixels.devices.cli import rules; rules()"
    file = get_testdata_file("badVR.dcm")
    ran = subprocess.run([sys.executable, "-c", command, "try", file], capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert ran.stderr == ""


@pytest.mark.parametrize(("data", "code"), [(b"no DICOM", 1), (None, 2)], ids=["no DICOM", "no file"])
def test_what_cannot_be_tried_says_so(data, code, tmp_path):
    file = tmp_path / "x.dcm"
    if data is not None:
        file.write_bytes(data)
    assert CliRunner().invoke(rules, ["try", str(file)]).exit_code == code


def test_the_ticket_lists_devices_by_how_much_there_is_to_gain_and_stays_on_its_lines():
    text = ticket([
        BurnedIn("Maker", "One", "1.0", "theatre", 3, date(2026, 3, 2)),
        BurnedIn("Other\nSubject: x", "Two\x1b", "", "", 40, date(2026, 5, 1)),
        BurnedIn("Maker", "One", "1.0", "theatre", 4, date(2026, 2, 1)),
        BurnedIn("Maker", "Clean", "1.0", "ward", 0, date(2026, 2, 1)),
    ])  # fmt: skip
    assert "1. Other Subject: x Two: 40 images since 1 May 2026" in text
    assert "2. Maker One, software 1.0, used for theatre: 7 images since 1 February 2026" in text
    assert "Clean" not in text
    assert "\x1b" not in text
    assert ticket([]) == ""


def test_a_picture_counts_once_for_its_device_and_the_ticket_is_made_of_the_list(tmp_path):
    home = tmp_path / "home"
    (home / "engine").mkdir(parents=True)
    none = CliRunner().invoke(rules, ["ticket", "--home", str(home)])
    assert none.exit_code == 0
    assert "nothing to ask" in none.output
    register = Register(home / "engine" / "burned-in.sqlite")
    scanner = ("Example Medical", "E-Scan 5", "2.1 2.1.3")
    register.note([Written("a", *scanner), Written("b", *scanner), Written("c", "", "", "")], date(2026, 3, 4))
    register.note([Written("a", *scanner), Written("d", "x" * 500, "y\n1. z", "")], date(2026, 3, 9))
    told = CliRunner().invoke(rules, ["ticket", "--home", str(home)]).output
    assert "1. Example Medical E-Scan 5, software 2.1 2.1.3: 2 images since 4 March 2026" in told
    assert "a device that does not say its maker or model" in told
    assert "\n1. z" not in told
    assert (home / "engine" / "burned-in.sqlite").stat().st_mode & 0o077 == 0


def test_writers_at_the_same_time_lose_no_picture(tmp_path):
    register = Register(tmp_path / "list.sqlite")
    with ThreadPoolExecutor(8) as pool:
        for number in range(24):
            pool.submit(register.note, [Written(str(number), "maker", "model", "1")], date(2026, 1, 1))
    assert [device.images for device in register.devices()] == [24]


def test_a_rule_that_is_made_of_an_image_is_for_its_device_kind_and_size_and_blanks_what_was_drawn(tmp_path):
    image = real("examples_ybr_color.dcm")
    image.Manufacturer, image.ManufacturerModelName = 'Exam"ple [Medical]', "E-Scan 5"
    image.SoftwareVersions = ["2.1", "b\\c"]
    drawn = [Area(0, 0, image.Columns, 20), Area(5, 30, 60, 44, 0)]
    text = draft_rule(image, drawn, "drawn on an image")
    (tmp_path / "drawn.toml").write_text(text)
    made = load_rules(tmp_path / "drawn.toml")[-1]
    assert matching((made,), DeviceFacts.of(image)) == (made,)
    assert areas((made,), image) == (Area(0, 0, image.Columns, 20),)
    for keyword, other in (("Manufacturer", "Another"), ("ManufacturerModelName", "E-Scan 6"), ("Rows", 17)):
        changed = real("examples_ybr_color.dcm")
        changed.Manufacturer, changed.ManufacturerModelName = image.Manufacturer, image.ManufacturerModelName
        changed.SoftwareVersions = image.SoftwareVersions
        setattr(changed, keyword, other)
        assert matching((made,), DeviceFacts.of(changed)) == ()
    assert draft_rule(image, drawn[:1], "drawn on an image") == text


def test_no_rule_is_made_for_any_device_or_of_nothing():
    image = real("examples_ybr_color.dcm")
    image.Manufacturer, image.ManufacturerModelName = "", "E-Scan 5"
    with pytest.raises(NoRuleError, match="no Manufacturer"):
        draft_rule(image, [Area(0, 0, 9, 9)], "drawn")
    image.Manufacturer = "Example"
    with pytest.raises(NoRuleError, match="every frame"):
        draft_rule(image, [Area(0, 0, 9, 9, 0)], "drawn")
