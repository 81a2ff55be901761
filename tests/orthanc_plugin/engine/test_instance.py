"""A job of several patients: what is another's is looked for, but a shifted date may be anybody's date."""

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.filebase import DicomBytesIO

from orthanc_plugin.deid import ReleaseKey, deidentify, load_profile
from orthanc_plugin.engine.export.instance import Checked, Done, Reach, check, seal
from orthanc_plugin.engine.jobs.not_released import Failed
from orthanc_plugin.engine.jobs.vault import Vault
from orthanc_plugin.verify import KnownIdentifiers, known_in_bytes

PROJECT, KEY, LIMITED = bytes(32), ReleaseKey.from_hex("5a" * 32), load_profile("limited")
OTHER = KnownIdentifiers.from_record(names=["Quillfeather^Tamsin"], ids=["QF1004773"], birth_dates=["19470611"])


def original(**values: str) -> bytes:
    ct = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    ct.PatientName, ct.PatientID = "Ostrander^Bo", "OS2204518"
    for keyword, value in values.items():
        setattr(ct, keyword, value)
    out = DicomBytesIO()
    ct.save_as(out)
    return out.getvalue()


def released(**values: str) -> bytes:
    outcome = deidentify(original(**values), LIMITED, KEY)
    assert outcome.status == "released"
    return outcome.data


@pytest.fixture
def verdict(tmp_path):
    """Verify one object of a job, given what its own original and the others' say."""

    def run(data: bytes, own: KnownIdentifiers, *others: KnownIdentifiers) -> Done:
        vault = Vault(tmp_path / "job", PROJECT)
        vault.create()
        seal(vault, "object", data, own)
        vault.write("known", own.merge(*others).encoded())
        return check(Reach(None, PROJECT), Checked(vault.folder, "object", "known"))  # type: ignore[arg-type]

    return run


def test_a_shifted_date_that_is_another_patients_own_date_leaves(verdict):
    data = released(StudyDate="20200110")
    shifted = pydicom.dcmread(DicomBytesIO(data)).StudyDate
    other = known_in_bytes(original(PatientName="Quillfeather^Tamsin", StudyDate=shifted))
    own = known_in_bytes(original(StudyDate="20200110"))
    assert verdict(data, own, other) == Done()


def test_a_date_that_was_not_shifted_does_not_leave(verdict):
    data = released(StudyDate="20200110")
    kept = known_in_bytes(original(StudyDate=pydicom.dcmread(DicomBytesIO(data)).StudyDate))
    assert "(0008,0020) StudyDate: kept-unchanged" in verdict(data, kept, OTHER).not_released.reason


@pytest.mark.parametrize("text", ["compare Quillfeather", "T A M S I N", "see QF1004773", "born 11.06.1947"])
def test_what_is_another_patients_does_not_leave_with_this_one(verdict, text):
    data = released(SeriesDescription="a series for the other")
    ct = pydicom.dcmread(DicomBytesIO(data))
    ct.SeriesDescription = text
    out = DicomBytesIO()
    ct.save_as(out)
    result = verdict(out.getvalue(), known_in_bytes(original()), OTHER)
    assert isinstance(result.not_released, Failed)
    assert text not in result.not_released.reason
