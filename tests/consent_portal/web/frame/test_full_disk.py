"""A portal whose disk is full says so, goes on showing what it has, and permits nothing that it cannot record."""

import dataclasses
import os
import shutil

import httpx
import psutil
import pytest

from consent_portal.clock import local_day, utc_now
from tests.consent_portal.web.conftest import Portal, hidden_fields_of
from tests.consent_portal.web.page_check import faults_of
from tests.support.full_disk import no_room
from tests.support.patience import PATIENCE
from tests.support.portal import engine_over_http, served
from tests.support.ports import free_port

SAYS = "disk is full, or may not be written"


@pytest.fixture
def home(tmp_path, archive, prepared):
    """A portal that is served as a process of its own."""
    shutil.copytree(prepared.folder, tmp_path / "home")
    port = free_port()
    copied = dataclasses.replace(prepared, folder=tmp_path / "home", port=port)
    text = copied.settings_file.read_text(encoding="utf-8")
    copied.settings_file.write_text(text.replace(str(prepared.port), str(port)), encoding="utf-8")
    with served(copied) as running:
        yield running


@pytest.fixture
def process(home):
    """The portal's process."""
    return next(
        child
        for child in psutil.Process(os.getpid()).children()
        if child.environ().get("AOA_SETTINGS") == str(home.settings_file)
    )


class Browser:
    """Somebody with a browser."""

    def __init__(self, home):
        self.home = home
        self.client = httpx.Client(base_url=home.url, timeout=PATIENCE, trust_env=False, follow_redirects=True)

    def send(self, address, page=None, **fields):
        """Send the form of a page (by default the one at `address`)."""
        text = (page or self.client.get(address)).text
        return self.client.post(address, data={**hidden_fields_of(text), **fields})

    def sign_in(self, role):
        return self.send("/login", username=role, password=self.home.passwords[role])


def tells_it(answer):
    assert answer.status_code == 503
    assert SAYS in answer.text
    assert 'href="/consent/paper"' in answer.text
    assert faults_of(answer.text) == []


@pytest.fixture
def beside(home, archive):
    """The same portal seen from beside it: its studies and what stands."""
    made = Portal(home, archive)
    yield made
    made.parts.database.close()


def test_a_withdrawal_is_refused_clearly_with_the_paper_form_and_counts_once_there_is_room(home, process, beside, said):
    study = beside.photo
    page = f"/studies/{study.key}"
    taken_back = {
        "right_patient": "y",
        "everything": "all",
        "told_by": "patient",
        "told_on": local_day(utc_now()).isoformat(),
        "received": "by telephone",
        "scope": "study",
        "reason": "Changed their mind",
    }
    nurse = Browser(home)
    nurse.sign_in("medical-illustration")
    nurse.send(f"{page}/record", **said)
    opened = nurse.client.get(f"{page}/withdraw")
    with no_room([process]):
        tells_it(nurse.send(f"{page}/withdraw", page=opened, **taken_back))
        tells_it(nurse.client.get(page))  # nobody looks at a patient unrecorded (F13); Orthanc shows the consent
    assert beside.state(study, "teaching") == "accepted"
    nurse.send(f"{page}/withdraw", **taken_back)
    assert beside.state(study, "teaching") == "withdrawn"


def test_signing_in_is_refused_with_a_page_of_ours_and_nobody_is_signed_in(home, process):
    nurse = Browser(home)
    with no_room([process]):
        tells_it(nurse.sign_in("clinician"))
        assert nurse.client.get("/").url.path == "/login"
        assert nurse.client.get("/consent/paper").status_code == 200
    assert nurse.sign_in("clinician").url.path == "/"


def test_whoever_is_signed_in_goes_on_reading_what_shows_no_patient(home, process):
    nurse = Browser(home)
    nurse.sign_in("clinician")
    with no_room([process]):
        assert nurse.client.get("/").status_code == 200


def test_a_decision_that_cannot_be_recorded_permits_nothing_and_says_why(home, process, beside):
    engine = engine_over_http(home)
    request = engine.request("anna", "clinician", "service-evaluation")
    body = {"contract": 1, "intent": "export", "job": None, "request": request}
    asked = {**body, "subjects": [beside.subject(beside.archive.ct)]}
    assert engine.post("/api/v1/decisions", asked)[1]["outcome"] == "permit"
    with no_room([process]):
        status, answer = engine.post("/api/v1/decisions", asked)
    assert (status, answer["because"]) == (503, "room")
    assert "outcome" not in answer
    assert engine.post("/api/v1/decisions", asked)[1]["outcome"] == "permit"
