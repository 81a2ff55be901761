"""An export from the request to the last byte, on real parts."""

import hashlib
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pydicom
import pytest
import pyzipper
from pydicom.data import get_testdata_file

from orthanc_plugin.formats import PICTURES
from tests.integration.engine.conftest import CANARY, slices
from tests.support.files import contents
from tests.support.patience import until

pytestmark = pytest.mark.integration


def opened(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return zipfile.ZipFile(BytesIO(answer.content))


def images_of(package):
    return [pydicom.dcmread(BytesIO(package.read(name))) for name in package.namelist() if name.endswith(".dcm")]


def test_a_permitted_export_arrives_deidentified_and_is_recorded_before_it_is_handed_over(engine, portal, small_chest):
    job = engine.begin(small_chest)
    state = engine.becomes(job, "ready")
    assert (state["released"], state["excluded"], state["quarantined"]) == (3, 0, 0)
    assert portal.ledger == {}
    package = opened(engine.package(job))
    found = images_of(package)
    assert [image.PatientIdentityRemoved for image in found] == ["YES"] * 3
    assert len({image.SOPInstanceUID for image in found}) == 3
    assert len({image.SeriesInstanceUID for image in found}) == 1
    manifest = json.loads(package.read("manifest.json"))
    assert manifest["counts"] == {"released": 3, "excluded": 0, "quarantined": 0}
    assert list(portal.ledger) == [f"release-{job}"]
    assert portal.intents() == ["export", "check", "hand-over"]


def test_the_ledger_holds_the_digest_of_exactly_the_bytes_that_were_handed_over(engine, portal, small_chest):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    content = engine.package(job).content
    recorded = portal.ledger[f"release-{job}"]
    assert recorded["package_sha256"] == hashlib.sha256(content).hexdigest()
    assert recorded["released"] == 3
    assert len(recorded["engines"]) == 2


def test_a_package_can_be_fetched_once_and_leaves_nothing_behind(engine, small_chest):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    assert engine.package(job).status_code == 200
    again = engine.package(job)
    assert again.status_code == 410
    assert "handed over" in again.json()["reasons"][0]["text"]
    assert engine.state(job)["collectable"] is False
    until(lambda: engine.worked_on() == [] and engine.kept() == set(), "nothing is left of the job")


def test_of_many_who_fetch_at_the_same_moment_one_gets_the_package(engine, portal, small_chest):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    with ThreadPoolExecutor(6) as pool:
        codes = [answer.status_code for answer in pool.map(lambda _: engine.package(job), range(6))]
    assert codes.count(200) == 1
    assert set(codes) <= {200, 409, 410}
    assert len(portal.ledger) == 1


def test_two_releases_of_one_study_cannot_be_linked(engine, small_chest):
    uids = []
    for _ in range(2):
        job = engine.begin(small_chest)
        engine.becomes(job, "ready")
        uids.append({(image.StudyInstanceUID, image.PatientID) for image in images_of(opened(engine.package(job)))})
    assert not uids[0] & uids[1]
    assert not {uid for uid, _ in uids[0]} & {uid for uid, _ in uids[1]}


def test_a_job_belongs_to_who_asked_and_the_guardian_may_see_where_it_stands(engine, small_chest):
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    assert engine.get(f"/exports/{job}", user="bert").status_code == 404
    assert engine.package(job, user="bert").status_code == 404
    assert engine.state(job)["collectable"] is True
    assert engine.state(job, user="grace", role="caldicott-guardian")["collectable"] is False
    assert engine.package(job, user="grace", role="caldicott-guardian").status_code == 404
    assert engine.package(job).status_code == 200


def test_direct_care_gets_the_original_byte_for_byte(engine, portal, orthanc, small_chest):
    job = engine.begin(small_chest, purpose="direct-care", attestations={})
    engine.becomes(job, "ready")
    on_disk = b"".join(held for _, held in contents(engine.files()))
    assert CANARY.encode() not in on_disk
    package = opened(engine.package(job))
    names = [name for name in package.namelist() if name.endswith(".dcm")]
    stored = {
        orthanc.get(f"/instances/{part['ID']}/file").content
        for part in orthanc.get(f"/studies/{small_chest}/instances").json()
    }
    assert {package.read(name) for name in names} == stored
    assert portal.ledger[f"release-{job}"]["profile"] == "D0"


def test_what_is_not_an_image_is_left_out_and_named_by_position_and_kind(engine, orthanc, small_chest):
    report = pydicom.dcmread(get_testdata_file("reportsi.dcm"))
    original = pydicom.dcmread(BytesIO(next(slices(1))))
    first = orthanc.get(f"/studies/{small_chest}").json()
    report.PatientID, report.PatientName = original.PatientID, original.PatientName
    report.StudyInstanceUID = first["MainDicomTags"]["StudyInstanceUID"]
    out = BytesIO()
    report.save_as(out)
    assert orthanc.upload(out.getvalue()) == small_chest
    job = engine.begin(small_chest)
    state = engine.becomes(job, "ready")
    assert (state["released"], state["excluded"]) == (3, 1)
    (left,) = state["held_back"]
    assert left["modality"] == "SR"
    assert left["kind"] == "Basic Text SR Storage"
    assert "R32" in left["reason"]
    text = opened(engine.package(job)).read("RELEASE.txt").decode()
    assert "Excluded: 1" in text
    assert report.SOPInstanceUID not in text


def test_when_nothing_can_be_released_the_job_is_held_with_reasons(engine, portal, orthanc):
    capture = pydicom.dcmread(get_testdata_file("SC_rgb.dcm"))
    capture.PatientName = f"{CANARY}^ANNA"
    out = BytesIO()
    capture.save_as(out)
    study = orthanc.upload(out.getvalue())
    job = engine.begin(study)
    state = engine.becomes(job, "held")
    assert state["released"] == 0
    assert "Nothing of this export" in state["reasons"][0]["text"]
    assert engine.package(job).status_code == 409
    assert portal.ledger == {}
    assert engine.worked_on() == []
    assert engine.kept() == set()
    orthanc.delete_study(study)


@pytest.mark.parametrize("form", ["dicom-zip", "dicomdir-zip", "png", "jpeg", "tiff"])
def test_an_encrypted_package_opens_with_its_passphrase_alone(engine, small_chest, form):
    window = {"window": "-600/1500"} if form in PICTURES else {}
    job = engine.begin(small_chest, format=form, encrypted=True, passphrase="correct horse battery", **window)
    engine.becomes(job, "ready")
    content = engine.package(job).content
    with pyzipper.AESZipFile(BytesIO(content)) as package:
        with pytest.raises(RuntimeError, match="encrypted"):
            package.read("manifest.json")
        package.setpassword(b"correct horse battery")
        manifest = json.loads(package.read("manifest.json"))
        assert manifest["format"] == form
        assert manifest.get("window") == ({"center": -600, "width": 1500} if window else None)
        assert {entry.wz_aes_strength for entry in package.infolist()} == {3}
        assert CANARY not in "".join(package.namelist())
    assert [path for path, held in contents(engine.files()) if b"correct horse" in held] == []


def test_the_consent_summary_of_the_portal_is_passed_on(engine, small_chest):
    answer = engine.get(f"/consent/studies/{small_chest}")
    assert answer.status_code == 200
    assert answer.json()["levels"]["internet"] == "declined"
    unknown = "00000000-00000000-00000000-00000000-00000000"
    assert engine.get(f"/consent/studies/{unknown}").status_code == 404
    assert engine.get("/consent/studies/..%2Fsystem").status_code == 404
