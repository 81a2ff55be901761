"""A run over several patients' files: nothing of one is in another's, and each is verified against all."""

import io
import mmap
import os
import re
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.deid.single import treat
from orthanc_plugin.files import output
from orthanc_plugin.files.batch import Result, Run, batch
from orthanc_plugin.files.learn import learn
from orthanc_plugin.files.original import Original, UnreadableSourceError, opened, stamp_of
from orthanc_plugin.files.sources import sources

KEY = ReleaseKey.from_hex("5a" * 32)
NAME = "Quillfeather"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    return path


@pytest.fixture
def patient(ct: Dataset, folder: Path):
    """Write one file of a patient."""

    def write(name: str, number: int, **more: object) -> Path:
        ds = Dataset()
        ds.update(ct)
        ds.file_meta = ct.file_meta
        ds.pop("DataSetTrailingPadding", None)
        ds.PatientName, ds.PatientID = name, f"QF{number:07}"
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.99.{number}"
        ds.StudyInstanceUID = f"1.2.826.0.1.98.{number}"
        for keyword, value in more.items():
            setattr(ds, keyword, value)
        pydicom.dcmwrite(folder / f"{number}.dcm", ds, enforce_file_format=True)
        return folder / f"{number}.dcm"

    return write


def carried_out(source: Path, target: Path, profile: str = "limited", key: ReleaseKey = KEY) -> dict[str, Result]:
    target.mkdir()
    run = Run(target, load_profile(profile), key)
    return {result.source: result for result in batch(run, sources(source), 1, lambda _: None)}


def test_a_patients_name_in_another_patients_file_holds_that_file_back(patient, folder, tmp_path):
    patient(f"{NAME}^Ada", 1)
    patient("Ostrander^Bo", 2, SeriesDescription=f"compare with {NAME.lower()}")
    results = carried_out(folder, tmp_path / "out")
    assert results["1.dcm"].status == "released"
    assert results["2.dcm"].status == "quarantined"
    assert "(0008,103E) SeriesDescription: known-name" in results["2.dcm"].reason
    assert NAME.lower() not in results["2.dcm"].reason.lower()
    assert [path.name for path in (tmp_path / "out").iterdir()] == [results["1.dcm"].output]


def test_a_shifted_date_that_is_another_patients_own_date_is_no_finding(patient, folder, tmp_path):
    shifted = pydicom.dcmread(
        _released(
            deidentify(patient("Ostrander^Bo", 2, StudyDate="20200110"), load_profile("limited"), KEY).data, tmp_path
        )
    ).StudyDate
    patient(f"{NAME}^Ada", 1, StudyDate=shifted)
    assert {result.status for result in carried_out(folder, tmp_path / "out").values()} == {"released"}


def _released(data: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "released.dcm"
    path.write_bytes(data)
    return path


def test_a_manufacturer_that_has_a_patients_name_is_none(patient, folder, tmp_path):
    patient("Philips^Ada", 1)
    patient("Ostrander^Bo", 2, Manufacturer="Philips Medical Systems")
    assert {result.status for result in carried_out(folder, tmp_path / "out").values()} == {"released"}


def test_an_empty_value_among_those_of_the_image_type_is_no_finding(patient, folder, tmp_path):
    patient(f"{NAME}^Ada", 1, ImageType=["ORIGINAL", "PRIMARY", "", "AXIAL"])
    (result,) = carried_out(folder, tmp_path / "out").values()
    assert result.status == "released", result.reason


@pytest.mark.parametrize("profile", ["limited", "teaching"])
def test_our_own_output_again_comes_out_the_same_to_the_byte(patient, folder, tmp_path, profile):
    for number in range(3):
        patient(f"{NAME}^Ada", number)
    carried_out(folder, tmp_path / "once", profile)
    again = carried_out(tmp_path / "once", tmp_path / "twice", profile)
    assert {result.status for result in again.values()} == {"released"}, again
    once, twice = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("once", "twice"))
    assert once == twice


def test_under_another_key_no_code_of_the_first_run_is_left(patient, folder, tmp_path):
    patient(f"{NAME}^Ada", 1)
    carried_out(folder, tmp_path / "once")
    (first,) = (tmp_path / "once").iterdir()
    again = carried_out(tmp_path / "once", tmp_path / "twice", key=ReleaseKey.random())
    assert {result.status for result in again.values()} == {"released"}, again
    (second,) = (tmp_path / "twice").iterdir()
    old = pydicom.dcmread(first)
    assert re.fullmatch(r"AOA-[B-Z]{16}", old.PatientID)
    for identifying in (old.PatientID, old.StudyInstanceUID, old.SOPInstanceUID):
        assert identifying.encode() not in second.read_bytes()


def test_a_file_that_was_changed_during_the_run_is_not_released(patient, folder, tmp_path):
    path = patient(f"{NAME}^Ada", 1)
    run = Run(tmp_path, load_profile("limited"), KEY)
    found = sources(folder)
    results = batch(run, [*found, *found], 1, lambda _: None)
    assert next(results).status == "released"
    os.utime(path, ns=(1, 1))  # between the first and the second time this run reads it
    changed = next(results)
    assert changed.status == "quarantined"
    assert "somebody wrote to it" in changed.reason


