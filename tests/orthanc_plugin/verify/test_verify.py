"""The verifier finds what is left, wherever it is, and raises no false alarm."""

import base64
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydicom import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from orthanc_plugin.verify import Kind, KnownIdentifiers, Severity, known_in_dataset, verify
from orthanc_plugin.verify.folder import inspect_folder


def rules(data, known, **options):
    return {finding.rule for finding in verify(data, known, **options)}


@pytest.fixture
def known(original):
    return known_in_dataset(original)


def test_a_clean_object_has_no_findings(clean, as_bytes, known):
    assert verify(as_bytes(clean()), known) == []


def test_the_original_is_full_of_findings(original, as_bytes, known):
    found = rules(as_bytes(original), known)

    assert {"known-name", "known-id", "known-uid", "known-phone", "known-address"} <= found
    assert {"known-organisation", "known-device", "kept-unchanged", "marker-missing"} <= found


def test_findings_never_show_a_value(original, as_bytes, known):
    shown = "".join(str(each) + repr(each) for each in verify(as_bytes(original), known)).lower()

    for each in known.identifiers:
        assert each.text.lower() not in shown
    assert "1.2.826" not in shown


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("seen with Quillfeather today", "known-name"),
        ("ZEBEDEE", "known-name"),
        ("zebedee_quillfeather", "known-name"),
        ("xQuillfeatherx", "known-name"),
        ("O Bradaigh", "known-name"),
        ("FIONNUALA", "known-name"),
        ("no RXH0471182.", "known-id"),
        ("rxh 0471182 / 943 476 5919", "known-id"),
        ("943-476-5919", "known-id"),
        ("acc5551234", "known-id"),
        ("Quill-\nfeather", "known-name"),
        ("film of quill-feather", "known-name"),
        ("RXH 047 1182", "known-id"),
        ("19/07/1951", "known-birth-date"),
        ("19/7/51", "known-birth-date"),
        ("1951-07-19", "known-birth-date"),
        ("07/19/1951", "known-birth-date"),
        ("19 July 1951", "known-birth-date"),
        ("19th Jul 1951".replace("Jul", "July"), "known-birth-date"),
        ("19510719", "known-birth-date"),
        ("12 larkspur lane", "known-address"),
        ("LS14AB", "known-address"),
        ("02079460123", "known-phone"),
        ("+44 20 7946 0123", "known-phone"),
        ("Larchmont  Royal Infirmary".replace("  ", " "), "known-organisation"),
        ("SN778812", "known-device"),
        ("Z E B E D E E", "known-name"),
        ("z.e.b.e.d.e.e", "known-name"),
        ("943.47 65 919", "known-id"),
        ("study 1.2.826.0.1.99.1.1.7 ref", "known-uid"),
        ("scan of 2023-04-05", "known-date"),
    ],
)
def test_free_text_that_names_somebody_is_found(clean, as_bytes, known, text, rule):
    assert rule in rules(as_bytes(clean(SeriesDescription=text)), known)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("NHS 943 476 5919", "pattern-nhs-number"),
        ("lives at SW1A 1AA now", "pattern-postcode"),
        ("ring 01632 960 983", "pattern-phone"),
        ("jo.bloggs@example.nhs.uk", "pattern-email"),
        ("seen by Mrs Ravenscroft", "pattern-title-and-name"),
        ("Dr. Ravenscroft", "pattern-title-and-name"),
        ("RAVENSCROFT^AMELIA", "pattern-name-with-caret"),
        ("Patient name: Ravenscroft", "pattern-labelled-name"),
        ("QQ 12 34 56 C".replace("QQ", "AB"), "pattern-national-insurance-number"),
    ],
)
def test_what_looks_like_an_identifier_is_found_without_knowing_anybody(clean, as_bytes, text, rule):
    assert rule in rules(as_bytes(clean(SeriesDescription=text)), KnownIdentifiers())


