"""Direct care gets the original from Orthanc itself, whatever else is down (hazard H3)."""

import io
import zipfile

import pydicom
import pytest

from tests.integration.gate.conftest import CANARY

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("role", ["clinician", "medical-illustration"])
def test_a_role_with_direct_care_downloads_the_original(orthanc, study, role):
    with orthanc.client(role) as client:
        archive = client.get(f"/studies/{study}/archive").raise_for_status()
    with zipfile.ZipFile(io.BytesIO(archive.content)) as content:
        names = [str(pydicom.dcmread(io.BytesIO(content.read(name))).PatientName) for name in content.namelist()]
    assert names == [f"{CANARY}^Jane"] * 3


def test_direct_care_reads_the_original_while_the_engine_is_dead(orthanc, study, engine):
    engine.kill()
    with orthanc.client("clinician") as client:
        [instance, *_] = client.get(f"/studies/{study}/instances").raise_for_status().json()
        original = client.get(f"/instances/{instance['ID']}/file").raise_for_status()
        assert client.get(f"/consent/studies/{study}").status_code == 503
    assert CANARY.encode() in original.content
