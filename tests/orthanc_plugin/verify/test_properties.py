"""Properties: hostile bytes never break the verifier, no place hides a name, common words raise no alarm."""

import struct
import zlib
from io import BytesIO

import pydicom
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.data import get_testdata_file

from orthanc_plugin.verify import Finding, KnownIdentifiers, known_in_bytes, known_in_dataset, verify
from orthanc_plugin.verify.known.needles import vocabulary
from orthanc_plugin.verify.look.embedded import segments
from orthanc_plugin.verify.reading.documents import texts

HEAD = bytes(128) + b"DICM"
SYNTAX = {
    "implicit": b"1.2.840.10008.1.2\0",
    "explicit": b"1.2.840.10008.1.2.1\0",
    "big": b"1.2.840.10008.1.2.2\0",
    "deflated": b"1.2.840.10008.1.2.1.99",
    "jpeg": b"1.2.840.10008.1.2.4.50",
}
KNOWN = KnownIdentifiers.from_record(
    names=["Quillfeather^Zebedee", "Ng^Li", "Head^May"], ids=["12345", "RXH0471182"], birth_dates=["19510719"]
)
RELAXED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def with_meta(syntax: bytes, body: bytes) -> bytes:
    return HEAD + struct.pack("<HH2sH", 2, 0x10, b"UI", len(syntax)) + syntax + body


def is_a_list_of_findings(found) -> bool:
    return isinstance(found, list) and all(isinstance(each, Finding) for each in found)


@RELAXED
@given(st.binary(max_size=600))
@example(b"")
@example(HEAD)
@example(HEAD + b"\x02\x00\x00\x00OB\0\0\xff\xff\xff\xff")
def test_any_bytes_end_in_findings(data):
    assert is_a_list_of_findings(verify(data, KNOWN))


@RELAXED
@given(st.sampled_from(sorted(SYNTAX)), st.binary(max_size=400))
def test_any_data_set_in_any_syntax_ends_in_findings(syntax, body):
    body = zlib.compress(body, wbits=-15) if syntax == "deflated" else body

    assert is_a_list_of_findings(verify(with_meta(SYNTAX[syntax], body), KNOWN))


def _real(name: str) -> bytes:
    with open(str(get_testdata_file(name)), "rb") as file:  # noqa: PTH123 - pydicom gives a string
        return file.read()[:6000]


@RELAXED
@given(
    st.sampled_from(["CT_small.dcm", "reportsi.dcm", "JPEG-lossy.dcm", "JPEG2000.dcm", "MR_small_bigendian.dcm"]),
    st.lists(st.tuples(st.integers(132, 5999), st.binary(min_size=1, max_size=8)), max_size=6),
    st.integers(140, 6000),
)
def test_a_real_file_that_was_cut_and_overwritten_ends_in_findings(name, changes, length):
    data = bytearray(_real(name))
    for place, new in changes:
        data[place : place + len(new)] = new

    assert is_a_list_of_findings(verify(bytes(data[:length]), KNOWN))


