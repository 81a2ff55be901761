import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.fileset import FileSet
from pydicom.tag import Tag

AOA = Path(sys.executable).with_name("aoa")
CANARY = "ROSSENDALE"


def aoa(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(AOA), *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    (source / CANARY).mkdir(parents=True)
    ds = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    ds.PatientName = f"{CANARY}^Ivy"
    ds.save_as(source / CANARY / "one.dcm")
    return source


def test_a_folder_of_mixed_files_has_a_reason_for_each_and_the_rest_goes_on(folder, tmp_path):
    (folder / f"{CANARY}.txt").write_text("a letter")
    whole = (folder / CANARY / "one.dcm").read_bytes()
    (folder / "short.dcm").write_bytes(whole[: len(whole) // 2])
    (folder / "link.dcm").symlink_to(folder / CANARY / "one.dcm")
    os.mkfifo(folder / "pipe")
    run = aoa("deidentify", folder, tmp_path / "out", "--level", "teaching", "--report", tmp_path / "r.json")
    assert run.returncode == 3, run.stderr
    report = json.loads((tmp_path / "r.json").read_text())
    by_source = {entry["source"]: entry for entry in report["files"]}
    assert by_source[f"{CANARY}/one.dcm"]["status"] == "released"
    assert "not a DICOM file" in by_source[f"{CANARY}.txt"]["reason"]
    assert "truncated" in by_source["short.dcm"]["reason"]
    assert "symbolic link" in by_source["link.dcm"]["reason"]
    assert "regular file" in by_source["pipe"]["reason"]
    assert report["totals"] == {"files": 5, "released": 1, "quarantined": 1, "excluded": 3}
    assert [path.name for path in (tmp_path / "out").iterdir()] == [by_source[f"{CANARY}/one.dcm"]["output"]]
    assert CANARY not in run.stdout + run.stderr


def test_no_name_is_in_a_new_file_or_its_name(folder, tmp_path):
    run = aoa("deidentify", folder, tmp_path / "out", "--level", "internet")
    assert run.returncode == 0, run.stderr
    (made,) = (tmp_path / "out").iterdir()
    assert CANARY.encode() not in made.read_bytes().upper()
    assert CANARY not in made.name


def test_nothing_is_overwritten(folder, tmp_path):
    key = tmp_path / "key"
    assert aoa("key", "new", key).returncode == 0
    for _ in range(2):
        assert aoa("deidentify", folder, tmp_path / "out", "--level", "print", "--key-file", key).returncode == 0
    first, second = sorted((tmp_path / "out").iterdir())
    assert second.name == first.stem + "_2.dcm"
    assert first.read_bytes() == second.read_bytes()


def test_new_files_are_not_put_among_the_originals(folder):
    before = sorted(folder.rglob("*"))
    run = aoa("deidentify", folder, folder / CANARY / "..", "--level", "teaching")
    assert run.returncode == 2
    assert "the folder of the originals" in run.stderr
    assert sorted(folder.rglob("*")) == before


def test_without_a_key_two_runs_share_no_uid(folder, tmp_path):
    for name in ("a", "b"):
        assert aoa("deidentify", folder, tmp_path / name, "--level", "internet").returncode == 0
    one, two = (pydicom.dcmread(next((tmp_path / name).iterdir())) for name in ("a", "b"))
    assert one.StudyInstanceUID != two.StudyInstanceUID
    assert one.PatientID != two.PatientID


def test_a_key_is_for_its_owner_and_is_never_overwritten(tmp_path):
    key = tmp_path / "key"
    assert aoa("key", "new", key).returncode == 0
    text = key.read_text()
    assert len(text.strip()) == 64
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert aoa("key", "new", key).returncode == 1
    assert key.read_text() == text


def test_a_key_file_that_is_none_is_named_without_its_contents(folder, tmp_path):
    (tmp_path / "key").write_text("my-secret")
    run = aoa("deidentify", folder, tmp_path / "out", "--level", "teaching", "--key-file", tmp_path / "key")
    assert run.returncode == 1
    assert "64 hexadecimal" in run.stderr
    assert "my-secret" not in run.stderr


def test_a_dicomdir_leads_to_its_files_and_not_outside(folder, tmp_path):
    media = tmp_path / "media"
    files = FileSet()
    files.add(folder / CANARY / "one.dcm")
    files.write(media)
    run = aoa("deidentify", media / "DICOMDIR", tmp_path / "out", "--level", "teaching")
    assert run.returncode == 0, run.stdout
    assert len(list((tmp_path / "out").iterdir())) == 1
    shutil.rmtree(media / "PT000000")
    (media / "PT000000").symlink_to(folder)
    again = aoa("deidentify", media / "DICOMDIR", tmp_path / "out2", "--level", "teaching")
    assert again.returncode == 3
    assert list((tmp_path / "out2").iterdir()) == []


def test_two_processes_give_what_one_gives(folder, tmp_path):
    key = tmp_path / "key"
    aoa("key", "new", key)
    ds = pydicom.dcmread(folder / CANARY / "one.dcm")
    for number in range(40):
        ds.SOPInstanceUID = f"1.2.3.{number}"
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.save_as(folder / f"{number}.dcm")
    for workers in ("1", "2"):
        out = tmp_path / workers
        run = aoa("deidentify", folder, out, "--level", "teaching", "--key-file", key, "--workers", workers)
        assert run.returncode == 0, run.stdout
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("1", "2"))
    assert one == two
    assert len(one) == 41


def test_a_level_is_asked_for(folder, tmp_path):
    assert aoa("deidentify", folder, tmp_path / "out").returncode == 2
    assert not (tmp_path / "out").exists()


def test_a_target_without_room_is_said_and_leaves_nothing_half(folder):
    run = aoa("deidentify", folder, "/proc/self/nowhere", "--level", "teaching")
    assert run.returncode == 1
    assert "cannot be made" in run.stderr


def test_the_plan_says_what_happens_to_each_attribute():
    run = aoa("plan", "--level", "teaching", "--sop-class", "1.2.840.10008.5.1.4.1.1.2")
    assert run.returncode == 0
    assert "(0010,0010) Patient's Name: replaced by the patient's code in this release" in run.stdout.splitlines()
    assert "(0008,0080) Institution Name: removed" in run.stdout.splitlines()


@pytest.mark.parametrize("level", ["teaching", "print", "internet"])
def test_the_plan_of_a_level_needs_no_kind_of_object(level):
    lines = aoa("plan", "--level", level).stdout.splitlines()
    assert "(0010,1040) Patient's Address: removed" in lines
    assert any(line.startswith("(0028,1050) Window Center: kept") for line in lines)


_MEASURED = (
    "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode;"
    "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def _peak(source: Path, target: Path) -> int:
    command = [str(AOA), "deidentify", str(source), str(target), "--level", "teaching", "--workers", "1"]
    run = subprocess.run([sys.executable, "-c", _MEASURED, *command], capture_output=True, text=True, check=True)
    code, peak = run.stdout.split()
    assert code == "0"
    return int(peak)  # kilobytes


def test_memory_grows_by_the_object_looked_at_and_no_more_and_a_large_one_comes_out_whole(folder, tmp_path):
    small = folder / CANARY / "one.dcm"
    ds = pydicom.dcmread(small)
    for trailing in ("PixelData", "DataSetTrailingPadding"):
        ds.pop(trailing, None)
    ds.Rows = ds.Columns = 512
    ds.NumberOfFrames = 200
    length = 512 * 512 * 2 * 200
    big = tmp_path / "big.dcm"
    ds.save_as(big)
    with big.open("ab") as file:
        file.write(b"\xe0\x7f\x10\x00OW\0\0" + length.to_bytes(4, "little"))
        file.truncate(file.tell() + length)
    assert _peak(big, tmp_path / "large") - _peak(small, tmp_path / "small") < 2.2 * length / 1024 + 20_000
    (made,) = (tmp_path / "large").iterdir()
    assert made.stat().st_size > length
    with made.open("rb") as file:
        assert CANARY.encode() not in file.read(1 << 16).upper()


def test_a_report_that_could_not_be_written_stops_the_run_before_it_begins(folder, tmp_path):
    run = aoa("deidentify", folder, tmp_path / "out", "--level", "teaching", "--report", tmp_path / "none" / "r.json")
    assert run.returncode == 2
    assert "--report: the folder of the report file does not exist" in run.stderr
    assert not (tmp_path / "out").exists()


def test_what_was_de_identified_passes_the_check_that_any_tools_output_gets(folder, tmp_path):
    assert aoa("deidentify", folder, tmp_path / "out", "--level", "teaching").returncode == 0
    run = aoa("verify", tmp_path / "out", "--originals", folder)
    assert run.returncode == 0, run.stdout


def test_no_value_that_a_library_complains_of_is_shown(folder, tmp_path):
    ds = pydicom.dcmread(folder / CANARY / "one.dcm")
    for tag, vr in ((0x00080005, "CS"), (0x00080020, "DA"), (0x00101010, "AS"), (0x00200013, "IS"), (0x00281050, "DS")):
        ds._dict[Tag(tag)] = RawDataElement(Tag(tag), vr, len(CANARY), CANARY.encode(), 0, False, True)
    (folder / CANARY / "one.dcm").rename(tmp_path / "one.dcm")
    ds.save_as(folder / "two.dcm")
    for command in (("deidentify", folder, tmp_path / "out", "--level", "teaching"), ("verify", folder)):
        run = aoa(*command)
        assert run.returncode in (0, 3)
        assert CANARY not in (run.stdout + run.stderr).upper()
        assert "Warning" not in run.stderr


def test_an_empty_file_may_become_the_report_and_a_full_one_stays_as_it_is(folder, tmp_path):
    made, full = tmp_path / "made.json", tmp_path / "full.json"
    made.touch(0o644)
    full.write_text("of another run")
    assert aoa("deidentify", folder, tmp_path / "one", "--level", "teaching", "--report", made).returncode in (0, 3)
    assert json.loads(made.read_text())["files"]
    assert made.stat().st_mode & 0o077 == 0
    run = aoa("deidentify", folder, tmp_path / "two", "--level", "teaching", "--report", full)
    assert run.returncode == 1
    assert "nothing is overwritten" in run.stderr
    assert full.read_text() == "of another run"
    assert not (tmp_path / "two").exists()


def test_the_key_holders_pair_is_made_once_and_only_the_public_half_is_for_the_engine(tmp_path):
    run = aoa("key", "holder", tmp_path / "holder")
    assert run.returncode == 0, run.stderr
    private, public = ((tmp_path / name).read_text().strip() for name in ("holder", "holder.pub"))
    assert len(private) == len(public) == 64
    assert private != public
    assert private not in run.stdout
    assert stat.S_IMODE((tmp_path / "holder").stat().st_mode) == 0o600
    assert aoa("key", "holder", tmp_path / "holder").returncode == 1


SITE_RULE = """
[[rule]]
name = "our-scanner-banner"
origin = "measured on 40 images"
does = "blank"
[rule.when]
Manufacturer = ["GE MEDICAL *"]
Modality = ["CT"]
[[rule.area]]
unit = "fractions"
left = 0.0
top = 0.0
right = 1.0
bottom = 0.25
"""


def test_what_the_sites_own_rule_names_is_covered_and_nothing_else(folder, tmp_path):
    (tmp_path / "ours.toml").write_text(SITE_RULE)
    original = pydicom.dcmread(folder / CANARY / "one.dcm").pixel_array
    done = aoa("deidentify", folder, tmp_path / "new", "--level", "teaching", "--rules", tmp_path / "ours.toml")
    assert done.returncode == 0, done.stderr
    (new,) = (tmp_path / "new").rglob("*.dcm")
    released = pydicom.dcmread(new)
    assert len(set(released.pixel_array[:32].ravel().tolist())) == 1
    assert (released.pixel_array[32:] == original[32:]).all()
    assert released.BurnedInAnnotation == "NO"


def test_rules_that_cannot_be_used_stop_the_run_before_it_begins_and_name_every_fault(folder, tmp_path):
    (tmp_path / "ours.toml").write_text(
        SITE_RULE.replace("right = 1.0", "right = 7").replace("measured on 40 images", "")
    )
    done = aoa("deidentify", folder, tmp_path / "new", "--level", "teaching", "--rules", tmp_path / "ours.toml")
    assert done.returncode == 1
    assert "--rules" in done.stderr
    assert "our-scanner-banner" in done.stderr
    assert not (tmp_path / "new").exists() or not list((tmp_path / "new").iterdir())