@pytest.mark.parametrize(
    "text",
    [
        "MR HEAD T2 AX",
        "DR CHEST PA",
        "CT ABDOMEN 5MM",
        "SL1 5MM",
        "T1 FLAIR SAG 3D",
        "WINDOW 1234567890".replace("1234567890", "1234567891"),
        "Slices 120 of 240, kV 120",
        "Basic Application Confidentiality Profile",
        "syngo CT 2013B",
    ],
)
def test_ordinary_descriptions_raise_no_alarm(clean, as_bytes, known, text):
    assert verify(as_bytes(clean(SeriesDescription=text)), known) == []


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_every_syntax_is_read(clean, as_bytes, known, syntax):
    dataset = clean(ImageComments="about Quillfeather")
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset["PixelData"].VR = "OW"

    assert rules(as_bytes(dataset), known) == {"known-name"}


@pytest.mark.parametrize("charset", ["ISO_IR 100", "ISO_IR 192", "ISO_IR 101", ["", "ISO 2022 IR 87"], "GB18030"])
def test_every_character_set_is_read(clean, as_bytes, charset):
    name = {"ISO_IR 101": "Dvořák^Antonín", "GB18030": "王^小东"}.get(str(charset), "Müller^Jürgen")
    if isinstance(charset, list):
        name = "Yamada^Tarou=山田^太郎"
    known = KnownIdentifiers.from_record(names=[name])
    text = name.split("=")[-1].replace("^", "") if "王" in name else name.split("=")[-1].split("^")[0]

    data = as_bytes(clean(SpecificCharacterSet=charset, ImageComments=f"({text})"))

    assert rules(data, known) == {"known-name"}


@pytest.mark.parametrize("encode", ["utf-16-le", "utf-16-be", "utf-8", "latin-1"])
def test_a_name_hidden_in_binary_is_found(clean, as_bytes, known, encode):
    dataset = clean()
    dataset.add_new((0x0028, 0x2000), "OB", b"\x01\x02" + "Quillfeather".encode(encode) + b"\xfe\xff")

    assert "known-name" in rules(as_bytes(dataset), known)


def test_a_name_in_the_character_set_is_found_and_gets_into_no_warning(clean, as_bytes, known, recwarn, caplog):
    data = as_bytes(clean(SpecificCharacterSet="ISO_IR 100", ImageComments="Zürich"))
    data = data.replace(b"ISO_IR 100", b"QUILLFEATH")

    found = verify(data, KnownIdentifiers.from_record(names=["Quillfeath"]))

    assert "known-name" in {finding.rule for finding in found}
    assert "QUILL" not in "".join(str(each.message) for each in recwarn) + caplog.text


def test_base64_and_entities_hide_nothing(clean, as_bytes, known):
    text = base64.b64encode(b"for Zebedee Quillfeather").decode() + " &#81;uillfeather"

    assert rules(as_bytes(clean(ImageComments=text)), known) == {"known-name"}
    assert rules(as_bytes(clean(ImageComments=text.split()[0])), known) == {"known-name"}
    assert rules(as_bytes(clean(ImageComments=text.split()[1])), known) == {"known-name"}


def test_depth_hides_nothing(clean, as_bytes, known):
    inner = Dataset()
    inner.ImageComments = "Quillfeather"
    for _ in range(12):
        outer = Dataset()
        outer.ReferencedImageSequence = [Dataset(), inner]
        inner = outer
    dataset = clean(ReferencedSeriesSequence=[inner])

    (finding,) = verify(as_bytes(dataset), known)

    assert finding.place.endswith("ReferencedImageSequence[2] > (0020,4000) ImageComments")


def test_preamble_and_bytes_after_the_pixels_are_read(clean, as_bytes, known):
    data = as_bytes(clean())

    assert "known-name" in rules(b"Quillfeather".ljust(128, b"\0") + data[128:], known)
    assert "preamble-not-empty" in rules(b"x".ljust(128, b"\0") + data[128:], known)
    assert "known-name" in rules(data + b"Quillfeather", known)
    assert "structure-unreadable" in rules(data + b"Quillfeather", known)
    assert "padding-not-empty" in rules(data + b"\xfc\xff\xfc\xffOB\0\0\x04\0\0\0abcd", known)


