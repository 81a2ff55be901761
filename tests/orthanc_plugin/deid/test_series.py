"""What is remembered of a series changes nothing: each object comes out as it would alone, whoever came before."""

import io
import warnings

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from orthanc_plugin.deid import ReleaseKey, load_profile
from orthanc_plugin.deid.bytewise import OddError, Walk, _series, series
from orthanc_plugin.deid.bytewise.series import Series
from orthanc_plugin.deid.bytewise.table import compiled
from orthanc_plugin.deid.errors import HeldBackError, UnreadableError
from orthanc_plugin.deid.objects.container import read_header
from orthanc_plugin.deid.rules.plan import plan_for
from orthanc_plugin.deid.single import Request, header_alone, joined, thorough, treat
from tests.orthanc_plugin.deid.conftest import sample

KEY = ReleaseKey.from_hex("5a" * 32)
PATIENTS = [("Quillfeather^Ada", "QF0471182"), ("Ostrander^Bo", "OS5550001"), ("Li^Wu", "7")]
TEXTS = [
    "",
    "CT chest",
    "follow-up of Ostrander",
    "Quillfeather, ward 7",
    "axial 5 mm",
    "OS5550001, RQ880042 and OLD17704",
]
REQUESTS = {name: Request(load_profile(name), KEY) for name in ("teaching", "limited", "send-out")}


def _written(ds: Dataset) -> bytes:
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def _slice(choice: tuple[int, int, int, int, bool, bool]) -> bytes:
    """Return a small image: whose, with which texts, with which private and nested parts, and what lies behind it."""
    patient, text, number, private, nested, behind = choice
    ds = Dataset()
    ds.update(_CT)
    ds.file_meta = _CT.file_meta
    ds.PatientName, ds.PatientID = PATIENTS[patient]
    ds.SeriesDescription, ds.InstanceNumber = TEXTS[text], number
    ds.SOPInstanceUID = f"1.2.826.0.1.99.{patient}.{number}"
    if private:
        ds.add_new(0x00290010, "LO", ["SIEMENS MEDCOM HEADER", "A VENDOR"][private - 1])
        ds.add_new(0x00291008, "CS", "MEDCOM 1")
        ds.add_new(0x00291020, "LO", PATIENTS[patient][0])
    if nested:
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "T-D3000", "SRT", TEXTS[text] or "Chest"
        ds.ProcedureCodeSequence = Sequence([item])
        request, other = Dataset(), Dataset()
        request.AccessionNumber, other.PatientID = "RQ880042", PATIENTS[(patient + 1) % 3][1]
        ds.ReferencedRequestSequence, ds.OtherPatientIDsSequence = Sequence([request]), Sequence([other])
        ds.OtherPatientIDs = f"OLD{number}7704"
    if not behind:
        del ds.DataSetTrailingPadding
    return _written(ds)


_CT = sample("CT_small.dcm")
CHOICES = st.tuples(
    st.integers(0, 2), st.integers(0, 5), st.integers(1, 3), st.integers(0, 2), st.booleans(), st.booleans()
)


@pytest.mark.parametrize("name", REQUESTS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.lists(CHOICES, min_size=4, max_size=12))
def test_patients_in_any_order_come_out_as_each_would_alone(name, choices):
    request = REQUESTS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for choice in choices:
            data = _slice(choice)
            treated = header_alone(data, request)
            alone = thorough(data, read_header(data), request)  # pydicom's way remembers nothing
            assert joined(data, treated.pieces) == joined(data, alone.pieces)


def test_a_long_series_between_two_others_is_recognised_and_comes_out_the_same():
    request = REQUESTS["teaching"]
    order = [(0, 1, 1, 0, True, False)] * 3 + [(1, 1, number, 0, True, False) for number in range(8)] * 2
    order += [(0, 1, number, 0, True, False) for number in range(5)]
    for choice in order:
        data = _slice(choice)
        expected = joined(data, thorough(data, read_header(data), request).pieces)
        assert joined(data, header_alone(data, request).pieces) == expected


