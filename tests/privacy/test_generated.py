"""Properties over generated data: no planted identifier leaves, both paths agree, and nothing ends in a crash."""

import io
import string

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.datadict import DicomDictionary
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.deid.bytewise import OddError
from orthanc_plugin.deid.errors import HeldBackError
from orthanc_plugin.deid.objects.container import DEFLATED, EXPLICIT_LITTLE, IMPLICIT_LITTLE, deflated, read_header
from orthanc_plugin.deid.single import Request, _walked, joined, thorough
from orthanc_plugin.deid.text.clean import cleaned
from orthanc_plugin.deid.text.known import KnownTerms
from orthanc_plugin.verify import known_in_bytes, verify

KEY = ReleaseKey.from_hex("5c" * 32)
CANARY = "QUILLFEATHER"
CT = "1.2.840.10008.5.1.4.1.1.2"
_TEXT = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "PN", "CS", "AE", "UR", "DS", "IS", "AS", "DA", "TM", "DT"})
_GROUPS = {0x0002, 0x0004, 0xFFFE}
TEXT_TAGS = sorted(
    tag for tag, entry in DicomDictionary.items() if entry[0] in _TEXT and tag >> 16 > 8 and tag >> 16 not in _GROUPS
)
SEQUENCES = sorted(tag for tag, entry in DicomDictionary.items() if entry[0] == "SQ" and tag >> 16 > 8)
SETTINGS = settings(max_examples=60, suppress_health_check=list(HealthCheck))

phrases = st.sampled_from(
    [CANARY, f"CT CHEST {CANARY}", f"{CANARY.title()}^Ada", f"seen by Dr {CANARY.title()}", f"{CANARY.lower()}-1"]
)


@st.composite
def data_sets(draw: st.DrawFn, depth: int = 3) -> Dataset:
    """Return a data set with the canary in any text attribute, at any depth, under the right or a wrong VR."""
    ds = Dataset()
    for tag in draw(st.lists(st.sampled_from(TEXT_TAGS), max_size=6, unique=True)):
        vr = draw(st.sampled_from([DicomDictionary[tag][0], "LO", "UT", "UN", "OB"]))
        text = f"{CANARY}^Ada" if DicomDictionary[tag][0] == "PN" else draw(phrases)
        ds[Tag(tag)] = _element(tag, vr, text)
    if draw(st.booleans()):
        ds[Tag(0x00091001)] = _element(0x00091001, draw(st.sampled_from(["LO", "UN", "OB"])), draw(phrases))
        ds[Tag(0x00090010)] = _element(0x00090010, "LO", draw(st.sampled_from([CANARY, "GEMS_ACQU_01"])))
    for tag in draw(st.lists(st.sampled_from(SEQUENCES), max_size=2, unique=True)) if depth else ():
        ds[Tag(tag)] = pydicom.DataElement(tag, "SQ", Sequence(draw(st.lists(data_sets(depth - 1), max_size=2))))
        ds[Tag(tag)].is_undefined_length = draw(st.booleans())
    return ds


def _element(tag: int, vr: str, text: str) -> pydicom.dataelem.RawDataElement:
    value = text.encode()
    value += b" " * (len(value) % 2)
    return pydicom.dataelem.RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)


def as_object(ds: Dataset, *, implicit: bool) -> bytes:
    """Return a CT slice with these attributes."""
    ds.SOPClassUID, ds.SOPInstanceUID = CT, "1.2.3.4.5"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.3.4", "1.2.3.4.1"
    for keyword in ("PatientName", "PatientID", "Modality"):
        ds.pop(keyword, None)  # whatever VR was drawn for them
    ds.Modality = "CT"
    ds.PatientName, ds.PatientID = f"{CANARY}^Ada", "9434765919"
    for keyword in ("StudyDescription", "SeriesDescription", "ProtocolName", "ConversionType", "BurnedInAnnotation"):
        ds.pop(keyword, None)  # these could exclude or hold back the object
    ds.pop("ImageType", None)
    ds.pop("ConsentForClinicalTrialUseSequence", None)
    ds.pop("PixelData", None)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.UID(IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE)
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = pydicom.uid.UID(CT), pydicom.uid.UID("1.2.3.4.5")
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, FileDataset("", ds, file_meta=meta, preamble=bytes(128)), enforce_file_format=True)
    return buffer.getvalue()


@pytest.mark.parametrize("profile", ["teaching", "internet", "limited", "send-out"])
@SETTINGS
@given(ds=data_sets(), implicit=st.booleans())
def test_no_planted_identifier_leaves(profile, ds, implicit):
    data = as_object(ds, implicit=implicit)
    outcome = deidentify(data, load_profile(profile), KEY)
    assert outcome.status == "released", outcome.reason
    assert CANARY.encode() not in outcome.data.upper()
    assert b"9434765919" not in outcome.data