@RELAXED
@given(st.sampled_from([b"\xff\xd8", b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51", b""]), st.binary(max_size=300))
def test_any_frame_is_walked_to_its_end(start, rest):
    assert all(isinstance(what, str) for what, _ in segments(start + rest))


@RELAXED
@given(st.sampled_from([b"%PDF-1.4\n", b"PK\x03\x04", b"\x1f\x8b\x08", b"<a>"]), st.binary(max_size=300))
def test_any_document_is_read_without_a_crash(start, rest):
    assert all(isinstance(text, bytes) for text in texts(start + rest))


def test_sequences_nested_200_deep_are_refused_with_their_depth():
    body = struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF
    )

    (finding,) = {each for each in verify(with_meta(SYNTAX["explicit"], body * 200), KNOWN) if "nested" in each.place}

    assert finding.rule == "structure-unreadable"


def test_a_length_of_four_gigabytes_is_refused():
    body = struct.pack("<HH2sHL", 0x0042, 0x0011, b"OB", 0, 0xFFFFFFFE) + b"abc"

    assert "structure-unreadable" in {each.rule for each in verify(with_meta(SYNTAX["explicit"], body), KNOWN)}


UNKNOWN_TAG = 0x00420099
TEXT_VRS = ["LO", "SH", "ST", "LT", "UT", "UC", "PN", "UN"]


@RELAXED
@given(
    vr=st.sampled_from(TEXT_VRS),
    tag=st.integers(0x00080000, 0x7FDFFFFF).filter(lambda tag: tag >> 16 & 1 == 0 and tag & 0xFFFF),
    depth=st.integers(0, 5),
    spelling=st.sampled_from(
        ["Quillfeather", "QUILLFEATHER", "zebedee", "rxh0471182", "NG^LI", "19/07/1951", "Dr Head"]
    ),
    around=st.tuples(st.sampled_from(["", " ", "(", "re: ", "\r\n"]), st.sampled_from(["", " ", ")", ".", ", "])),
)
def test_no_text_element_at_any_depth_hides_a_name(vr, tag, depth, spelling, around, clean, as_bytes):
    inner = Dataset()
    text = around[0].strip("\r\n" if vr not in {"ST", "LT", "UT", "UC", "UN"} else "") + spelling + around[1]
    inner.add_new(UNKNOWN_TAG if vr == "UN" else tag, vr, text.encode() if vr == "UN" else text)
    for _ in range(depth):
        outer = Dataset()
        outer.ReferencedSeriesSequence = [inner]
        inner = outer
    dataset = clean()
    dataset.ReferencedInstanceSequence = [inner]

    assert any(finding.rule.startswith("known-") for finding in verify(as_bytes(dataset), KNOWN))


WORDS = st.lists(st.sampled_from(sorted(vocabulary())), min_size=1, max_size=5)


@RELAXED
@given(words=WORDS, number=st.integers(0, 999), unit=st.sampled_from(["", "mm", "%", "kV"]))
def test_the_words_of_the_standard_with_short_numbers_raise_no_alarm(words, number, unit, clean, as_bytes):
    """Even where the patients are called Head, Li Ng and Brown, and one has the number 12345."""
    known = KnownIdentifiers.from_record(names=["Ng^Li", "Brown", "Head^Zebedee"], ids=["12345", "7"])
    comment = f"{' '.join(words)} {number}{unit}"
    announced = {"patient", "name", "number", "operator", "signed", "by", "no", "id", "named", "called", "from"}

    found = [each for each in verify(as_bytes(clean(SeriesDescription=comment[:60])), known) if each.quarantines]

    assert found == [] or announced & set(words)


@RELAXED
@given(st.binary(min_size=2000, max_size=2000))
def test_pixels_are_never_read_as_text(noise):
    body = b"".join(
        struct.pack("<HH2sHH", 0x0028, number, b"US", 2, value)
        for number, value in ((0x0002, 1), (0x0010, 20), (0x0011, 50), (0x0100, 16))
    )
    body += struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OW", 0, 2000) + noise

    assert verify(with_meta(SYNTAX["explicit"], body), KNOWN, marked=False) == []


@pytest.mark.parametrize(
    "name", ["Li^Ng", "O'Brien^Siân", "Smith-Jones^Mary Ann", "D'Souza^J", "Nic Giolla^Róisín", "MÜLLER^Jörg"]
)
def test_a_name_is_found_however_it_is_written(name, clean, as_bytes):
    known = KnownIdentifiers.from_record(names=[name])
    family, given_name = name.split("^")
    if len(given_name) > 1:
        for text in (f"{family}, {given_name}", f"{given_name} {family}", f"{family}^{given_name}".upper()):
            dataset = clean(SpecificCharacterSet="ISO_IR 192", ImageComments=f"({text})")
            assert "known-name" in {each.rule for each in verify(as_bytes(dataset), known)}, text


def test_the_verifier_agrees_with_pydicom_on_what_elements_there_are(as_bytes, original):
    data = as_bytes(original)
    parsed = pydicom.dcmread(BytesIO(data))

    from_ours = known_in_bytes(data)

    assert from_ours == known_in_dataset(parsed)
