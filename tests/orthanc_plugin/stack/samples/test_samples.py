"""The sample studies are sound DICOM of invented people, with a name hidden where names hide."""

import subprocess
from pathlib import Path

import nhs_number
import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from orthanc_plugin.stack.demo import consents
from orthanc_plugin.stack.samples import Study, patients, studies
from orthanc_plugin.stack.samples.upload import as_file

CANARY = "Zwiebelhaupt"
SAMPLES = {study.key: study for study in studies(CANARY)}
FROM_ELSEWHERE = {"heart-ultrasound"}
"""Its private element holds XML that dciodvfy calls invalid in the file that pydicom ships."""


def every_element(dataset: Dataset) -> str:
    return "\n".join(str(element) for element in dataset.iterall())


@pytest.fixture(params=sorted(SAMPLES))
def study(request: pytest.FixtureRequest) -> Study:
    return SAMPLES[request.param]


def test_every_number_is_a_valid_one_that_nobody_has() -> None:
    regions = {"NHS": nhs_number.REGION_SYNTHETIC, "HSC": nhs_number.REGION_NORTHERN_IRELAND}
    people = patients(CANARY).values()
    assert all(nhs_number.is_valid(person.id, for_region=regions[person.issuer]) for person in people)
    assert all(person.id.startswith("999") or person.id.startswith("3999") for person in people)
    assert {person.issuer for person in people} == {"NHS", "HSC"}


def test_no_two_patients_share_an_identifier() -> None:
    people = list(patients(CANARY).values())
    for name in ("given", "id", "hospital_number", "birth_date", "address"):
        assert len({getattr(person, name) for person in people}) == len(people)


def test_the_kinds_that_the_demonstration_promises_are_there() -> None:
    found = {(item.Modality, item.SOPClassUID.name) for study in SAMPLES.values() for item in study.objects()}
    assert found >= {
        ("CT", "CT Image Storage"),
        ("MR", "MR Image Storage"),
        ("US", "Ultrasound Multi-frame Image Storage"),
        ("XC", "VL Photographic Image Storage"),
        ("SR", "Basic Text SR Storage"),
    }


def test_every_object_carries_the_family_name_in_many_places(study: Study) -> None:
    for item in study.objects():
        assert str(item.PatientName).startswith(CANARY)
        places = [element for element in item.iterall() if CANARY in str(element.value)]
        assert len({element.tag for element in places}) >= 7
        assert any(element.tag.is_private for element in places)


def test_no_other_family_name_is_left_in_files_from_elsewhere(study: Study) -> None:
    for item in study.objects():
        assert "CompressedSamples" not in every_element(item)


def test_a_study_is_the_same_at_every_run(study: Study) -> None:
    again = next(each for each in studies(CANARY) if each.key == study.key)
    assert [as_file(item) for item in again.objects()] == [as_file(item) for item in study.objects()]


def test_every_object_belongs_to_its_study_and_has_a_uid_of_its_own(study: Study) -> None:
    items = list(study.objects())
    assert {item.StudyInstanceUID for item in items} == {study.uid}
    assert len({item.SOPInstanceUID for item in items}) == len(items)
    assert all(item.file_meta.MediaStorageSOPInstanceUID == item.SOPInstanceUID for item in items)


def test_dciodvfy_finds_no_error(study: Study, tmp_path: Path) -> None:
    if study.key in FROM_ELSEWHERE:
        return
    file = tmp_path / "sample.dcm"
    for item in study.objects():
        file.write_bytes(as_file(item))
        said = subprocess.run(["dciodvfy", file], capture_output=True, text=True, check=False).stderr
        assert [line for line in said.splitlines() if "Error" in line] == []


def test_the_pixels_can_be_read(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "sample.dcm"
    for item in study.objects():
        file.write_bytes(as_file(item))
        if item.Modality != "SR":
            assert np.ptp(dcmread(file).pixel_array) > 50


def test_the_head_has_a_face_and_thin_slices() -> None:
    items = list(SAMPLES["head-ct"].objects())
    volume = np.stack([item.pixel_array for item in items])
    skin = (volume > -300).any(axis=2)
    front = skin.argmax(axis=1)
    assert float(items[0].SliceThickness) <= 1.0
    assert len(items) >= 20
    assert np.ptp(front) * float(items[0].PixelSpacing[0]) > 5, "the profile is flat: no nose"


def test_the_ultrasound_shows_the_name_in_every_frame() -> None:
    (item,) = SAMPLES["abdomen-ultrasound"].objects()
    banners = item.pixel_array[:, :26]
    assert item.BurnedInAnnotation == "YES"
    assert (banners.max(axis=(1, 2, 3)) > 200).all(), "a frame has no writing"
    assert (banners == banners[0]).all()
    assert (item.pixel_array[0] != item.pixel_array[1]).any(), "nothing moves"


def test_the_report_refers_to_the_image_beside_it() -> None:
    image, report = SAMPLES["abdomen-ct"].objects()
    series = report.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    assert series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == image.SOPInstanceUID


def test_every_consent_is_for_a_sample_study_and_one_study_has_none() -> None:
    asked = {row["study"] for row in consents()}
    assert asked <= set(SAMPLES)
    assert "chest-ct" not in asked
    assert any(row["grantor"] == "representative" for row in consents())
    assert any("withdrawn" in row for row in consents())
