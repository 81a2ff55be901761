"""The engine shows held images to who brings its ticket, from a real Orthanc, and nothing else to anybody."""

import secrets
import time

import httpx
import numpy as np
import pytest

from orthanc_plugin.deid.pixels.basis import basis_of
from orthanc_plugin.engine.showing.ticket import Ticket, seal
from tests.integration.engine.conftest import CANARY, ENGINE_TOKEN, PICTURES_TOKEN, PORTAL_TOKEN
from tests.orthanc_plugin.engine.showing.drawn import as_file, cine, seen
from tests.support.patience import PATIENCE, until

pytestmark = pytest.mark.integration

RULE, WHY = "writing", "writing in its pixels cannot be covered"
NAME = {"left": 0, "top": 0, "right": 64, "bottom": 4, "frame": None}
ASKED = {
    "frame": [3, -1, "0"],
    "side": [0, 10**9],
    "window": [{"center": 0, "width": 0}, {"center": 0}, "lung"],
    "areas": [[NAME] * 257, [{**NAME, "frame": 3}], 7],
    "ticket": ["", "AAAA", None, 7],
}


class Held:
    """A held recording in Orthanc, and how the portal asks for it."""

    def __init__(self, engine, orthanc, ds):
        self.engine, self.orthanc = engine, orthanc
        ds.PatientName = f"{CANARY}^HELD"
        self.ds, self.data = ds, as_file(ds)
        answer = httpx.post(f"{orthanc.url}/instances", content=self.data, auth=orthanc.auth, timeout=PATIENCE).json()
        self.id, self.study = answer["ID"], answer["ParentStudy"]
        self.key = bytes.fromhex((engine.home / "secrets" / "project-key").read_text())

    def ticket(self, key=None, until=4e9, **changes):
        told = {
            "orthanc_id": self.id,
            "basis": basis_of(self.data, RULE, WHY),
            "rule": RULE,
            "why": WHY,
            "until": until,
        }
        return seal(key or self.key, Ticket(**{**told, **changes}))

    def ask(self, path="/held", token=PICTURES_TOKEN, role="clinician", **body):
        headers = {"Authorization": f"Bearer {token}", "X-AOA-User": "anna", "X-AOA-Role": role}
        asked = {"ticket": self.ticket(), **body}
        return httpx.post(f"{self.engine.url}/pictures{path}", json=asked, headers=headers, timeout=PATIENCE)


@pytest.fixture
def held(engine, orthanc):
    held = Held(engine, orthanc, cine(3, jpeg=False))
    yield held
    httpx.delete(f"{orthanc.url}/instances/{held.id}", auth=orthanc.auth, timeout=PATIENCE)


def test_a_held_image_is_shown_frame_by_frame_as_it_is_stored(held):
    for number in range(3):
        answer = held.ask(frame=number)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "no-store"
        assert (seen(answer.content) == held.ds.pixel_array[number]).all()
    told = held.ask("/held/facts").json()
    assert told == {"frames": 3, "rows": 48, "columns": 64, "proportion": 1.0, "colour": True, "windows": []}
    assert seen(held.ask(side=32).content).shape == (24, 32, 3)


def test_what_is_covered_is_shown_as_it_would_leave_and_the_original_stays(held):
    shown = seen(held.ask(frame=1, areas=[NAME], covered=True).content)
    assert shown[:4].max() == 0
    assert (shown[4:] == held.ds.pixel_array[1][4:]).all()
    assert (seen(held.ask(frame=1, areas=[NAME], covered=False).content) == held.ds.pixel_array[1]).all()
    assert held.orthanc.get(f"/instances/{held.id}/file").content == held.data


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in ASKED.items() for value in values])
def test_what_cannot_be_understood_is_refused_by_the_name_of_its_field(held, field, value):
    answer = held.ask(**{field: value}, covered=True)
    assert answer.status_code == 400, answer.text
    assert [fault["field"].partition("[")[0] for fault in answer.json()["faults"]] == [field]


def test_a_ticket_opens_nothing_after_its_date_nor_at_another_engine(held):
    assert held.ask(ticket=held.ticket(until=time.time() - 1)).status_code == 410
    assert held.ask(ticket=held.ticket(key=secrets.token_bytes(32))).status_code == 400
    assert held.ask(ticket=held.ticket()[:-4]).status_code == 400


def test_an_image_that_changed_is_not_shown_although_it_was_before(held):
    ticket = held.ticket()
    assert held.ask(ticket=ticket).status_code == 200
    held.ds.PatientName = "ANOTHER"
    httpx.delete(f"{held.orthanc.url}/instances/{held.id}", auth=held.orthanc.auth, timeout=PATIENCE)
    assert held.ask(ticket=ticket).status_code == 404
    held.orthanc.upload(as_file(held.ds))
    for path in ("/held", "/held/facts"):
        answer = held.ask(path, ticket=ticket)
        assert answer.status_code == 410
        assert "it changed" in answer.json()["message"]


def test_what_was_held_for_another_reason_is_not_shown(held):
    assert held.ask(ticket=held.ticket(why="another reason")).status_code == 410


def test_an_image_that_orthanc_never_had_is_said_to_be_gone(held):
    unknown = "-".join(["00000000"] * 5)
    assert held.ask(ticket=held.ticket(orthanc_id=unknown)).status_code == 404


