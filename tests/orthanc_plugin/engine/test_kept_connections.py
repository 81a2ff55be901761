"""An Orthanc that closes a kept connection just as the next question comes loses no question of ours."""

import contextlib
import http.server
import threading

import pytest

from orthanc_plugin.engine.errors import AwayError
from orthanc_plugin.engine.neighbours.archive import Archive
from orthanc_plugin.requesting.asker import Asker, Login

INSTANCE = "0123abcd-0123abcd-0123abcd-0123abcd-0123abcd"


class Orthanc(http.server.BaseHTTPRequestHandler):
    """Keeps a connection after its first answer, and closes it when it has read the second question."""

    protocol_version = "HTTP/1.1"
    answered = False

    def _answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.answered:
            self.close_connection = True
            return
        self.answered = True
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_GET(self):
        self._answer()

    def do_POST(self):
        self._answer()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def url_of():
    """A function that serves with a handler, and returns where."""
    with contextlib.ExitStack() as all_of_them:

        def served(handler):
            server = all_of_them.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            all_of_them.callback(thread.join)
            all_of_them.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_address[1]}"

        yield served


@pytest.fixture
def url(url_of):
    return url_of(Orthanc)


def test_the_engine_reads_and_sends_one_image_after_the_other(url):
    archive = Archive.at(url, "aoa-engine", "secret")
    assert [archive.bytes_of(INSTANCE) for _ in range(3)] == [b"{}"] * 3
    for _ in range(2):
        archive.store_straight("TEACHPACS", b"an image")


def test_whoever_asks_for_an_export_is_answered_however_long_they_thought(url):
    asking = Asker(Login(url, "anna", "secret"))
    assert [asking.ask({}).status for _ in range(3)] == [200] * 3


class CutShort(Orthanc):
    """Promises more of a file than it sends."""

    def _answer(self):
        self.send_response(200)
        self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write(b"DICM")
        self.close_connection = True


def test_a_file_of_which_only_the_beginning_came_is_none(url_of):
    archive = Archive.at(url_of(CutShort), "aoa-engine", "secret")
    with pytest.raises(AwayError):
        archive.bytes_of(INSTANCE)
