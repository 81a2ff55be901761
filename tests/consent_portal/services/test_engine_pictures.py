"""Pictures from an engine over real sockets: what it says is told to people, and a ticket is told to nobody."""

import json
import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from consent_portal import engine_pictures
from consent_portal.engine_pictures import EngineAway, EnginePictures, Person, PictureGone, PictureRefused, Window
from consent_portal.review.areas import Area
from consent_portal.services.second_look import look_again
from consent_portal.settings import Settings, SettingsFaults
from consent_portal.tasks.reviews import ReviewRefused
from tests.support.portal import PortalHome

PNG = b"\x89PNG\r\n\x1a\n and so on"
ANNE = Person("anne", "clinician")
TICKET = "a ticket that is nobody's to read"
WINDOW = {"center": 40.0, "width": 400.0, "name": "BRAIN"}
SIZE = {"frames": 4, "rows": 480, "columns": 640, "proportion": 1.0, "colour": False, "windows": [WINDOW]}
OBJECT = {**SIZE, "position": 1, "study": 1, "series": 2, "modality": "US", "kind": "Ultrasound Image Storage",
          "pixels": "2 areas were covered."}  # fmt: skip
RELEASE = {
    "contract": 1, "job": "job", "basis": "a" * 64, "objects": [OBJECT],
    "held_back": [{"position": 2, "reason": "It waits for a person."}],
    "report": {"profile": "D3", "level": None, "findings": "0 open"},
}  # fmt: skip


