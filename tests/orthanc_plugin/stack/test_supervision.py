"""The supervisor keeps the parts running, and leaves nothing behind, however it ends."""

import json
import math
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from orthanc_plugin.stack import supervision
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.programs import Program
from orthanc_plugin.stack.supervision import Supervisor
from tests.support.patience import PATIENCE, until

SLEEPER = "import signal\nwhile True: signal.pause()"
STUBBORN = f"import signal\nsignal.signal(signal.SIGTERM, lambda *_: say('told'))\nsay('up')\n{SLEEPER}"


SAY = "import json\ndef say(event, **more): print(json.dumps({'event': event, **more}), flush=True)\n"
"""A part says things as the portal and the engine do: what has another shape is left out of its log."""


def program(name: str, code: str, priority: int = 10) -> Program:
    return Program(name, (sys.executable, "-c", f"exec({SAY + code!r})"), priority, int(PATIENCE))


def written(home: Home, name: str) -> list[str]:
    lines = home.log(name).read_text().splitlines() if home.log(name).exists() else []
    return [json.loads(line)["event"] for line in lines if line.startswith("{")]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home.at(tmp_path / "home of all of it")
    made.make_folders()
    return made


def running(supervisor: Supervisor, name: str) -> int:
    part = supervisor.look().get(name)
    return part.pid if part and part.state == "RUNNING" else 0


def gone(pid: int) -> Callable[[], bool]:
    def is_gone() -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:  # also where it goes while it is asked
            return True

    return is_gone


def test_a_part_that_is_killed_is_started_again(home: Home) -> None:
    with Supervisor(home, [program("portal", SLEEPER)]) as supervisor:
        until(lambda: running(supervisor, "portal"), "the first start")
        first = running(supervisor, "portal")
        os.kill(first, signal.SIGKILL)
        until(lambda: running(supervisor, "portal") not in (0, first), "the second start")


def test_a_part_that_ends_by_itself_without_a_fault_is_started_again_too(home: Home) -> None:
    end = home.folder / "end"
    os.mkfifo(end)
    with Supervisor(home, [program("engine", f"say('started'); open({str(end)!r}).read()")]) as supervisor:
        until(lambda: running(supervisor, "engine"), "the start")
        end.write_text("")
        until(lambda: written(home, "engine") == ["started"] * 2, "a restart")


def held_up(end: Path) -> str:
    """Return a program that is told to stop and stops when somebody has written to `end`."""
    os.mkfifo(end)
    return (
        "import signal, sys\n"
        f"def end(*_): say('told'); open({str(end)!r}).read(); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\nsay('up')\nwhile True: signal.pause()"
    )


def test_the_parts_stop_in_the_reverse_order_of_their_start(home: Home) -> None:
    order = ("orthanc", "engine", "portal")
    parts = [program(name, held_up(home.folder / f"end-{name}"), 30 - 10 * n) for n, name in enumerate(order)]
    told: list[list[str]] = []

    def look_on() -> None:
        for name in order:
            until(lambda name=name: "told" in written(home, name), f"the word to {name}")
            told.append([each for each in order if "told" in written(home, each)])
            (home.folder / f"end-{name}").write_text("")

    with Supervisor(home, parts) as supervisor:
        until(lambda: all(running(supervisor, name) and "up" in written(home, name) for name in order), "all parts")
        onlooker = threading.Thread(target=look_on, daemon=True)
        onlooker.start()
    onlooker.join(PATIENCE)
    assert told == [["orthanc"], ["orthanc", "engine"], ["orthanc", "engine", "portal"]]


def test_leaving_ends_every_part_and_removes_socket_and_configuration(home: Home) -> None:
    with Supervisor(home, [program("portal", SLEEPER)]) as supervisor:
        until(lambda: running(supervisor, "portal"), "the start")
        pids = [supervisor.pid, running(supervisor, "portal")]
    assert all(gone(pid)() for pid in pids)
    assert list(home.run.iterdir()) == []


def test_a_supervisor_killed_with_signal_9_takes_its_parts_with_it(home: Home) -> None:
    grandchild = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {SLEEPER!r}])\n{SLEEPER}"
    with Supervisor(home, [program("engine", grandchild)]) as supervisor:
        until(lambda: running(supervisor, "engine"), "the start")
        part = psutil.Process(running(supervisor, "engine"))
        until(part.children, "the part's own child")
        supervisor.look()
        below = part.children()
        os.kill(supervisor.pid, signal.SIGKILL)
        until(lambda: not supervisor.alive(), "the supervisor's end")
        until(gone(part.pid), "the part's end: the kernel ends it with its parent")
    assert all(gone(child.pid)() for child in below)
    assert list(home.run.iterdir()) == []


def test_a_part_that_will_not_stop_is_ended_when_told_to_hurry_and_not_before(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_PATIENCE", math.inf)  # nothing but the hurry ends it
    with Supervisor(home, [program("engine", STUBBORN)]) as supervisor:
        until(lambda: running(supervisor, "engine") and "up" in written(home, "engine"), "the start")
        pid = running(supervisor, "engine")

        def hurry() -> None:
            until(lambda: "told" in written(home, "engine"), "the word to the engine")
            supervisor.hurry.set()

        threading.Thread(target=hurry, daemon=True).start()
    assert gone(pid)()


def test_a_home_far_down_in_the_folders_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    home = Home.at(tmp_path / ("deep" * 12) / ("deeper" * 12))
    home.make_folders()
    with Supervisor(home, [program("portal", SLEEPER)]) as supervisor:
        until(lambda: running(supervisor, "portal"), "the start")


def test_only_the_owner_may_reach_the_supervisor(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = Home.at(tmp_path_factory.mktemp("h"))  # a short path: a socket's may have 107 bytes
    home.make_folders()
    assert home.short_enough_for_a_socket()
    with Supervisor(home, [program("portal", SLEEPER)]) as supervisor:
        until(lambda: running(supervisor, "portal"), "the start")
        assert (home.run / "supervisor.sock").stat().st_mode & 0o077 == 0