@pytest.mark.parametrize("profile", ["teaching", "limited"])
@SETTINGS
@given(ds=data_sets(), implicit=st.booleans())
def test_the_byte_walker_and_pydicom_agree(profile, ds, implicit):
    data = as_object(ds, implicit=implicit)
    request, header = Request(load_profile(profile), KEY), read_header(data)
    try:
        quick = joined(data, _walked(data, header.start, header, request)[0].pieces)
    except OddError:
        return
    assert quick == joined(data, thorough(data, header, request).pieces)


@SETTINGS
@given(ds=data_sets(), implicit=st.booleans())
def test_a_second_run_changes_not_a_byte(ds, implicit):
    first = deidentify(as_object(ds, implicit=implicit), load_profile("limited"), KEY)
    assert deidentify(first.data, load_profile("limited"), KEY).data == first.data


@SETTINGS
@given(
    ds=data_sets(),
    cuts=st.lists(st.tuples(st.integers(132, 4000), st.binary(max_size=8)), max_size=4),
    keep=st.integers(0, 4000),
)
def test_broken_bytes_end_in_a_clean_refusal_or_a_clean_object(ds, cuts, keep):
    data = bytearray(as_object(ds, implicit=False))
    for at, new in cuts:
        data[at : at + len(new)] = new
    broken = bytes(data[: len(data) - keep] if keep < len(data) // 2 else data)
    outcome = deidentify(broken, load_profile("teaching"), KEY)
    if outcome.status == "released":
        assert CANARY.encode() not in outcome.data.upper()
    else:
        assert outcome.reason
        assert CANARY.casefold() not in outcome.reason.casefold()


@settings(max_examples=60)
@given(st.binary(max_size=600))
def test_arbitrary_bytes_are_refused_with_a_reason(data):
    for start in (b"", bytes(128) + b"DICM", bytes(128) + b"DICM\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\x00"):
        outcome = deidentify(start + data, load_profile("teaching"), KEY)
        assert outcome.status in ("excluded", "quarantined")
        assert outcome.reason


def test_sequences_two_hundred_deep_end_in_a_refusal_or_an_object():
    for levels in (50, 190, 260, 3000):
        body = b"\x08\x00\x16\x00UI\x1a\x00" + CT.encode() + b"\0" + b"\x08\x00\x18\x00UI\x0a\x001.2.3.4.5\0"
        opening = b"\x40\x00\x30\xa7SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
        closing = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
        outcome = deidentify(_wrapped(body + opening * levels + closing * levels), load_profile("teaching"), KEY)
        assert outcome.status in ("released", "quarantined")
        assert outcome.status == "released" or outcome.reason


def test_a_length_of_four_gigabytes_is_refused():
    body = b"\x08\x00\x16\x00UI\x1a\x00" + CT.encode() + b"\0" + b"\xe0\x7f\x10\x00OW\0\0\xfe\xff\xff\xff" + bytes(100)
    outcome = deidentify(_wrapped(body), load_profile("teaching"), KEY)
    assert outcome.status == "quarantined"
    assert "truncated" in outcome.reason


def test_a_deflated_bomb_is_refused_before_it_fills_the_memory():
    bomb = deflated(bytes(600 << 20))
    assert len(bomb) < 1 << 20
    outcome = deidentify(_wrapped(bomb, DEFLATED), load_profile("teaching"), KEY)
    assert outcome.status == "quarantined"
    assert "hostile" in outcome.reason


def _wrapped(body: bytes, syntax: str = EXPLICIT_LITTLE) -> bytes:
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    sop_class = CT.encode() + b"\0" * (len(CT) % 2)
    meta = b"\x02\0\x02\0UI" + len(sop_class).to_bytes(2, "little") + sop_class
    return bytes(128) + b"DICM" + meta + b"\x02\0\x10\0UI" + len(value).to_bytes(2, "little") + value + body


@SETTINGS
@given(ds=data_sets())
def test_the_verifier_agrees_that_nothing_is_left(ds):
    data = as_object(ds, implicit=False)
    outcome = deidentify(data, load_profile("teaching"), KEY)
    grave = [str(each) for each in verify(outcome.data, known_in_bytes(data)) if each.quarantines]
    assert grave == []


@settings(max_examples=150)
@given(st.text(alphabet=string.ascii_letters + string.digits + " .,-/^:@äöüß'", max_size=60))
def test_a_cleaned_text_is_its_own_cleaned_text(text):
    known = KnownTerms.gather(["Quill^Ada"], ["12345"])
    for mode in ("allow-list", "known-and-patterns"):
        once = cleaned(text, known, mode)
        assert cleaned(once, known, mode) == once


def test_held_back_is_the_only_error_of_the_inner_paths():
    with pytest.raises(HeldBackError):
        read_header(b"nothing")
