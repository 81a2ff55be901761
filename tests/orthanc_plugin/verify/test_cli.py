"""`aoa verify` on what other tools wrote."""

import json
import zipfile
from importlib import import_module

import pytest
from click.testing import CliRunner
from PIL import Image

from orthanc_plugin.cli import build


@pytest.fixture
def run():
    def call(*arguments):
        return CliRunner().invoke(build(), ["verify", *map(str, arguments)])

    return call


@pytest.fixture
def known_csv(tmp_path):
    path = tmp_path / "known.csv"
    path.write_text(
        "Surname,Forename,NHS number,DOB,Post code\nQuillfeather,Zebedee,943 476 5919,19/07/1951,LS1 4AB\n", "cp1252"
    )
    return path


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "from the other tool"
    path.mkdir()
    return path


def test_a_clean_folder_passes_and_exits_0(run, folder, known_csv, clean, as_bytes):
    (folder / "IM0001").write_bytes(as_bytes(clean()))

    result = run(folder, "--known", known_csv)

    assert result.exit_code == 0, result.output
    assert "1 files read, 0 of them must not leave." in result.output


def test_a_pacs_that_blanked_only_the_name_is_caught(run, folder, known_csv, clean, as_bytes):
    """R22: the name is blank, but the birth date, the consultant and a private tag are still there."""
    dataset = clean(PatientBirthDate="19510719", StudyDescription="for Dr Ravenscroft, ward 7")
    dataset.ReferringPhysicianName = "Ravenscroft^A"
    dataset.private_block(0x0009, "ACME", create=True).add_new(1, "LO", "Quillfeather")
    (folder / "IM0001").write_bytes(as_bytes(dataset))

    result = run(folder, "--known", known_csv)

    assert result.exit_code == 3
    for expected in ("PatientBirthDate: kept-unchanged", "ReferringPhysicianName: still-filled-name"):
        assert expected in result.output
    for expected in (
        "StudyDescription: pattern-title-and-name",
        "(0009,1001): known-name",
        "(0009,1001): private-element",
    ):
        assert expected in result.output


def test_neither_screen_nor_report_shows_a_value(run, folder, tmp_path, known_csv, original, as_bytes):
    (folder / "Quillfeather.dcm").write_bytes(as_bytes(original))

    result = run(folder, "--known", known_csv, "--report", tmp_path / "report.json")

    for text in (result.output, (tmp_path / "report.json").read_text("utf-8")):
        for value in ("uillfeather", "ebedee", "9434765919", "19510719", "RXH0471182"):
            assert value not in text
    assert "file 1 (name withheld)" in result.output
    assert "file or folder name: known-name" in result.output


def test_the_report_as_json(run, folder, tmp_path, known_csv, original, as_bytes):
    (folder / "a").write_bytes(as_bytes(original))

    run(folder, "--known", known_csv, "--report", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))

    assert report["totals"] == {"read": 1, "held_back": 1}
    assert report["files"][0]["may_leave"] is False
    assert {entry["category"] for entry in report["hipaa_safe_harbor"]} == set("ABCDEFGHIJKLMNOPQR")
    assert all(entry["answer"] is None for entry in report["motivated_intruder"])


def test_identifiers_can_be_learnt_from_the_originals(run, folder, tmp_path, original, clean, as_bytes):
    originals = tmp_path / "originals"
    originals.mkdir()
    (originals / "x").write_bytes(as_bytes(original))
    (originals / "note.txt").write_text("no DICOM")
    (folder / "y").write_bytes(as_bytes(clean(ImageComments="zebedee")))

    result = run(folder, "--originals", originals)

    assert result.exit_code == 3
    assert "ImageComments: known-name" in result.output
    assert "1 of 2 originals are no DICOM" in result.output


def test_files_that_are_no_dicom_are_read_too(run, folder, known_csv):
    exif = Image.Exif()
    exif[0x010E] = "Quillfeather"
    Image.new("RGB", (8, 8)).save(folder / "a.jpg", exif=exif)
    with zipfile.ZipFile(folder / "b.pptx", "w", zipfile.ZIP_DEFLATED) as deck:
        deck.writestr("ppt/notesSlides/notesSlide1.xml", "<a:t>case of Quillfeather</a:t>")
    (folder / "c.txt").write_text("NHS 943 476 5919")
    (folder / "d.bin").write_bytes(b"\0\1\2" * 50 + b"Quillfeather")
    (folder / "e.csv").symlink_to(known_csv)

    result = run(folder, "--known", known_csv)

    assert result.exit_code == 3
    assert "5 files read, 5 of them must not leave." in result.output
    assert "symbolic-link-not-followed" in result.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "breaks off at line 1"),
        ("[1]", "entry 1 of the JSON is no object"),
        ("{}", "lists no identifier"),
        ("shoe size\n45\n", "'shoe size' is not known"),
        ("name,id\nA,B,C\n", "more fields than its heading"),
        ("", "lists no identifier"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(run, folder, tmp_path, clean, as_bytes, content, message):
    (folder / "a").write_bytes(as_bytes(clean()))
    (tmp_path / "known").write_text(content)

    result = run(folder, "--known", tmp_path / "known")

    assert result.exit_code == 1
    assert message in result.output


def test_an_empty_folder_is_no_success(run, folder):
    result = run(folder)

    assert result.exit_code == 1
    assert "nothing to verify" in result.output


def test_a_missing_folder_is_a_usage_error(run, tmp_path):
    assert run(tmp_path / "nowhere").exit_code == 2


def test_json_lists_patients(run, folder, tmp_path, clean, as_bytes):
    (folder / "a").write_bytes(as_bytes(clean(ImageComments="seen by Ashgrovel")))
    (tmp_path / "known.json").write_text(json.dumps([{"names": "Doe^Jane"}, {"names": ["Ashgrovel"], "phones": []}]))

    assert "ImageComments: known-name" in run(folder, "--known", tmp_path / "known.json").output


def test_a_file_that_cannot_be_read_is_not_named(run, folder, clean, as_bytes, monkeypatch):
    (folder / "Quillfeather.dcm").write_bytes(as_bytes(clean()))

    def closed(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(import_module("orthanc_plugin.verify.folder"), "opened", closed)
    result = run(folder)

    assert result.exit_code == 1
    assert "Permission denied" in result.output
    assert "Quillfeather" not in result.output
