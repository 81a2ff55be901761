"""Other tools are recognised by their traces, and none is trusted (R22, R33, R81)."""

import pytest

from orthanc_plugin.verify import KnownIdentifiers
from orthanc_plugin.verify.folder import inspect_folder

TRACES = {
    "DICOM Library": ("DeidentificationMethod", "DICOM Library anonymiser"),
    "RSNA CTP": ("DeidentificationMethod", "CTP Default"),
    "GDCM (gdcmanon)": ("ImplementationVersionName", "GDCM 3.0.22"),
    "PixelMed DicomCleaner": ("ImplementationVersionName", "PIXELMEDJAVA001"),
    "TudorDICOM": ("DeidentificationMethod", "Tudor DICOM tools"),
    "YAKAMI DICOM Tools": ("DeidentificationMethod", "YAKAMI DICOM Tools 1.4"),
    "OsiriX or Horos": ("ImplementationVersionName", "OSIRIX"),
    "Orthanc /anonymize": ("DeidentificationMethod", "Orthanc 1.10.1 - PS 3.15-2017c Table E.1-1 Basic Profile"),
    "dicognito": ("DeidentificationMethod", "DICOGNITO"),
}


def report(tmp_path, data):
    (tmp_path / "object").write_bytes(data)
    known = KnownIdentifiers.from_record(names=["Quillfeather^Zebedee"])
    (only,) = inspect_folder(tmp_path, known)
    return only


@pytest.mark.parametrize("tool", TRACES)
def test_each_tool_is_recognised_and_still_read(tool, tmp_path, clean, as_bytes):
    keyword, value = TRACES[tool]
    dataset = clean(PatientIdentityRemoved="YES", ImageComments="Quillfeather")
    setattr(dataset.file_meta if keyword.startswith("Implementation") else dataset, keyword, value)

    seen = report(tmp_path, as_bytes(dataset))

    assert tool in [name for name, _ in seen.tools]
    assert not seen.may_leave
    assert "known-name" in {finding.rule for finding in seen.findings}


def test_a_private_block_of_ctp_gives_it_away(tmp_path, clean, as_bytes):
    dataset = clean()
    dataset.private_block(0x0013, "CTP", create=True).add_new(0x10, "LO", "project")

    assert [name for name, _ in report(tmp_path, as_bytes(dataset)).tools] == ["RSNA CTP", "Anonymise or Ask"]


def test_a_public_web_service_is_pointed_out(tmp_path, clean, as_bytes):
    seen = report(tmp_path, as_bytes(clean(DeidentificationMethod="DICOM Library")))

    assert "public-web-service" in {finding.rule for finding in seen.findings}


def test_our_own_marker_earns_no_trust(tmp_path, clean, as_bytes):
    seen = report(tmp_path, as_bytes(clean(ImageComments="Quillfeather")))

    assert [name for name, _ in seen.tools] == ["Anonymise or Ask"]
    assert not seen.may_leave