@pytest.mark.parametrize("role", ["caldicott-guardian", "administrator", "trainer", "department-admin", ""])
def test_a_held_image_is_shown_to_nobody_without_direct_care(held, role):
    for path in ("/held", "/held/facts"):
        assert held.ask(path, role=role).status_code in (400, 403)


@pytest.mark.parametrize("token", [ENGINE_TOKEN, PORTAL_TOKEN, "x"])
def test_no_other_token_opens_a_picture(held, token):
    headers = {"Authorization": f"Bearer {token}", "X-AOA-User": "anna", "X-AOA-Role": "clinician"}
    for path in ("/held", "/held/facts", "/releases/0b5f3c1e-0000-4000-8000-000000000001/1"):
        assert held.ask(path, token=token).status_code == 401
    release = f"{held.engine.url}/pictures/releases/0b5f3c1e-0000-4000-8000-000000000001"
    assert httpx.get(release, headers=headers, timeout=PATIENCE).status_code == 401


def test_the_token_for_pictures_opens_nothing_of_the_gates(held, engine):
    headers = {"Authorization": f"Bearer {PICTURES_TOKEN}", "X-AOA-User": "anna", "X-AOA-Role": "clinician"}
    for path in (f"/consent/studies/{held.study}", "/exports/x", "/exports/x/package", "/pictures/none", "/none"):
        assert httpx.get(engine.url + path, headers=headers, timeout=PATIENCE).status_code == 401
    for path in ("/exports", "/journal", "/pushes"):
        assert httpx.post(engine.url + path, json={}, headers=headers, timeout=PATIENCE).status_code == 401


def test_no_identifier_reaches_a_log_or_an_answer(held):
    answers = [held.ask(areas=[{**NAME, "frame": 9}], covered=True), held.ask(ticket="x"), held.ask(frame=9)]
    assert all(CANARY not in answer.text and held.id not in answer.text for answer in answers)
    log = held.engine.log.read_text()
    assert CANARY not in log
    assert held.id not in log


def test_a_release_that_there_is_not_is_said_so(held):
    headers = {"Authorization": f"Bearer {PICTURES_TOKEN}", "X-AOA-User": "anna", "X-AOA-Role": "clinician"}
    path = f"{held.engine.url}/pictures/releases/0b5f3c1e-0000-4000-8000-000000000001"
    assert httpx.get(path, headers=headers, timeout=PATIENCE).status_code == 404
    assert held.ask("/releases/0b5f3c1e-0000-4000-8000-000000000001/1").status_code == 404


def test_a_second_reviewer_is_shown_what_would_leave_until_it_is_decided(engine, portal, small_chest):
    portal.says(review="pending", obligations=["second-review"])
    job = engine.begin(small_chest)
    until(lambda: engine.state(job)["state"] == "held", "the release waits for its reviewer")
    headers = {"Authorization": f"Bearer {PICTURES_TOKEN}", "X-AOA-User": "rosa", "X-AOA-Role": "medical-illustration"}
    path = f"{engine.url}/pictures/releases/{job}"
    told = httpx.get(path, headers=headers, timeout=PATIENCE)
    assert told.status_code == 200, told.text
    release = told.json()
    assert [(one["position"], one["frames"], one["rows"]) for one in release["objects"]] == [
        (at, 1, 128) for at in (1, 2, 3)
    ]
    assert CANARY not in told.text
    assert httpx.get(path, headers=headers, timeout=PATIENCE).json()["basis"] == release["basis"]
    shown = httpx.post(f"{path}/2", json={"frame": 0, "side": 64}, headers=headers, timeout=PATIENCE)
    assert seen(shown.content).shape == (64, 64)
    assert httpx.post(f"{path}/2", json={"frame": 1}, headers=headers, timeout=PATIENCE).status_code == 400
    assert httpx.post(f"{path}/4", json={}, headers=headers, timeout=PATIENCE).status_code == 404
    portal.says(review="approved", obligations=["second-review"])
    engine.becomes(job, "ready")
    assert httpx.get(path, headers=headers, timeout=PATIENCE).status_code == 410
    assert httpx.post(f"{path}/2", json={}, headers=headers, timeout=PATIENCE).status_code == 410


def test_what_cannot_be_covered_is_said_so(engine, orthanc):
    ds = cine(1)
    ds.PixelData = np.zeros(48 * 64 * 3 // 2, np.uint8).tobytes()
    held = Held(engine, orthanc, ds)
    answer = held.ask(areas=[NAME], covered=True)
    assert answer.status_code == 409
    assert "cannot be" in answer.json()["message"]
    httpx.delete(f"{orthanc.url}/instances/{held.id}", auth=orthanc.auth, timeout=PATIENCE)


def test_an_engine_without_a_token_for_pictures_shows_none_to_anybody(own_engine, orthanc):
    settings = own_engine.home / "aoa.toml"
    settings.write_text(settings.read_text().replace('pictures_token_file = "secrets/pictures-token"\n', ""))
    own_engine.start()
    held = Held(own_engine, orthanc, cine(1))
    for token in (PICTURES_TOKEN, ENGINE_TOKEN, "None"):
        assert held.ask(token=token).status_code == 401
    httpx.delete(f"{orthanc.url}/instances/{held.id}", auth=orthanc.auth, timeout=PATIENCE)
