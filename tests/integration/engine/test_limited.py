"""Limited access (D2) and sending to a clinician (D1): what stands for the patient, and who can go back."""

from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from click.testing import CliRunner

from orthanc_plugin.deid.pseudonyms.relink import RelinkError
from orthanc_plugin.deid.pseudonyms.relink import relink as open_mapping
from orthanc_plugin.engine.treatment.relinking import relink
from tests.integration.engine.conftest import CANARY, KEY_HOLDER, slices
from tests.integration.engine.test_export import images_of, opened

pytestmark = pytest.mark.integration

LABEL = "23 02210 -1-943 476 5919"
NUMBER = "9434765919"


def released(engine, study, **changes):
    job = engine.begin(study, **changes)
    engine.becomes(job, "ready")
    return images_of(opened(engine.package(job)))


def of_project(engine, study, project):
    return released(engine, study, purpose="research", context={"project": project} if project else {})


def test_a_project_finds_its_codes_again_and_only_the_key_holder_goes_back_with_a_reason(
    engine, portal, small_chest, tmp_path
):
    portal.says(profile="D2", level=None)
    first, again, other = (of_project(engine, small_chest, project) for project in ("P-1", "P-1", "P-2"))
    alone = of_project(engine, small_chest, None)
    assert {str(image.PatientID) for image in first} == {str(image.PatientID) for image in again}
    assert [image.SOPInstanceUID for image in first] == [image.SOPInstanceUID for image in again]
    assert {image.StudyDate for image in first} == {image.StudyDate for image in again} != {"20040119"}
    codes = {str(images[0].PatientID) for images in (first, other, alone)}
    assert len(codes) == len({images[0].StudyInstanceUID for images in (first, other, alone)}) == 3

    mapping = engine.home / "engine" / "pseudonyms.sqlite"
    assert CANARY.encode() not in mapping.read_bytes()
    assert mapping.stat().st_mode & 0o777 == 0o600
    key = tmp_path / "private"
    key.write_text(bytes(KEY_HOLDER).hex())
    asked = ["open", "--home", str(engine.home), "--code", str(alone[0].PatientID), "--key-file", str(key)]
    refused = CliRunner().invoke(relink, [*asked, "--who", "Dr A", "--reason", " "])
    assert refused.exit_code == 1
    assert CANARY not in refused.output
    told = CliRunner().invoke(relink, [*asked, "--who", "Dr A", "--reason", "an incidental finding"])
    assert told.exit_code == 0
    assert f"{CANARY}-4711" in told.output
    log = CliRunner().invoke(relink, ["log", "--home", str(engine.home)])
    assert ["an incidental finding" in line for line in log.output.splitlines()] == [True]
    project_key = bytes.fromhex((engine.home / "secrets" / "project-key").read_text())
    with pytest.raises(RelinkError, match="does not open"):
        open_mapping(mapping, str(alone[0].PatientID), private_key=project_key, who="the exporter", reason="curious")


def test_publication_leaves_no_row_from_which_to_go_back(engine, portal, small_chest):
    portal.says(profile="D2", level=None)
    of_project(engine, small_chest, "P-1")
    mapping = engine.home / "engine" / "pseudonyms.sqlite"
    before = mapping.read_bytes()
    portal.says(profile="D3", level="teaching")
    released(engine, small_chest)
    assert mapping.read_bytes() == before


@pytest.fixture
def numbered_chest(orthanc):
    """A study of two slices, of a patient who has a health and care number."""
    for data in slices(2):
        source = pydicom.dcmread(BytesIO(data))
        source.PatientID = "943 476 5919"
        out = BytesIO()
        source.save_as(out)
        study = orthanc.upload(out.getvalue())
    yield study
    orthanc.delete_study(study)


def test_what_is_sent_to_a_clinician_bears_the_label_and_no_name(engine, portal, numbered_chest):
    portal.says(profile="D1", level=None)
    job = engine.begin(numbered_chest, purpose="send-out", label="2302210-1-9434765919")
    assert engine.becomes(job, "ready")["warnings"] == []
    package = opened(engine.package(job))
    names = sorted(Path(name).name for name in package.namelist() if name.endswith(".dcm"))
    assert names == ["23 02210 -1-943 476 5919.dcm", "23 02210 -2-943 476 5919.dcm"]
    assert {str(image.PatientID) for image in images_of(package)} == {LABEL}
    assert CANARY.encode() not in b"".join(package.read(name) for name in package.namelist()).upper()
    asked = [part["body"]["request"] for part in portal.told()["asked"] if "request" in part["body"]]
    assert NUMBER not in str(asked).replace(" ", "")


def test_a_label_that_is_another_patients_is_refused_and_no_label_is_said(engine, portal, numbered_chest, small_chest):
    portal.says(profile="D1", level=None)
    wrong = engine.export(numbered_chest, purpose="send-out", label="23 02210-1-012 345 6789")
    assert wrong.status_code == 400
    assert wrong.json()["faults"][0]["field"] == "label"
    assert "0123456789" not in wrong.text.replace(" ", "")
    both = engine.export([numbered_chest, small_chest], purpose="send-out", label=LABEL)
    assert "one patient" in both.json()["faults"][0]["message"]
    job = engine.begin(numbered_chest, purpose="send-out", encrypted=True, passphrase="correct horse battery")
    assert "no sending label" in engine.becomes(job, "ready")["warnings"][0]
    assert engine.export(numbered_chest, label=LABEL).status_code == 400
    portal.says(outcome="deny")
    assert engine.export(numbered_chest, purpose="send-out", label="23 02210-1-012 345 6789").status_code == 403
