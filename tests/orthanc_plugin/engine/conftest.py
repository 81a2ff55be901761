"""An engine's jobs on disk, with one job in them."""

import pytest

from orthanc_plugin.engine.jobs.store import Jobs
from tests.support.cases import a_case

JOB = "0b5f3c1e-0000-4000-8000-000000000001"


@pytest.fixture
def jobs(tmp_path):
    for name in ("work", "packages"):
        (tmp_path / name).mkdir()
    jobs = Jobs(tmp_path / "work", tmp_path / "packages", bytes(32), "engine-1")
    jobs.create(JOB, a_case(), user="anna", role="clinician")
    return jobs