def test_what_is_copied_inside_the_kernel_is_given_up_when_the_source_changed(patient, tmp_path):
    path = patient(f"{NAME}^Ada", 1)
    handle, target = os.open(path, os.O_RDONLY), os.open(tmp_path / "new", os.O_RDWR | os.O_CREAT)
    try:
        mapped = mmap.mmap(handle, path.stat().st_size, access=mmap.ACCESS_READ)  # as a large file is
        original = Original(handle, stamp_of(handle), mapped)
        treated = treat(original.data, Run(tmp_path, load_profile("limited"), KEY).request)
        assert treated.pieces
        output.fill(target, original, treated.pieces)
        with path.open("ab") as file:
            file.write(b"more")
        with pytest.raises(UnreadableSourceError, match="somebody wrote to it"):
            output.fill(target, original, treated.pieces)
    finally:
        os.close(handle)
        os.close(target)


def test_a_file_system_without_nameless_files_gets_hidden_ones_and_keeps_none(tmp_path):
    with output.hidden_part(tmp_path) as part:
        os.write(part.handle, b"new")
        (hidden,) = tmp_path.iterdir()
        assert hidden.name.startswith(".")
        part.name_it(f"{tmp_path}/a.dcm")
        with pytest.raises(FileExistsError):
            part.name_it(f"{tmp_path}/a.dcm")
    assert [path.name for path in tmp_path.iterdir()] == ["a.dcm"]
    assert (tmp_path / "a.dcm").read_bytes() == b"new"


def test_what_is_held_back_leaves_no_file(patient, tmp_path):
    with opened(patient(f"{NAME}^Ada", 1)) as original:
        treated = treat(original.data, Run(tmp_path, load_profile("limited"), KEY).request)
        target = tmp_path / "out"
        target.mkdir()
        assert output.write(target, original, "1.2", treated.pieces, lambda _: ["found"]) == ("", ["found"])
    assert list(target.iterdir()) == []


def test_a_folder_that_cannot_be_read_is_said(folder):
    (folder / "closed").mkdir(mode=0)
    reasons = [source.refusal for source in sources(folder)]
    (folder / "closed").chmod(0o700)
    assert reasons == ([] if os.geteuid() == 0 else ["a folder that cannot be read: Permission denied"])


@pytest.mark.parametrize("undefined", [True, False])
@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"])
def test_two_hundred_sequences_in_each_other_are_refused_with_the_reason(ct, folder, tmp_path, syntax, undefined):
    inner = b""
    implicit, little = syntax == "1.2.840.10008.1.2", syntax != "1.2.840.10008.1.2.2"
    order = "little" if little else "big"

    def tag(group: int, element: int) -> bytes:
        return group.to_bytes(2, order) + element.to_bytes(2, order)

    for _ in range(200):
        length = b"\xff\xff\xff\xff" if undefined else len(inner).to_bytes(4, order)
        item = tag(0xFFFE, 0xE000) + length + inner + (tag(0xFFFE, 0xE00D) + bytes(4) if undefined else b"")
        length = b"\xff\xff\xff\xff" if undefined else len(item).to_bytes(4, order)
        head = tag(0x0040, 0x0275) + (b"" if implicit else b"SQ\0\0") + length
        inner = head + item + (tag(0xFFFE, 0xE0DD) + bytes(4) if undefined else b"")
    ds = Dataset()
    for keyword in ("SOPClassUID", "SOPInstanceUID", "Modality", "PatientID", "StudyInstanceUID"):
        setattr(ds, keyword, ct[keyword].value)
    ds.file_meta = ct.file_meta
    ds.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
    path = folder / "deep.dcm"
    pydicom.dcmwrite(path, ds, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
    with path.open("ab") as file:
        file.write(inner)
    (result,) = carried_out(folder, tmp_path / "out", "teaching").values()
    assert result.status == "quarantined"
    assert "nested deeper than any real object's" in result.reason


def test_a_number_of_a_wrong_length_beside_a_sequence_is_a_refusal_and_no_crash(ct):
    ds = Dataset()
    for keyword in ("SOPClassUID", "SOPInstanceUID", "Modality", "PatientID"):
        setattr(ds, keyword, ct[keyword].value)
    ds.PatientIdentityRemoved = "NO"
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, ds, implicit_vr=False, little_endian=True)  # without file meta: pydicom has to read it
    wrong = b"\x28\0\x03\x01US\x03\0abc" + b"\x40\0\x75\x02SQ\0\0\0\0\0\0"
    outcome = deidentify(buffer.getvalue() + wrong, load_profile("teaching"), KEY)
    assert outcome.status == "quarantined"
    assert outcome.reason


def test_what_a_source_says_is_shared_by_its_series_and_counts_for_all(patient, folder):
    for number in (1, 2):
        patient(f"{NAME}^Ada", number, PatientID="QF1", StudyInstanceUID="1.2.826.0.1.98.1")
    patient("Ostrander^Bo", 3)
    (folder / "letter.txt").write_text("no DICOM")
    learnt = learn(sources(folder), KEY, load_profile("teaching"))
    assert learnt.own[0] is learnt.own[1]
    assert learnt.own[3] is None
    texts = {each.text for each in learnt.known(()).identifiers}
    assert {f"{NAME}^Ada", "Ostrander^Bo", "QF1", "QF0000003"} <= texts
