"""The keeper takes supervisord's events by its protocol, and nothing that becomes of it ends a part."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.logkeeping.__main__ import received
from orthanc_plugin.stack.logkeeping.keeper import Keeper
from orthanc_plugin.stack.supervision import Supervisor
from tests.orthanc_plugin.stack.test_supervision import program, running
from tests.support.full_disk import no_room
from tests.support.patience import until

TALKER = "import time\ncount = 0\nwhile True:\n    count += 1\n    say('talks', count=count)\n    time.sleep(0.05)"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home.at(tmp_path / "home")
    made.make_folders()
    return made


@pytest.fixture
def supervisor(home: Home) -> Iterator[Supervisor]:
    with Supervisor(home, [program("engine", TALKER)]) as started:
        until(lambda: running(started, "engine"), "the start")
        yield started


def keeper_of(supervisor: Supervisor) -> psutil.Process | None:
    children = psutil.Process(supervisor.pid).children()
    return next((child for child in children if "orthanc_plugin.stack.logkeeping" in child.cmdline()), None)


def lines_of(home: Home, part: str = "engine") -> int:
    return len(home.log(part).read_text().splitlines()) if home.log(part).is_file() else 0


def goes_on(home: Home) -> None:
    before = lines_of(home)
    until(lambda: lines_of(home) > before + 5, "the log to go on")


def test_with_every_log_full_the_parts_go_on_and_the_logs_say_afterwards_what_is_missing(
    home: Home, supervisor: Supervisor
) -> None:
    goes_on(home)
    part = running(supervisor, "engine")
    for name in ("engine", "supervisor"):
        home.log(name).unlink()
        home.log(name).symlink_to("/dev/full")
    os.kill(part, 9)
    until(lambda: running(supervisor, "engine") not in (0, part), "the supervisor to do its work meanwhile")
    for name in ("engine", "supervisor"):
        home.log(name).unlink()
    until(lambda: home.log("engine").exists() and "missing here" in home.log("engine").read_text(), "the note")
    until(lambda: home.log("supervisor").exists() and "missing here" in home.log("supervisor").read_text(), "it")
    goes_on(home)


def test_with_no_room_for_any_of_the_supervisors_processes_all_go_on(home: Home, supervisor: Supervisor) -> None:
    goes_on(home)
    part, keeper = running(supervisor, "engine"), keeper_of(supervisor)
    with no_room([psutil.Process(supervisor.pid), *psutil.Process(supervisor.pid).children(recursive=True)]):
        size = home.log("engine").stat().st_size
        for _ in range(20):
            assert running(supervisor, "engine") == part
            assert supervisor.alive()
        assert home.log("engine").stat().st_size == size
    goes_on(home)
    assert "missing here" in home.log("engine").read_text()
    assert keeper.is_running()


def test_a_keeper_that_is_killed_is_started_again_and_no_part_notices(home: Home, supervisor: Supervisor) -> None:
    goes_on(home)
    part, keeper = running(supervisor, "engine"), keeper_of(supervisor)
    keeper.kill()
    until(lambda: not keeper.is_running(), "its end")
    goes_on(home)
    assert running(supervisor, "engine") == part


def test_a_keeper_that_stands_still_holds_nobody_up(tmp_path: Path, home: Home) -> None:
    """The part says far more than all pipes and buffers take together, and says elsewhere that it came to the end."""
    begin, end = tmp_path / "begin", tmp_path / "end"
    code = f"""
import pathlib, time
while not pathlib.Path({str(begin)!r}).exists(): time.sleep(0.1)
for _ in range(300): print("x" * 100_000, flush=True)
pathlib.Path({str(end)!r}).touch()
while True: time.sleep(60)"""
    with Supervisor(home, [program("engine", code)]) as supervisor:
        keeper = until(lambda: keeper_of(supervisor), "the keeper")
        until(lambda: home.log("supervisor").exists(), "the keeper to keep")
        keeper.suspend()
        begin.touch()
        until(end.exists, "the part to say all of it")
        keeper.resume()
        goes_on_after_a_gap(home)


def goes_on_after_a_gap(home: Home) -> None:
    until(lambda: "nobody took in time, and that are lost" in home.log("supervisor").read_text(), "the log to say so")


def test_the_supervisors_log_says_what_became_of_each_part(home: Home, supervisor: Supervisor) -> None:
    part = running(supervisor, "engine")
    until(lambda: f"engine runs (process {part})" in home.log("supervisor").read_text(), "the line")
    os.kill(part, 9)
    until(lambda: f"engine ended by itself (process {part})" in home.log("supervisor").read_text(), "the line")


def test_events_are_read_by_characters_and_taken_one_by_one() -> None:
    first, second = "processname:portal\nZoë\n", "processname:portal\n→\n"
    text = "".join(f"ver:3.0 poolserial:{n} eventname:TICK_5 len:{len(t)}\n{t}" for n, t in enumerate((first, second)))
    answers = io.StringIO()
    assert [content for _, content in received(io.StringIO(text), answers)] == [first, second]
    assert answers.getvalue() == "READY\n" + "RESULT 2\nOKREADY\n" * 2


def test_events_that_nobody_took_in_time_are_told(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    keeper.keep({"poolserial": "3", "eventname": "TICK_5"}, "when:1")
    keeper.keep({"poolserial": "8", "eventname": "TICK_5"}, "when:2")
    assert (tmp_path / "supervisor.log").read_text().rstrip().endswith("lost: 4")
