"""The supervisor keeps the parts running, and leaves nothing behind, however it ends."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.programs import Program
from orthanc_plugin.stack.supervision import Supervisor
from tests.support.patience import until

SLEEPER = "import time\nwhile True: time.sleep(60)"
SAY = "import json\ndef say(event, **more): print(json.dumps({'event': event, **more}), flush=True)\n"
"""A part says things as the portal and the engine do: what has another shape is left out of its log."""

STUBBORN = f"{SAY}import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsay('stubborn')\n{SLEEPER}"


def program(name: str, code: str, priority: int = 10) -> Program:
    return Program(name, (sys.executable, "-c", f"exec({code!r})"), priority, 20)


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
    code = SAY + "import time; say('started'); time.sleep(3)"
    with Supervisor(home, [program("engine", code)]):
        until(lambda: home.log("engine").exists() and home.log("engine").read_text().count("started") > 1, "a restart")


def test_the_parts_stop_in_the_reverse_order_of_their_start(home: Home) -> None:
    code = (
        SAY + "import signal, sys, time\n"
        "def end(*_): say('end', seconds=time.monotonic()); time.sleep(0.3); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\nsay('up')\n" + SLEEPER
    )
    parts = [program("portal", code, 10), program("engine", code, 20), program("orthanc", code, 30)]
    with Supervisor(home, parts) as supervisor:
        until(lambda: all(running(supervisor, part.name) for part in parts), "all parts")
    last = [home.log(name).read_text().splitlines()[-1] for name in ("orthanc", "engine", "portal")]
    ended = [json.loads(line)["seconds"] for line in last]
    assert ended == sorted(ended)


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


def test_a_part_that_will_not_stop_is_ended_at_once_when_told_to_hurry(home: Home) -> None:
    with Supervisor(home, [program("engine", STUBBORN)]) as supervisor:
        until(lambda: home.log("engine").exists() and "stubborn" in home.log("engine").read_text(), "the start")
        pid = running(supervisor, "engine")
        threading.Timer(1, supervisor.hurry.set).start()
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
