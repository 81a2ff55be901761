"""`aoa export` looks on at a job while a part starts anew, and never leaves anybody without the job's number."""

import http.server
import json
import threading

import pytest

from orthanc_plugin.requesting import asker
from orthanc_plugin.requesting.asker import Asker, CannotAskError, Login

JOB = "0b5f3c1e-0000-4000-8000-000000000001"


class Orthanc(http.server.BaseHTTPRequestHandler):
    """Answers what `says` holds, one after the other, and the last of it for ever."""

    says = ()

    def do_GET(self):
        status, body = self.says[0]
        type(self).says = self.says[1:] or self.says
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def states(monkeypatch):
    monkeypatch.setattr(asker, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(asker, "_LOOKS", 4)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Orthanc) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        asking = Asker(Login(f"http://127.0.0.1:{server.server_address[1]}", "anna", "secret"))

        def look(*says):
            Orthanc.says = says
            return [state["state"] for state in asking.states(JOB)]

        yield look
        server.shutdown()


AWAY = (503, {"message": "the export service does not answer"})
RUNNING = (200, {"state": "running"})
READY = (200, {"state": "ready"})


def test_a_part_that_is_away_for_a_while_does_not_end_the_waiting(states):
    assert states(RUNNING, AWAY, AWAY, RUNNING, AWAY, AWAY, AWAY, READY) == ["running", "running", "ready"]


def test_when_nobody_answers_any_more_the_job_is_named_for_later(states):
    with pytest.raises(CannotAskError, match=f"aoa fetch --job {JOB}"):
        states(RUNNING, AWAY)


def test_an_answer_that_says_no_ends_the_waiting_at_once(states):
    with pytest.raises(CannotAskError, match="no such export"):
        states(RUNNING, (404, {"message": "there is no such export"}), READY)


def test_an_orthanc_that_is_gone_is_told_with_the_jobs_number(monkeypatch):
    monkeypatch.setattr(asker, "POLL_SECONDS", 0.001)
    monkeypatch.setattr(asker, "_LOOKS", 2)
    with pytest.raises(CannotAskError, match=f"aoa fetch --job {JOB}"):
        list(Asker(Login("http://127.0.0.1:9", "anna", "secret")).states(JOB))


@pytest.mark.parametrize("out", ["no-such-folder/out.zip", "a-file/out.zip"])
def test_a_package_is_not_asked_for_where_there_is_no_place_for_it(tmp_path, out):
    (tmp_path / "a-file").write_text("")
    nobody = Asker(Login("http://127.0.0.1:9", "anna", "secret"))
    with pytest.raises(CannotAskError, match="nothing was fetched"):
        nobody.fetch(JOB, tmp_path / out)


def test_an_orthanc_that_breaks_off_leaves_no_half_package_and_says_what_to_do(tmp_path):
    nobody = Asker(Login("http://127.0.0.1:9", "anna", "secret"))
    with pytest.raises(CannotAskError, match="begin a new export"):
        nobody.fetch(JOB, tmp_path / "out.zip")
    assert not list(tmp_path.iterdir())
