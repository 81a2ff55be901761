"""`aoa up` waits for a slow part, says so, and gives up only where a part cannot start."""

import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from orthanc_plugin.gate import journal
from orthanc_plugin.stack import patience, supervision
from orthanc_plugin.stack.answers import Question
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.patience import still, wait_until_all_answer
from orthanc_plugin.stack.programs import programs
from orthanc_plugin.stack.screen import Screen
from orthanc_plugin.stack.supervision import Part, Supervisor
from tests.orthanc_plugin.stack.test_supervision import SLEEPER, program


class SlowPart(http.server.BaseHTTPRequestHandler):
    """Answers 503 as long as `in_vain` lasts."""

    in_vain = 0

    def do_GET(self) -> None:
        type(self).in_vain -= 1
        self.send_response(503 if self.in_vain > 0 else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def slow() -> Iterator[Question]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowPart) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield Question("engine", f"http://127.0.0.1:{server.server_address[1]}/")
        server.shutdown()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_PAUSE", 0.001)
    monkeypatch.setattr(patience, "_TELL", 2)
    monkeypatch.setattr(patience, "_LOOKS", 8)


def test_a_part_that_needs_long_is_waited_for_and_spoken_of_and_given_up_only_at_last(
    tmp_path: Path, slow: Question
) -> None:
    home = Home.at(tmp_path / "home")
    home.make_folders()
    screen = Screen(Console(record=True, width=300, file=io.StringIO()))
    with Supervisor(home, [program("engine", SLEEPER)]) as supervisor:
        SlowPart.in_vain = 6
        wait_until_all_answer(supervisor, home, [slow], screen)
        told = screen.console.export_text()
        assert "Waiting for the engine to answer ... done" in told
        assert told.count(str(home.log("engine"))) == 2
        SlowPart.in_vain = 1000
        with pytest.raises(StackError, match=f"The engine does not answer. The end of {home.log('engine')}"):
            wait_until_all_answer(supervisor, home, [slow], screen)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (Part("engine", "RUNNING", 42), "still starting: process 42 runs"),
        (Part("engine", "BACKOFF", 0), "about to be started"),
        (None, "about to be started"),
    ],
)
def test_what_is_said_of_a_part_names_its_log_and_the_way_out(part: Part | None, says: str) -> None:
    told = still(part, Path("logs/engine.log"))
    assert says in told
    assert "logs/engine.log" in told
    assert "Ctrl-C" in told


def test_stopping_takes_longer_than_the_longest_stop_of_all_parts_together(tmp_path: Path) -> None:
    longest = sum(part.stop_seconds for part in programs(Home.at(tmp_path), Path("Orthanc")))
    assert longest < supervision._PATIENCE
    assert programs(Home.at(tmp_path), Path("Orthanc"))[-1].stop_seconds > journal._CLOSING_SECONDS
