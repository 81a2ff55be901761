"""What ready.json tells is whole from its first moment, and from then on to be stopped is an orderly end."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from orthanc_plugin.stack import up
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home
from orthanc_plugin.stack.interrupt import StopRequested
from orthanc_plugin.stack.ready import Ready
from orthanc_plugin.stack.screen import Screen
from orthanc_plugin.stack.supervision import Part

PARTS = ("portal", "engine", "orthanc")


class Told:
    """Stands for the supervisor: tells the process ids of the parts, one look after the other, and then ends."""

    pid = 1

    def __init__(self, *looks: tuple[int, ...]) -> None:
        self.looks = list(looks)

    def alive(self) -> bool:
        return bool(self.looks)

    def own_words(self) -> str:
        return "out of memory"

    def look(self) -> dict[str, Part]:
        return {name: Part(name, "RUNNING", pid) for name, pid in zip(PARTS, self.looks.pop(0), strict=False)}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(up, "_WATCH", 0.0)
    made = Home.at(tmp_path / "home")
    made.make_folders()
    return made


@pytest.fixture
def screen() -> Screen:
    return Screen(Console(record=True, width=300, file=io.StringIO()))


def test_a_part_that_is_just_starting_anew_is_waited_for_so_that_ready_names_every_process(home: Home) -> None:
    pids = up._pids_of_all(home, Told((), (2, 3), (2, 0, 4), (2, 3, 4), (9, 9, 9)))
    assert pids == {"portal": 2, "engine": 3, "orthanc": 4}


def test_a_supervisor_that_ends_meanwhile_is_told(home: Home) -> None:
    with pytest.raises(StackError, match=r"ended by itself.*\s.*out of memory"):
        up._pids_of_all(home, Told((2, 0, 4)))


def test_whoever_stops_it_in_the_moment_of_the_announcement_gets_an_orderly_end(
    home: Home, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: str) -> None:
        raise StopRequested

    monkeypatch.setattr(screen, "say", stopped)
    up._announce_and_watch(home, Ready("http://a", "http://b", "AET", 4242), Told((2, 3, 4)), screen)


def test_a_ready_file_that_cannot_be_written_later_is_told_once_and_takes_nothing_down(
    home: Home, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = Ready("http://a", "http://b", "AET", 4242, dict.fromkeys(PARTS, 1))
    write = Ready.write

    def full(made: Ready, where: Home) -> None:
        if made.pids["engine"] == 3:
            raise OSError(28, "No space left on device")
        write(made, where)

    monkeypatch.setattr(Ready, "write", full)
    with pytest.raises(StackError, match="ended by itself"):
        up._announce_and_watch(home, ready, Told((1, 1, 1), (2, 3, 4), (2, 3, 4), (2, 5, 4)), screen)
    assert screen.console.export_text().count("No space left on device") == 1
    assert json.loads(home.ready.read_text())["pids"]["engine"] == 5
