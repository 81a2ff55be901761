"""A log costs lines, never a process: whatever cannot be written is counted, and told when there is room again."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orthanc_plugin.stack.logkeeping.file import LogFile

MISSING = r"lines that are missing here: (\d+); from \S+ on this log could not be written \((.*)\)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "part.log"


def log(path: Path, most_bytes: int = 1000, older: int = 2) -> LogFile:
    return LogFile(path, most_bytes, older)


def full_disk(path: Path) -> None:
    path.symlink_to("/dev/full")


def no_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


def a_pipe_that_nobody_reads(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("obstacle", [full_disk, a_pipe_that_nobody_reads, a_folder])
def test_what_cannot_be_written_is_counted_and_told_in_the_log_once_it_can(path: Path, obstacle) -> None:
    kept = log(path)
    obstacle(path)
    kept.write(["one", "two"])
    kept.write(["three"])
    path.rmdir() if path.is_dir() else path.unlink()
    kept.write(["four"])
    note, last = path.read_text().splitlines()
    assert re.search(MISSING, note)[1] == "3"
    assert last == "four"


def test_the_log_says_why_lines_are_missing_even_if_nothing_more_is_said(path: Path) -> None:
    kept = log(path)
    full_disk(path)
    kept.write(["one"])
    kept.catch_up()
    path.unlink()
    kept.catch_up()
    kept.catch_up()
    (note,) = path.read_text().splitlines()
    assert re.search(MISSING, note).groups() == ("1", "No space left on device")


def test_a_folder_that_was_gone_is_found_again(path: Path) -> None:
    kept = log(path)
    no_folder(path)
    kept.write(["one"])
    path.parent.mkdir()
    kept.catch_up()
    assert "missing here: 1;" in path.read_text()


def test_a_file_that_may_not_grow_keeps_whole_lines_only(path: Path) -> None:
    """In a process of its own, which the kernel holds to files of 100 bytes (EFBIG)."""
    code = (
        "import resource, sys; from pathlib import Path; from orthanc_plugin.stack.logkeeping.file import LogFile\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))\n"
        "kept = LogFile(Path(sys.argv[1]), 9999, 1)\n"
        "for number in range(9): kept.write([f'line {number} ' + 'x' * 30])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2); kept.catch_up()\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    *whole, note = path.read_text().splitlines()
    assert [line[:6] for line in whole] == ["line 0", "line 1"]
    assert re.search(MISSING, note).groups() == ("7", "File too large")


def test_a_log_is_bounded_and_the_older_ones_are_kept_in_order(path: Path) -> None:
    kept = log(path, most_bytes=100, older=2)
    for number in range(38):
        kept.write([f"line {number:02} of twenty bytes"])
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["part.log", "part.log.1", "part.log.2"]
    assert all(file.stat().st_size < 200 for file in files)
    lines = "".join((path.parent / name).read_text() for name in ("part.log.2", "part.log.1", "part.log")).splitlines()
    assert lines == sorted(lines)
    assert lines[-1].startswith("line 37")


def test_a_log_that_was_moved_away_is_begun_anew(path: Path) -> None:
    kept = log(path)
    kept.write(["before"])
    path.rename(path.with_suffix(".away"))
    kept.write(["after"])
    assert path.read_text() == "after\n"
