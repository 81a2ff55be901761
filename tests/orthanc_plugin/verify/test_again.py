"""What was clean before shortens the way to "nothing found", and never hides what is there."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom import Dataset

from orthanc_plugin.verify import Finding, Identifier, Kind, KnownIdentifiers, verify
from orthanc_plugin.verify.known.again import Memory
from orthanc_plugin.verify.known.collect import known_in_bytes, known_in_file
from orthanc_plugin.verify.reading.file import reading_of

KNOWN = KnownIdentifiers.from_record(names=["Quillfeather^Zebedee"], ids=["RXH0471182"], uids=["1.2.826.0.1.777.5"])


@pytest.fixture
def series(clean, as_bytes):
    """Return a maker of one object of a series, with what is given changed."""

    def build(number: int, **attributes: object) -> bytes:
        plain = {
            "SOPInstanceUID": f"2.25.11111{number}",
            "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
            "SeriesDescription": "axial 5 mm",
            "Manufacturer": "Toshiba",
            "ProtocolName": "Larkspur routine",
            "InstanceNumber": number,
            "SliceThickness": 5,
            "KVP": 120,
            "ConvolutionKernel": "STANDARD",
            "RescaleIntercept": 0,
            "RescaleSlope": 1,
            "SamplesPerPixel": 1,
        }
        dataset: Dataset = clean(**plain | attributes)
        for keyword in [keyword for keyword, value in attributes.items() if value is None]:
            delattr(dataset, keyword)
        return as_bytes(dataset)

    return build


@pytest.fixture
def opened(tmp_path: Path) -> Iterator:
    """Return a maker of open files."""
    handles = []

    def write(data: bytes) -> int:
        path = tmp_path / f"{len(handles)}.dcm"
        path.write_bytes(data)
        handles.append(os.open(path, os.O_RDONLY))
        return handles[-1]

    yield write
    for handle in handles:
        os.close(handle)


def test_what_is_the_same_is_left_out_from_the_third_object_on(series, opened):
    memory = Memory(private=False)
    fits = []
    for number in range(4):
        handle = opened(series(number))
        found = memory.fit(handle)
        fits.append(found is not None)
        if found is None:
            with reading_of(handle) as reading:
                memory.learn(reading)
        else:
            less, template = found
            with reading_of(handle) as reading:
                left_out = sum(len(stretch.elements) for stretch in template.stretches)
                assert len(less.elements) + left_out == len(reading.elements)
                assert left_out > len(less.elements)
    assert fits == [False, False, True, True]


CHANGES = {
    "a name in a text": {"SeriesDescription": "seen with Quillfeather"},
    "a name where nothing was": {"PatientComments": "Zebedee Quillfeather"},
    "a number in a number's place": {"AccessionNumber": "RXH0471182"},
    "an original UID": {"StudyInstanceUID": "1.2.826.0.1.777.5"},
    "a pattern": {"SeriesDescription": "NHS 943 476 5919"},
    "another character set": {"SpecificCharacterSet": "ISO_IR 192", "SeriesDescription": "Zébedée Quillfeather"},
    "a marker that says no": {"PatientIdentityRemoved": "NO"},
    "a marker that is missing": {"DeidentificationMethod": None},
    "fewer rows than pixels": {"Rows": 2, "PixelData": b"Quillfeather" + bytes(20)},
    "an icon": {"IconImageSequence": []},
    "private": {"private": True},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_object_of_a_clean_series_is_judged_as_if_it_were_alone(series, opened, change):
    for number in range(4):
        assert verify(opened(series(number)), KNOWN) == []
    attributes = dict(change)
    if attributes.pop("private", False):
        data = series(5).replace(b"\x10\x00\x10\x00PN", b"\x09\x00\x10\x00LO\x04\x00ACME\x10\x00\x10\x00PN")
    else:
        data = series(5, **attributes)
    alone = verify(data, KNOWN)
    assert alone != []
    assert verify(opened(data), KNOWN) == alone
    assert verify(opened(series(6)), KNOWN) == []


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda data: data + b"\xfc\xff\xfc\xffOB\0\0\x0c\0\0\0Quillfeather", "padding-not-empty"),
        (lambda data: b"Quillfeather".ljust(128, b"\0") + data[128:], "known-name"),
        (lambda data: data[:-2], "structure-unreadable"),
        (lambda data: data + b"\xfe\xff\x0d\xe0\0\0\0\0Quillfeather", "structure-unreadable"),
    ],
    ids=["behind the pixels", "in the preamble", "cut off", "behind a stray delimiter"],
)
def test_what_lies_outside_a_clean_series_is_found(series, opened, spoil, rule):
    for number in range(4):
        assert verify(opened(series(number)), KNOWN) == []
    data = spoil(series(5))
    assert rule in {finding.rule for finding in verify(data, KNOWN)}
    assert verify(opened(data), KNOWN) == verify(data, KNOWN)


def test_clean_for_one_patient_is_not_clean_for_another(series, opened):
    for number in range(4):
        assert verify(opened(series(number)), KNOWN) == []
    other = KnownIdentifiers.from_record(names=["Larkspur^Ada"])
    expected = verify(series(5), other)
    assert expected != []
    assert verify(opened(series(5)), other) == expected


def test_what_stands_where_it_stood_is_judged_by_its_own_original(series, opened):
    def own(text: str) -> KnownIdentifiers:
        return KnownIdentifiers(frozenset({Identifier(Kind.DEVICE, text, 0x00081010)}))

    for number in range(4):
        assert verify(opened(series(number, StationName="ROOM")), KNOWN, own=own("HALL")) == []
    kept = Finding("(0008,1010) StationName", "kept-unchanged")
    assert verify(opened(series(5, StationName="ROOM")), KNOWN, own=own("ROOM")) == [kept]


def test_learning_from_a_file_tells_what_learning_from_its_bytes_does(series, opened):
    for number in range(5):
        data = series(number, PatientName=f"Quillfeather^Ada{number // 3}", ReferringPhysicianName="Ostrander^Bo")
        assert known_in_file(opened(data)) == known_in_bytes(data)


def test_an_item_delimiter_where_no_item_began_hides_nothing(series):
    data = series(0)
    stray = data.replace(b"\x10\x00\x10\x00PN", b"\xfe\xff\x0d\xe0\0\0\0\0\x10\x00\x10\x00PN")
    assert "structure-unreadable" in {finding.rule for finding in verify(stray, KNOWN)}
