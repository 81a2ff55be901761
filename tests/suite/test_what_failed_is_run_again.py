"""`make test` runs what failed once more, alone: it names what was unsteady, and fails for what fails twice."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.support.patience import until

ROOT = Path(__file__).parents[2]
UNSTEADY = """
    from pathlib import Path
    import pytest

    @pytest.mark.parametrize("case", ["a::b [c]/d"])
    def test_fails_at_first(case):
        been = Path(__file__).with_name("been")
        been.touch() if (first := not been.exists()) else None
        assert not first

    @pytest.fixture
    def leaves_badly():
        yield
        gone = Path(__file__).with_name("gone")
        gone.touch() if (first := not gone.exists()) else None
        assert not first

    def test_ends_badly_at_first(leaves_badly): pass
    def test_passes(): pass
    def test_is_left_out(): pytest.skip("it is no matter here")
"""
UNSTEADY_NAMES = ("test_some.py::test_fails_at_first[a::b [c]/d]", "test_some.py::test_ends_badly_at_first")


@dataclass(frozen=True)
class Ended:
    code: int
    lines: list[str]

    @property
    def runs(self) -> int:
        return sum("test session starts" in line for line in self.lines)

    def says(self, words: str) -> bool:
        return any(words in line for line in self.lines)


def begun(folder: Path, tests: str, *given: str) -> subprocess.Popen[str]:
    """Run `tests` as `make test` does, in a session as of a terminal."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    lines = tests.splitlines()
    (folder / "test_some.py").write_text("\n".join(line.removeprefix("    ") for line in lines) + "\n")
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.Popen(
        [sys.executable, ROOT / "scripts" / "steady", *given],
        cwd=folder,
        env=bare,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def ended(running: subprocess.Popen[str]) -> Ended:
    said, _ = running.communicate()
    return Ended(running.returncode, said.splitlines())


def ran(folder: Path, tests: str, *given: str) -> Ended:
    return ended(begun(folder, tests, *given))


def test_where_all_pass_it_is_pytest_as_ever(tmp_path: Path) -> None:
    done = ran(tmp_path, "def test_passes(): pass")
    assert (done.code, done.runs) == (0, 1)
    assert "1 passed in" in done.lines[-1]


@pytest.mark.parametrize("given", [(), ("-n", "2", "--dist", "worksteal")])
def test_what_fails_once_is_named_unsteady_and_the_run_passes(tmp_path: Path, given: tuple[str, ...]) -> None:
    done = ran(tmp_path, UNSTEADY, *given, "test_some.py")
    assert (done.code, done.runs) == (0, 2)
    named = {line.removeprefix("UNSTEADY ").rpartition(" - ")[0] for line in done.lines[-3:-1]}
    assert named == set(UNSTEADY_NAMES)
    assert done.says("2 passed in")  # the second run: those two and nothing else
    assert "3 passed, 1 skipped, 2 unsteady in" in done.lines[-1]


def test_what_fails_twice_fails_the_run_and_the_unsteady_are_named_beside_it(tmp_path: Path) -> None:
    done = ran(tmp_path, UNSTEADY + "\n    def test_fails(): assert 0")
    assert (done.code, done.runs) == (1, 2)
    assert done.says("FAILED test_some.py::test_fails - did not pass alone either")
    assert all(done.says(f"UNSTEADY {name} ") for name in UNSTEADY_NAMES)
    assert "1 failed, 3 passed, 1 skipped, 2 unsteady in" in done.lines[-1]


def test_what_is_left_out_the_second_time_has_not_passed(tmp_path: Path) -> None:
    tests = UNSTEADY.replace("assert not first", "assert not first; pytest.skip('now')", 1)
    done = ran(tmp_path, tests)
    assert done.code == 1
    assert done.says(f"FAILED {UNSTEADY_NAMES[0]} - did not pass alone either")


FINAL = {
    "a test that cannot be collected": ("import nowhere", (), 2, "test_some.py cannot be collected"),
    "the same beside workers": (UNSTEADY + "\n    import nowhere", ("-n", "1"), 1, "test_some.py cannot be collected"),
    "a worker that crashes": ("def test_crash(): __import__('os')._exit(0)", ("-n", "1"), 1, "a worker crashed"),
    "pytest that crashes": ("def test_crash(): __import__('os')._exit(0)", (), 1, "pytest ended without a result"),
    "a run that was stopped": (UNSTEADY, ("-x",), 1, "the run was stopped before its end"),
    "an interruption": ("def test_stop(): raise KeyboardInterrupt", (), 2, "KeyboardInterrupt"),
    "no test": ("", (), 5, "no tests ran"),
    "a wrong option": (UNSTEADY, ("--nonesuch",), 4, "unrecognized arguments"),
    "too many failures": (
        "import pytest\n@pytest.mark.parametrize('n', range(21))\ndef test_many(n): assert 0",
        (),
        1,
        "21 tests failed, more than 20",
    ),
    "a fault of pytest": (
        "import pytest\n@pytest.fixture\ndef bad(request): request.node.ihook.pytest_runtest_logreport = 1\n"
        "def test_one(bad): assert 0",
        (),
        3,
        "INTERNALERROR",
    ),
}


@pytest.mark.parametrize(("tests", "given", "code", "says"), FINAL.values(), ids=FINAL)
def test_anything_else_that_goes_wrong_fails_at_once(
    tmp_path: Path, tests: str, given: tuple[str, ...], code: int, says: str
) -> None:
    done = ran(tmp_path, tests, *given)
    assert done.code == code, "\n".join(done.lines)
    assert done.runs <= 1
    assert done.says(says), "\n".join(done.lines)
    assert not done.says("UNSTEADY")


WAITING = """
    import os, pathlib, pytest, signal
    @pytest.fixture
    def started():
        yield
        pathlib.Path("put-away").touch()
    def test_waits(started):
        pathlib.Path("begun").write_text(str(os.getpid()))
        signal.pause()
"""


def test_ctrl_c_leaves_pytest_the_time_to_end_what_its_tests_started(tmp_path: Path) -> None:
    running = begun(tmp_path, WAITING)
    until((tmp_path / "begun").exists, "the test to begin")
    os.killpg(running.pid, signal.SIGINT)
    done = ended(running)
    assert done.code == 2
    assert done.says("KeyboardInterrupt")
    assert (tmp_path / "put-away").exists()


def test_a_run_that_is_ended_takes_pytest_with_it(tmp_path: Path) -> None:
    running = begun(tmp_path, WAITING)
    until(lambda: (tmp_path / "begun").exists() and (tmp_path / "begun").read_text(), "the test to begin")
    running.terminate()
    assert ended(running).code != 0
    assert not psutil.pid_exists(int((tmp_path / "begun").read_text()))


def test_make_test_is_this_run() -> None:
    assert "$(BIN)/python scripts/steady $(PYTEST_ARGS)" in (ROOT / "Makefile").read_text("utf-8")
