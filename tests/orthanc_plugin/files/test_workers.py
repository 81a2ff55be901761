"""Work over several processes: in order, and never quietly incomplete.

Each scene plays in an interpreter of its own, as `aoa deidentify` does: there is no other thread when it forks.
"""

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orthanc_plugin.files.workers import spread
from tests.support.patience import until

ROOT = Path(__file__).parents[3]


def results_come_in_the_order_of_the_numbers() -> None:
    for workers in (1, 2, 4):
        assert list(spread(lambda number: number * number, 60, workers)) == [number**2 for number in range(60)]
    assert list(spread(lambda number: number, 0, 2)) == []


def _once_the_other_has_begun(in_the_other: Callable[[], None]) -> Callable[[int], int]:
    """Return a task that does something in the other process, and in this one waits until that has begun."""
    here, (reading, writing) = os.getpid(), os.pipe()
    waited = []

    def task(number: int) -> int:
        if os.getpid() != here:
            os.write(writing, b"x")
            in_the_other()
        elif not waited:
            waited.append(os.read(reading, 1))
        return number

    return task


def a_process_that_the_system_ends_is_an_error_and_no_gap() -> None:
    with pytest.raises(OSError, match="the system ended a process"):
        list(spread(_once_the_other_has_begun(lambda: os._exit(9)), 50, 2))


def _full(_: int = 0) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def an_error_of_the_system_in_another_process_ends_the_run() -> None:
    with pytest.raises(OSError, match="No space left"):
        list(spread(_once_the_other_has_begun(_full), 50, 2))


def an_error_here_leaves_no_process_behind() -> None:
    with pytest.raises(OSError, match="No space left"):
        list(spread(_full, 50, 2))
    assert multiprocessing.active_children() == []


def a_process_whose_employer_was_killed_begins_nothing_more() -> None:
    reading, writing = os.pipe()
    employer = os.fork()
    if not employer:
        here = os.getpid()

        def task(number: int) -> int:
            if os.getpid() == here:
                signal.pause()
            os.write(writing, b"x")
            until(lambda: os.getppid() != here, "the end of the employer")
            return number

        list(spread(task, 5, 2))
    os.close(writing)
    assert os.read(reading, 1) == b"x"
    os.kill(employer, signal.SIGKILL)
    os.waitpid(employer, 0)
    assert os.read(reading, 1) == b""  # the last one who could write has ended


SCENES = [
    results_come_in_the_order_of_the_numbers,
    a_process_that_the_system_ends_is_an_error_and_no_gap,
    an_error_of_the_system_in_another_process_ends_the_run,
    an_error_here_leaves_no_process_behind,
    a_process_whose_employer_was_killed_begins_nothing_more,
]


@pytest.mark.parametrize("scene", [scene.__name__ for scene in SCENES])
def test_over_several_processes(scene):
    command = [sys.executable, "-m", "tests.orthanc_plugin.files.test_workers", scene]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


if __name__ == "__main__":
    {scene.__name__: scene for scene in SCENES}[sys.argv[1]]()
