"""Packages in every format, made of pydicom's own files."""

import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest
import pyzipper
from PIL import Image as Pillow
from pydicom.data import get_testdata_file
from pydicom.fileset import FileSet

from orthanc_plugin.packaging import FORMATS, HeldBack, Image, NothingToPackageError, Release, build
from orthanc_plugin.rendering import Window

FILES = ("CT_small.dcm", "MR_small.dcm", "examples_palette.dcm", "US1_J2KR.dcm", "SC_rgb.dcm")
NO_IMAGE = "rtplan.dcm"
ONE = HeldBack(99, "SR", "Basic Text SR Storage", "excluded", "no reports by default (R32)")


def images(*names):
    return [
        Image(1, 1, number, lambda name=name: Path(get_testdata_file(name)).read_bytes())
        for number, name in enumerate(names, 1)
    ]


def release(form, **changes):
    facts = {
        "purpose": "teaching",
        "recipient": "self",
        "form": form,
        "profile": "D3",
        "level": "teaching",
        "policy_version": "1.0",
        "decision": "5b0f",
        "decided_at": "2026-03-01T10:00:00Z",
        "owner": "Test Radiology",
        "engines": (("one", "1"), ("two", "2")),
        "held_back": (ONE,),
    }
    return Release(**{**facts, **changes})


def described(index, reason):
    return HeldBack(index + 1, "OT", "some kind", "excluded", reason)


