"""A face is known by the volume and not by a word: through the same command that a person runs (R25, P6, P7)."""

import gzip
import io
import tarfile

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from orthanc_plugin.deid import ReleaseKey, load_profile
from orthanc_plugin.files.batch import Run, batch
from orthanc_plugin.files.sources import sources
from tests.orthanc_plugin.deid.pixels.bodies import BODIES, HOUNSFIELD, Space

CRANIUM = "/usr/share/doc/invesalius-examples/examples/Cranium.inv3"


def real_head():
    """Return every third slice of a real head, at half its size; stored as Debian ships it, the face in view."""
    with gzip.open(CRANIUM) as packed, tarfile.open(fileobj=io.BytesIO(packed.read())) as archive:
        name = next(member for member in archive.getmembers() if member.name.endswith("matrix.dat"))
        file = archive.extractfile(name)
        assert file is not None
        volume = np.frombuffer(file.read()[-108 * 256 * 256 * 2 :], "<i2").reshape(108, 256, 256)
    return volume[::3, ::2, ::2]


def written(volume, folder, words="", *, step=1.914):
    folder.mkdir()
    ds = dcmread(get_testdata_file("CT_small.dcm"))
    ds.pop("DataSetTrailingPadding", None)
    ds.Rows, ds.Columns = volume.shape[1:]
    apart = step if step == 4.0 else 4.5
    ds.PixelSpacing, ds.SliceThickness, ds.BodyPartExamined, ds.SeriesDescription = [step, step], apart, words, words
    ds.RescaleIntercept, ds.RescaleSlope = 0, 1
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.pop("WindowCenter", None)
    ds.pop("WindowWidth", None)
    for number, plane in enumerate(volume):
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.99.{number}"
        ds.ImagePositionPatient, ds.InstanceNumber = [-122.5, -122.5, apart * number], number + 1
        ds.PixelData = plane.tobytes()
        ds.save_as(folder / f"{number:03}.dcm")
    return folder


def run(source, target, profile="teaching"):
    target.mkdir()
    return list(batch(Run(target, load_profile(profile), ReleaseKey.random()), sources(source), 2, lambda _: None))


def test_a_real_head_without_a_word_does_not_leave_with_its_face(tmp_path):
    results = run(written(real_head(), tmp_path / "in"), tmp_path / "out")
    for result in results:
        if result.status == "released":
            assert "the face removed" in result.pixels
            new = dcmread(tmp_path / "out" / result.output)
            assert new.RecognizableVisualFeatures == "NO"
            assert "113102" in {item.CodeValue for item in new.DeidentificationMethodCodeSequence}
        else:
            assert "R25" in result.reason
    assert {result.status for result in results} in ({"released"}, {"quarantined"}), "a series is treated as one"


@pytest.mark.parametrize("word", ["", "CHEST"])
def test_two_legs_keep_what_is_no_face_whatever_is_said_of_them(tmp_path, word):
    legs = BODIES["legs"](Space(step=4.0)).shown(HOUNSFIELD, 20.0, 1).astype("<i2")
    results = run(written(legs, tmp_path / "in", word, step=4.0), tmp_path / "out")
    assert {result.reason for result in results} == {""}
    for result in results:
        assert "face" not in result.pixels