class Engine(BaseHTTPRequestHandler):
    """Answers what the test says, and notes what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers), json.loads(body or "null")))
        status, answer = self.server.answer
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = self.server.closes

    do_GET = do_POST  # noqa: N815  (the library's name)

    def log_message(self, *_told):
        """Say nothing."""


@pytest.fixture
def engine():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    server.daemon_threads = True
    server.asked, server.answer, server.closes = [], (200, PNG), False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def pictures(engine):
    return EnginePictures(f"http://127.0.0.1:{engine.server_port}/", "the token")


def test_a_held_picture_is_asked_for_as_the_contract_says(engine, pictures):
    areas = [Area(1, 2, 3, 4), {"left": 5, "top": 6, "right": 7, "bottom": 8, "frame": 0}]
    shown = pictures.held(TICKET, ANNE, frame=2, side=300, window=Window(40, 400), areas=areas, covered=True)
    assert shown == PNG
    ((method, path, headers, body),) = engine.asked
    assert (method, path) == ("POST", "/pictures/held")
    assert (headers["Authorization"], headers["X-AOA-User"], headers["X-AOA-Role"]) == (
        "Bearer the token", "anne", "clinician"
    )  # fmt: skip
    assert body == {
        "ticket": TICKET, "frame": 2, "side": 300, "window": {"center": 40, "width": 400}, "covered": True,
        "part": None,
        "areas": [{"left": 1, "top": 2, "right": 3, "bottom": 4, "frame": None}, areas[1]],
    }  # fmt: skip


def test_facts_and_releases_are_read_whole_whatever_else_they_tell(engine, pictures):
    engine.answer = 200, {**SIZE, "contract": 1, "more": "later"}
    facts = pictures.held_facts(TICKET, ANNE)
    assert (facts.frames, facts.windows[0].name) == (4, "BRAIN")
    engine.answer = 200, RELEASE
    release = pictures.release("a/job", ANNE)
    assert (release.basis, release.objects[0].pixels, release.report.profile) == ("a" * 64, OBJECT["pixels"], "D3")
    assert engine.asked[-1][:2] == ("GET", "/pictures/releases/a%2Fjob")
    engine.answer = 200, PNG
    assert pictures.released("job", 1, ANNE, window=0) == PNG
    assert engine.asked[-1][1::2] == ("/pictures/releases/job/1", {"frame": 0, "side": None, "window": 0, "part": None})


@pytest.mark.parametrize(
    ("status", "answer", "error", "says"),
    [
        (404, {"message": "It is gone from Orthanc."}, PictureGone, "gone from Orthanc"),
        (410, {"message": "It changed."}, PictureGone, "It changed"),
        (409, {"message": "It cannot be covered."}, PictureRefused, "cannot be covered"),
        (400, {"faults": [{"field": "side", "message": "At most 4096."}]}, PictureRefused, "At most 4096"),
        (403, {"message": "Not your role."}, PictureRefused, "Not your role"),
        (400, b"not JSON", PictureRefused, "cannot show"),
        (401, {}, EngineAway, "401"),
        (503, {"message": "Orthanc is away."}, EngineAway, "Orthanc is away"),
        (302, b"", EngineAway, "302"),
        (200, b"<html>", EngineAway, "something else than a picture"),
    ],
)
def test_what_the_engine_says_is_told_to_people(engine, pictures, status, answer, error, says, caplog):
    engine.answer = status, answer
    with caplog.at_level(logging.DEBUG), pytest.raises(error, match=says) as raised:
        pictures.held(TICKET, ANNE)
    assert TICKET not in f"{raised.value!r} {caplog.text}"
    assert str(engine.server_port) not in str(raised.value)


def test_an_engine_that_is_not_there_is_away():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(EngineAway, match="does not answer"):
        EnginePictures(f"http://127.0.0.1:{port}", "x").held(TICKET, ANNE)


def test_a_kept_connection_that_ended_is_made_anew(engine, pictures):
    engine.closes = True
    assert [pictures.held(TICKET, ANNE) for _each in range(3)] == [PNG] * 3


def test_an_answer_without_end_is_not_read_to_its_end(engine, pictures, monkeypatch):
    monkeypatch.setattr(engine_pictures, "LARGEST", 1000)
    engine.answer = 200, PNG + bytes(1000)
    with pytest.raises(PictureRefused, match="too large"):
        pictures.held(TICKET, ANNE)


def test_a_name_outside_latin_1_reaches_the_engine_with_its_escapes(engine, pictures):
    pictures.held(TICKET, Person("Žofie\r\nX-AOA-Role: clinician", "trainer"))
    assert engine.asked[0][2]["X-AOA-Role"] == "trainer"
    assert engine.asked[0][2]["X-AOA-User"].startswith("\\u017dofie")


def test_what_is_approved_is_what_was_shown_and_would_leave_now(engine, pictures):
    engine.answer = 200, RELEASE
    assert look_again(pictures, "job", "a" * 64, ANNE) == "a" * 64
    for shown, says in (("b" * 64, "has changed since you looked"), ("", "not been shown")):
        with pytest.raises(ReviewRefused, match=says):
            look_again(pictures, "job", shown, ANNE)
    for status, says in (
        (410, "nothing that could leave"),
        (409, "nothing that could leave"),
        (503, "cannot be asked"),
    ):
        engine.answer = status, {"message": "It was recalled."}
        with pytest.raises(ReviewRefused, match=says):
            look_again(pictures, "job", "a" * 64, ANNE)


def test_without_an_engine_in_the_settings_it_is_as_it_was():
    assert look_again(None, "job", "", ANNE) is None


@pytest.mark.parametrize("lines", ['engine_url = "http://127.0.0.1:9"', 'pictures_token_file = "secrets/portal-token"'])
def test_the_address_of_the_pictures_needs_its_token(tmp_path, lines):
    home = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x")).make()
    text = home.settings_file.read_text(encoding="utf-8")
    home.settings_file.write_text(text.replace("[portal]", f"[portal]\n{lines}"), encoding="utf-8")
    with pytest.raises(SettingsFaults, match="set both, or neither"):
        Settings.load(home.settings_file)
    both = 'engine_url = "http://127.0.0.1:9"\npictures_token_file = "secrets/portal-token"'
    home.settings_file.write_text(text.replace("[portal]", f"[portal]\n{both}"), encoding="utf-8")
    assert EnginePictures.from_settings(Settings.load(home.settings_file).portal) is not None
