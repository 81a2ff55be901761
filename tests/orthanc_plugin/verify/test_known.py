"""What an original tells of its patient."""

from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file

from orthanc_plugin.verify import Kind, KnownIdentifiers, known_in_bytes, known_in_dataset


def test_bytes_and_data_set_tell_the_same(original, as_bytes):
    data = as_bytes(original)

    assert known_in_bytes(data) == known_in_dataset(pydicom.dcmread(BytesIO(data)))


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "MR_small.dcm", "rtplan.dcm", "reportsi.dcm", "SC_rgb_jpeg.dcm", "image_dfl.dcm"]
)
def test_bytes_and_data_set_tell_the_same_of_real_files(name):
    path = Path(str(get_testdata_file(name)))

    assert known_in_bytes(path.read_bytes()) == known_in_dataset(pydicom.dcmread(path))


def test_it_prints_no_identifier(original):
    known = known_in_dataset(original)

    shown = repr(known) + repr(sorted(known.identifiers, key=repr)) + str(known)

    assert "Quillfeather" not in shown
    assert "RXH0471182" not in shown


def test_merging_is_equal_whatever_the_order(original):
    one = known_in_dataset(original)
    other = KnownIdentifiers.from_record(names=["Doe^Jane"], phones=["0113 496 0000"])

    assert one.merge(other) == other.merge(one)
    assert hash(one.merge(other)) == hash(other.merge(one))
    assert len(one.merge(other)) == len(one) + len(other)


def test_a_kind_can_be_left_out_for_a_profile_that_keeps_it(original):
    known = known_in_dataset(original).excluding({Kind.DATE, Kind.DEVICE})

    assert {each.kind for each in known.identifiers}.isdisjoint({Kind.DATE, Kind.DEVICE})
    assert any(each.kind is Kind.BIRTH_DATE for each in known.identifiers)


def test_class_uids_and_placeholders_identify_nobody(original):
    original.PatientName = "ANONYMOUS"

    known = known_in_dataset(original)

    assert known.uids == {"1.2.826.0.1.99.1.1", "1.2.826.0.1.99.1"}
    assert "ANONYMOUS" not in {each.text for each in known.identifiers}


def test_an_original_that_cannot_be_read_is_an_error_not_an_empty_answer():
    with pytest.raises(ValueError, match="cannot be read"):
        known_in_bytes(b"not DICOM at all")