def test_bytes_that_go_on_behind_the_image_are_no_pixels(clean, as_bytes, known):
    dataset = clean(PixelData=bytes(32) + b"Zebedee Quillfeather")

    assert {"more-bytes-than-pixels", "known-name"} <= rules(as_bytes(dataset), known)


def test_pixels_that_spell_a_name_by_chance_raise_no_alarm(clean, as_bytes, known):
    dataset = clean(PixelData=b"Quillfeather" + bytes(20))

    assert verify(as_bytes(dataset), known) == []


def test_private_elements_and_missing_markers_are_findings(clean, as_bytes, known):
    dataset = clean()
    dataset.private_block(0x0009, "ACME", create=True).add_new(1, "LO", "x")
    del dataset.PatientIdentityRemoved

    assert rules(as_bytes(dataset), known) == {"private-element", "marker-missing"}
    assert rules(as_bytes(dataset), known, marked=False) == {"private-element"}


def test_safe_private_elements_are_none(clean, as_bytes, known):
    dataset = clean()
    dataset.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x0C, "IS", "800")

    assert verify(as_bytes(dataset), known) == []


def test_a_uid_that_was_kept_is_found_among_a_hundred_thousand(clean, as_bytes):
    known = KnownIdentifiers.from_record(uids=[f"1.2.826.0.1.77.{number}" for number in range(100_000)])

    assert rules(as_bytes(clean(FrameOfReferenceUID="1.2.826.0.1.77.4242")), known) == {"known-uid"}
    assert rules(as_bytes(clean(FrameOfReferenceUID="1.2.826.0.1.78.4242")), known) == set()


def test_a_file_is_read_as_its_bytes_are(tmp_path, original, as_bytes, known):
    path = tmp_path / "object"
    path.write_bytes(as_bytes(original))

    assert verify(path, known) == verify(as_bytes(original), known)


def test_a_newborn_examined_on_the_day_of_birth_raises_no_alarm_where_dates_are_kept(original, clean, as_bytes):
    original.StudyDate = original.PatientBirthDate
    known = known_in_dataset(original).excluding({Kind.DATE})

    assert verify(as_bytes(clean(StudyDate=original.PatientBirthDate)), known) == []
    assert rules(as_bytes(clean(PatientBirthDate=original.PatientBirthDate)), known) == {"kept-unchanged"}
    assert rules(as_bytes(clean(StudyID="19510719")), known) == {"known-birth-date"}


def test_what_is_no_dicom_is_held_back(tmp_path, known):
    (tmp_path / "empty").write_bytes(b"")

    for data in (b"", b"GIF89a", bytes(200), tmp_path / "empty"):
        findings = verify(data, known)
        assert any(each.rule == "structure-unreadable" and each.quarantines for each in findings)


def test_a_date_in_free_text_that_nobody_knows_is_a_note(clean, as_bytes):
    (finding,) = verify(as_bytes(clean(SeriesDescription="scanned 12/03/2019")), KnownIdentifiers())

    assert finding.severity is Severity.NOTE
    assert not finding.quarantines


def test_a_deflate_bomb_is_refused_not_inflated(clean, as_bytes, known):
    dataset = clean()
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    head = as_bytes(dataset)
    head = head[: 144 + int.from_bytes(head[140:144], "little")]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(bytes(1 << 24)) for _ in range(32)) + packer.flush()

    assert "structure-unreadable" in rules(head + bomb, known)


def test_zeros_behind_an_object_are_padding_and_words_are_a_fault(clean, as_bytes, known):
    assert verify(as_bytes(clean()) + bytes(700), known) == []
    assert "structure-unreadable" in rules(as_bytes(clean()) + bytes(700) + b"QUILLFEATHER", known)


@pytest.mark.parametrize("packed", [False, True])
def test_a_name_beside_the_pixels_of_a_png_is_found(tmp_path, known, packed):
    def written_with(text):
        info = PngInfo()
        info.add_text("Comment", text, zip=packed)
        Image.new("L", (4, 4)).save(tmp_path / "a.png", pnginfo=info)
        (report,) = inspect_folder(tmp_path, known)
        return report

    assert written_with("left knee").may_leave
    assert not written_with("knee of Quillfeather").may_leave