class Unseekable(io.RawIOBase):
    """As the sealed file of the engine is: it can only be written on."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += data
        return len(data)


def made(form, names=FILES, passphrase=None, **changes):
    out = Unseekable()
    built = build(release(form, **changes), images(*names), described, out, passphrase)
    return built, bytes(out.data)


@pytest.mark.parametrize("form", FORMATS)
def test_a_package_is_the_same_byte_for_byte_when_it_is_made_again(form):
    assert made(form)[1] == made(form)[1]


@pytest.mark.parametrize("form", FORMATS)
def test_a_package_carries_no_date_comment_or_extra_field(form):
    with zipfile.ZipFile(io.BytesIO(made(form)[1])) as package:
        assert package.testzip() is None
        assert package.comment == b""
        for entry in package.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert (entry.comment, entry.extra) == (b"", b"")


@pytest.mark.parametrize("form", FORMATS)
def test_the_manifest_lists_every_file_with_its_digest(form):
    with zipfile.ZipFile(io.BytesIO(made(form)[1])) as package:
        listed = json.loads(package.read("manifest.json"))
        names = {part["name"]: part["sha256"] for part in listed["files"]}
        assert set(names) == set(package.namelist()) - {"manifest.json"}
        for name, digest in names.items():
            assert hashlib.sha256(package.read(name)).hexdigest() == digest
        assert listed["counts"] == {"released": 5, "excluded": 1, "quarantined": 0}
        assert listed["data_sharing"]


def test_the_report_says_what_a_person_has_to_know():
    with zipfile.ZipFile(io.BytesIO(made("dicom-zip")[1])) as package:
        text = package.read("RELEASE.txt").decode()
    for words in ("teaching", "self", "D3", "1.0", "one 1", "two 2", "Test Radiology", "object 99 (SR, Basic Text SR"):
        assert words in text


def test_a_dicom_zip_holds_the_objects_untouched():
    with zipfile.ZipFile(io.BytesIO(made("dicom-zip")[1])) as package:
        found = [package.read(name) for name in package.namelist() if name.endswith(".dcm")]
    assert found == [Path(get_testdata_file(name)).read_bytes() for name in FILES]


def test_a_dicomdir_leads_to_every_object(tmp_path):
    with zipfile.ZipFile(io.BytesIO(made("dicomdir-zip", (*FILES, NO_IMAGE))[1])) as package:
        package.extractall(tmp_path)
    listed = FileSet(tmp_path / "DICOMDIR")
    wanted = {pydicom.dcmread(get_testdata_file(name)).SOPInstanceUID for name in (*FILES, NO_IMAGE)}
    assert {entry.SOPInstanceUID for entry in listed} == wanted
    for entry in listed:
        assert pydicom.dcmread(entry.path).SOPInstanceUID == entry.SOPInstanceUID


def test_a_dicomdir_is_made_without_a_file_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    written = []
    original = pydicom.Dataset.save_as
    monkeypatch.setattr(pydicom.Dataset, "save_as", lambda *a, **k: written.append(a[1]) or original(*a, **k))
    made("dicomdir-zip")
    assert all(isinstance(target, io.BytesIO) for target in written)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_dicomdir_lists_what_deidentification_left_without_dates_and_numbers(tmp_path):
    header = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    header.StudyDate = header.StudyTime = header.StudyID = header.PatientID = ""
    del header.SeriesNumber, header.InstanceNumber
    raw = io.BytesIO()
    header.save_as(raw)
    out = Unseekable()
    build(release("dicomdir-zip"), [Image(1, 1, 1, raw.getvalue)], described, out)
    with zipfile.ZipFile(io.BytesIO(bytes(out.data))) as package:
        package.extractall(tmp_path)
    (listed,) = FileSet(tmp_path / "DICOMDIR")
    inside = pydicom.dcmread(listed.path)
    assert (inside.StudyDate, inside.StudyTime, inside.StudyID) == ("19000101", "000000", "1")
    assert (inside.PatientID, inside.SeriesNumber, inside.InstanceNumber) == ("P1", 1, 1)
    assert inside.PixelData == header.PixelData
    (tmp_path / "DICOMDIR").unlink()
    again = subprocess.run(
        ["dcmmkdir", "+r", "+id", str(tmp_path)], check=False, cwd=tmp_path, capture_output=True, text=True
    )
    assert again.returncode == 0, again.stderr
    assert len(FileSet(tmp_path / "DICOMDIR")) == 1


@pytest.mark.parametrize("form", ["png", "jpeg", "tiff"])
def test_slices_without_a_window_share_the_range_of_their_series(form):
    flat = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    flat.RescaleSlope, flat.RescaleIntercept = "1", "0"
    for keyword in ("PixelPaddingValue", "WindowCenter", "WindowWidth"):
        flat.pop(keyword, None)
    files = []
    for value in (0, 500, 1000):
        flat.PixelData = np.full((128, 128), value, np.int16).tobytes()
        raw = io.BytesIO()
        flat.save_as(raw)
        files.append(raw.getvalue())
    out = Unseekable()
    series = [Image(1, 1, number, lambda data=data: data) for number, data in enumerate(files, 1)]
    build(release(form), [*series, Image(1, 2, 4, lambda: files[1])], described, out)
    with zipfile.ZipFile(io.BytesIO(bytes(out.data))) as package:
        pictures = [name for name in sorted(package.namelist()) if name.startswith("images/")]
        levels = [Pillow.open(io.BytesIO(package.read(name))).getpixel((5, 5)) for name in pictures]
        told = json.loads(package.read("manifest.json"))["window"]
        assert "one range for its series" in package.read("RELEASE.txt").decode()
    assert levels == [0, 128, 255, 0]
    assert told is None


@pytest.mark.parametrize(
    ("window", "told", "words"),
    [
        (1, {"number": 2}, "window 2 of each image"),
        (Window(-600, 1500), {"center": -600, "width": 1500}, "window -600/1500"),
    ],
)
def test_the_report_says_which_grey_levels_were_asked_for(window, told, words):
    with zipfile.ZipFile(io.BytesIO(made("png", window=window)[1])) as package:
        assert json.loads(package.read("manifest.json"))["window"] == told
        assert words in package.read("RELEASE.txt").decode()
    with zipfile.ZipFile(io.BytesIO(made("dicom-zip", window=window)[1])) as package:
        assert "window" not in json.loads(package.read("manifest.json"))
        assert "Grey levels" not in package.read("RELEASE.txt").decode()


@pytest.mark.parametrize("form", ["png", "jpeg", "tiff"])
def test_what_is_no_picture_is_left_out_and_said(form):
    built, data = made(form, (NO_IMAGE, "CT_small.dcm"))
    assert built.released == 1
    assert built.left_out == ((0, "it is not an image"),)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert json.loads(package.read("manifest.json"))["counts"]["excluded"] == 2
        assert "it is not an image" in package.read("RELEASE.txt").decode()


@pytest.mark.parametrize("form", ["png", "jpeg", "tiff"])
def test_when_nothing_is_a_picture_there_is_no_package(form):
    with pytest.raises(NothingToPackageError) as caught:
        made(form, (NO_IMAGE,))
    assert caught.value.left_out == ((0, "it is not an image"),)


@pytest.mark.parametrize("form", ["png", "jpeg", "tiff"])
def test_a_picture_carries_no_metadata(form):
    with zipfile.ZipFile(io.BytesIO(made(form)[1])) as package:
        names = [name for name in package.namelist() if name.startswith("images/")]
        for name in names:
            with Pillow.open(io.BytesIO(package.read(name))) as picture:
                assert not {"exif", "xmp", "icc_profile", "comment", "XML:com.adobe.xmp", "Software"} & set(
                    picture.info
                )
                assert len(picture.getexif()) == 0 or form == "tiff"
                assert not getattr(picture, "text", {})


def test_a_tiff_is_tagged_for_print_at_300_dpi():
    with zipfile.ZipFile(io.BytesIO(made("tiff", ("CT_small.dcm",))[1])) as package:
        name = next(name for name in package.namelist() if name.endswith(".tif"))
        with Pillow.open(io.BytesIO(package.read(name))) as picture:
            assert picture.info["dpi"] == (300, 300)
            described_by = {270, 305, 306, 315, 316, 33432, 700, 34665, 34675}
            assert not described_by & set(picture.tag_v2)


def test_an_encrypted_package_is_aes_256_and_needs_its_passphrase():
    data = made("dicom-zip", passphrase="correct horse battery")[1]
    with pyzipper.AESZipFile(io.BytesIO(data)) as package:
        assert {entry.wz_aes_strength for entry in package.infolist()} == {3}
        package.setpassword(b"wrong horse battery")
        with pytest.raises(RuntimeError):
            package.read("manifest.json")
        package.setpassword(b"correct horse battery")
        assert package.testzip() is None


@pytest.mark.parametrize("profile", ["D0", "D1", "D2", "D3", "D4"])
def test_every_profile_has_its_words_on_sharing(profile):
    with zipfile.ZipFile(io.BytesIO(made("dicom-zip", ("CT_small.dcm",), profile=profile)[1])) as package:
        assert profile in package.read("RELEASE.txt").decode()