def test_a_series_is_recognised_whatever_came_before_it():
    request = REQUESTS["teaching"]
    plan = plan_for(request.profile, _CT.SOPClassUID)
    memory = Series(compiled(plan, False))

    def recognised(ds: Dataset) -> bool:
        data = _written(ds)
        parts, _ = memory.read(series.Reader(data, memory.tables, len(data)), read_header(data).start)
        return any(isinstance(part, tuple) for part in parts)

    strange = Dataset()
    strange.file_meta = _CT.file_meta
    for number in range(40):  # objects that share nothing
        strange.SOPClassUID, strange.SOPInstanceUID = _CT.SOPClassUID, f"1.2.3.{number}"
        for element in (0x00080020, 0x00080021, 0x00080030, 0x00100010, 0x00100020, 0x00100030, 0x00180060):
            strange.add_new(element, "LO", f"{number:06}")
        recognised(strange)
    ours = [pydicom.dcmread(io.BytesIO(_slice((0, 1, number, 0, True, False)))) for number in range(24)]
    assert [recognised(ds) for ds in ours][-3:] == [True, True, True]


def test_most_of_a_series_is_recognised():
    request = REQUESTS["teaching"]
    memory, fitted = None, 0
    for number in range(6):
        data = _slice((0, 1, number, 0, True, False))
        header = read_header(data)
        plan = plan_for(request.profile, header.sop_class)
        memory = memory or Series(compiled(plan, False))
        parts, _ = memory.read(series.Reader(data, memory.tables, len(data)), header.start)
        fitted += any(isinstance(part, tuple) for part in parts)
    assert fitted == 4  # the first two tell what differs


def test_what_is_remembered_of_patients_is_bounded():
    request = REQUESTS["teaching"]
    plan = plan_for(request.profile, _CT.SOPClassUID)
    ds = Dataset()
    ds.update(_CT)
    ds.file_meta = _CT.file_meta
    _series.cache_clear()
    for number in range(50):
        ds.PatientID, ds.PatientName = f"QF{number:07}", f"Quillfeather^Ada{number}"
        data = _written(ds)
        assert treat(data, request).outcome.status == "released"
    walk = Walk(data, read_header(data).start, plan, "1.2.840.10008.1.2.1", implicit=False, size=len(data))
    assert len(walk.reader.tables.memos) <= 16
    assert len(walk._template.outcomes) <= 16
    assert walk._template.stretches


def test_a_stretch_inside_a_value_is_no_stretch():
    """The bytes of a stretch may stand in a long private value; what looks like elements there is none."""
    request = REQUESTS["limited"]
    plain = [_slice((0, 1, number, 0, True, False)) for number in range(3)]
    _series.cache_clear()
    for data in plain:
        header_alone(data, request)
    header = read_header(plain[0])
    plan = plan_for(request.profile, header.sop_class)
    walk = Walk(plain[2], header.start, plan, header.transfer_syntax, implicit=False, size=len(plain[2]))
    raw = walk._template.stretches[0].raw
    ds = pydicom.dcmread(io.BytesIO(plain[0]))
    ds.add_new(0x00080000 + 0x15, "DT", "20200101")
    ds.add_new(0x00071001, "OB", raw + raw[: len(raw) % 2])
    data = _written(ds)
    try:
        quick = joined(data, header_alone(data, request).pieces)
    except (OddError, UnreadableError):
        pytest.fail("an object with a likeness of a stretch inside a value has to be read whole")
    assert quick == joined(data, thorough(data, read_header(data), request).pieces)
    assert raw not in quick[: quick.find(b"\x08\x00\x05\x00")]


ODD_ONES = {
    "screen": {"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]},
    "cut short": {"Rows": 256},
    "dose screen": {"SeriesDescription": "Dose Report"},
    "without a name of its own": {"SOPInstanceUID": ""},
    "overlay in the pixels": {"private": (0x60000100, "US", 16)},
}


@pytest.mark.parametrize("odd", ODD_ONES.values(), ids=ODD_ONES.keys())
def test_an_odd_one_in_a_series_is_held_back_as_if_it_were_alone(odd):
    request = REQUESTS["teaching"]
    for number in range(4):
        assert treat(_slice((0, 1, number, 0, True, False)), request).pieces
    ds = pydicom.dcmread(io.BytesIO(_slice((0, 1, 5, 0, True, False))))
    for keyword, value in odd.items():
        if keyword == "private":
            ds.add_new(*value)
        else:
            setattr(ds, keyword, value)
    data = _written(ds)
    treated = treat(data, request)
    with pytest.raises(HeldBackError) as held:
        thorough(data, read_header(data), request)
    assert not treated.pieces
    assert treated.outcome.reason == str(held.value)
    assert treat(_slice((0, 1, 6, 0, True, False)), request).pieces
