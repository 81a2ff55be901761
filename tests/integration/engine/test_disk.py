"""No space in the work folder: a clear message, nothing leaves, nothing half-made stays.

The limit is the kernel's on the size of a file (RLIMIT_FSIZE), which needs no mount and no privilege: every write
beyond it fails as on a full disk.
"""

import os
from io import BytesIO

import pydicom
import pytest

from tests.integration.engine.conftest import slices

pytestmark = pytest.mark.integration

LIMIT = 3_000_000


@pytest.fixture
def too_large_an_image(orthanc):
    (study,) = {orthanc.upload(data) for data in slices(2, side=1500)}
    yield study
    orthanc.delete_study(study)


@pytest.fixture
def too_large_a_package(orthanc):
    (study,) = {orthanc.upload(noise) for noise in noisy_slices(5)}
    yield study
    orthanc.delete_study(study)


def noisy_slices(count):
    for data in slices(count, side=700):
        image = pydicom.dcmread(BytesIO(data))
        image.PixelData = os.urandom(700 * 700 * 2)
        out = BytesIO()
        image.save_as(out)
        yield out.getvalue()


def starved(engine):
    engine.start(prefix=("prlimit", f"--fsize={LIMIT}"))
    return engine


def is_told_and_nothing_stays(engine, portal, study):
    before = engine.kept()
    job = engine.begin(study)
    state = engine.becomes(job, "failed")
    assert "disk was full" in state["reasons"][0]["text"]
    assert "ask again" in state["reasons"][0]["text"]
    answer = engine.package(job)
    assert answer.status_code == 410
    assert engine.worked_on() == []
    assert engine.kept() == before
    assert portal.ledger == {}


def test_an_image_or_a_package_that_does_not_fit_ends_its_job_says_so_and_the_next_export_is_served(
    own_engine, portal, too_large_an_image, too_large_a_package, small_chest
):
    engine = starved(own_engine)
    is_told_and_nothing_stays(engine, portal, too_large_an_image)
    is_told_and_nothing_stays(engine, portal, too_large_a_package)
    job = engine.begin(small_chest)
    engine.becomes(job, "ready")
    assert engine.package(job).status_code == 200
