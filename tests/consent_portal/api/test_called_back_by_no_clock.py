"""A clock that disagrees with the ledger takes nothing back that a patient agreed to (assurance F21, ADR 0124)."""

import json
import subprocess

import pytest

from consent_portal.contract import Subject
from consent_portal.database import Database
from consent_portal.registers import studies
from consent_portal.services import consent as commands
from consent_portal.services.target import Target
from consent_portal.tasks import reviews
from tests.consent_portal.api.test_called_back import decisions_about, waiting
from tests.support.api import A_PHOTO, EngineClient
from tests.support.clocks import at_a_wrong_time
from tests.support.consent import given
from tests.support.portal import PortalHome, served


class HomeWhoseClockIsBehind(PortalHome):
    """A portal whose machine's clock was set back by two minutes."""

    @property
    def environment(self):
        """What `faketime` sets, taken from it: the portal is then no child of it, and ends when it is told to."""
        told = subprocess.run(at_a_wrong_time("-2m", ["env"]), capture_output=True, text=True, check=True).stdout
        wrong = dict(line.split("=", 1) for line in told.splitlines() if line.startswith(("LD_PRELOAD=", "FAKETIME=")))
        return {**super().environment, **wrong, "DONT_FAKE_MONOTONIC": "1"}


@pytest.fixture
def home(tmp_path):
    return PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x")).make().prepare()


@pytest.fixture
def database(home):
    opened = Database(f"sqlite:///{home.folder}/portal/portal.sqlite")
    with opened.writing() as session:
        study = studies.register(session, Subject.model_validate_json(json.dumps(A_PHOTO)))
        target = Target.study(study.patient_key, study.study_uid)
        commands.record(session, target, given("record,teaching,print"), "illustrator")
    yield opened
    opened.close()


def engine_of(home):
    return EngineClient(home.url, (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8"))


def test_while_the_clock_stands_before_the_ledger_no_job_is_called_back_and_none_is_when_it_is_right(home, database):
    with served(home):
        job = waiting(engine_of(home), A_PHOTO, "print")
    back = HomeWhoseClockIsBehind(**vars(home))
    with served(back):
        engine = engine_of(back)
        told = engine.post("jobs/called-back", {"contract": 1, "jobs": [job], "since": None}, 503)
        assert "The clock here says" in told["message"]
        assert engine.decide("print", A_PHOTO, job=job)["outcome"] == "deny"  # nothing leaves meanwhile
    assert ("check", "deny") not in decisions_about(database, job)
    with served(home):
        answer = engine_of(home).post("jobs/called-back", {"contract": 1, "jobs": [job], "since": None})
    assert answer["called_back"] == []
    with database.reading() as session:
        assert [review.status for review in reviews.waiting(session) if review.job == job] == [reviews.PENDING]
