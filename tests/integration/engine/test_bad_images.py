"""Images that are broken, that lie, or that nobody can check: each is held back by name, and the others go on."""

import zipfile
from io import BytesIO

import httpx
import pydicom
import pytest

from tests.integration.engine.conftest import slices
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.integration


def with_another(orthanc, study, change):
    """Put one more instance, changed by `change`, into the series of a study."""
    instance = orthanc.get(f"/studies/{study}/instances").json()[0]["ID"]
    image = pydicom.dcmread(BytesIO(orthanc.get(f"/instances/{instance}/file").content))
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    image.InstanceNumber = 99
    data = change(image)
    assert orthanc.upload(data) == study


def saved(image):
    out = BytesIO()
    image.save_as(out)
    return out.getvalue()


def burned_in(image):
    image.BurnedInAnnotation = "YES"
    return saved(image)


def undecodable(image):
    image.file_meta.TransferSyntaxUID = pydicom.uid.JPEG2000Lossless
    image.PixelData = pydicom.encaps.encapsulate([b"this is no JPEG 2000 at all"])
    image["PixelData"].is_undefined_length = True
    return saved(image)


def test_one_bad_image_is_held_back_and_the_others_are_released(engine, orthanc, small_chest):
    with_another(orthanc, small_chest, burned_in)
    job = engine.begin(small_chest)
    state = engine.becomes(job, "ready")
    assert (state["released"], state["quarantined"]) == (3, 1)
    (left,) = state["held_back"]
    assert (left["position"], left["modality"], left["status"]) == (4, "CT", "quarantined")
    package = zipfile.ZipFile(BytesIO(engine.package(job).content))
    assert len([name for name in package.namelist() if name.endswith(".dcm")]) == 3
    assert "Held back for a person to look at: 1" in package.read("RELEASE.txt").decode()


def test_an_image_that_cannot_be_decoded_becomes_no_picture(engine, orthanc, small_chest):
    with_another(orthanc, small_chest, undecodable)
    job = engine.begin(small_chest, format="png")
    state = engine.becomes(job, "ready")
    assert state["released"] == 3
    assert len(state["held_back"]) == 1


def test_what_is_not_dicom_never_gets_into_orthanc(orthanc):
    answer = httpx.post(f"{orthanc.url}/instances", content=b"GIF89a, not DICOM", auth=orthanc.auth, timeout=PATIENCE)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-20000]),
        lambda path: path.write_bytes(b"this was an image once".ljust(path.stat().st_size, b"x")),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
    ],
    ids=["truncated", "not DICOM", "empty", "missing"],
)
def test_an_image_that_rots_on_orthancs_disk_stops_nothing_but_itself(engine, orthanc, small_chest, damage):
    instance = orthanc.get(f"/studies/{small_chest}/instances").json()[0]["ID"]
    stored = orthanc.get(f"/instances/{instance}/attachments/dicom/info").json()["Uuid"]
    damage(orthanc.folder / "storage" / stored[0:2] / stored[2:4] / stored)
    job = engine.begin(small_chest)
    state = engine.becomes(job, "ready")
    assert (state["released"], state["excluded"] + state["quarantined"]) == (2, 1)
    (left,) = state["held_back"]
    assert (left["modality"], left["kind"]) == ("CT", "CT Image Storage")


def test_consent_as_the_basis_is_written_into_the_images_and_nowhere_else(engine, portal, small_chest):
    for rule, expected in (("R36", True), ("5", False)):
        portal.says(rule=rule)
        job = engine.begin(small_chest)
        engine.becomes(job, "ready")
        package = zipfile.ZipFile(BytesIO(engine.package(job).content))
        names = [name for name in package.namelist() if name.endswith(".dcm")]
        images = [pydicom.dcmread(BytesIO(package.read(name))) for name in names]
        assert [("ConsentForClinicalTrialUseSequence" in image) for image in images] == [expected] * 3


def test_a_study_of_many_patients_slices_keeps_their_order(engine, orthanc):
    (study,) = {orthanc.upload(data) for data in reversed(list(slices(5)))}
    job = engine.begin(study)
    engine.becomes(job, "ready")
    package = zipfile.ZipFile(BytesIO(engine.package(job).content))
    names = sorted(name for name in package.namelist() if name.endswith(".dcm"))
    assert [int(pydicom.dcmread(BytesIO(package.read(name))).InstanceNumber) for name in names] == [1, 2, 3, 4, 5]
    orthanc.delete_study(study)
