"""An engine's jobs on disk, with one job in them."""

import pytest

from tests.support.cases import a_case, jobs_in

JOB = "0b5f3c1e-0000-4000-8000-000000000001"


@pytest.fixture
def jobs(tmp_path):
    jobs = jobs_in(tmp_path)
    jobs.create(JOB, a_case(), user="anna", role="clinician")
    return jobs
