"""The second reader: Debian's tesseract, by its command (ADR 0162), started once and asked of picture after picture.

To start it takes .13 s of CPU, to read a picture without writing .02 s (ADR 0181).
"""

import atexit
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from threading import Lock
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_COLUMNS = 12  # of its table: level, page ... confidence, text
_PAGE = "1"  # the level of the row with which each page begins
_OPTIONS = ("stdin", "stdout", "--psm", "11", "-l", "eng", "-c", "stream_filelist=1", "tsv")


class SecondReaderMissingError(Exception):
    """tesseract is not installed, or does not run; the message says the next step."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was read, and how sure the reader is, 0 to 100."""

    text: str = field(repr=False)
    confidence: float
    line: tuple[str, ...]


def words(picture: NDArray[np.uint8]) -> Iterator[Word]:
    """Yield the words that tesseract reads in a grey picture, wherever they stand.

    Raises
    ------
    SecondReaderMissingError
    """
    for cells in _rows(picture):
        if cells[_COLUMNS - 1].strip():
            yield Word(cells[11].strip(), float(cells[10]), tuple(cells[2:5]))


class _Reader:
    """A tesseract that runs. After each picture it is given a blank one, whose row says that it is done."""

    def __init__(self) -> None:
        command = [*_programs(), *_OPTIONS]
        self.process, self._pages = os.getpid(), 0
        self._picture, self._blank = (os.fdopen(os.memfd_create(name), "wb") for name in ("picture", "blank"))
        _put(self._blank, np.full((32, 32), 255, np.uint8))
        ends = self._picture.fileno(), self._blank.fileno()
        self._names = "".join(f"/proc/self/fd/{end}\n" for end in ends).encode()
        pipe, quiet, alone = subprocess.PIPE, subprocess.DEVNULL, {**os.environ, "OMP_THREAD_LIMIT": "1"}
        self._run = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=quiet, pass_fds=ends, env=alone)
        self._asked, self._told = cast(IO[bytes], self._run.stdin), cast(IO[bytes], self._run.stdout)

    def rows(self, picture: NDArray[np.uint8]) -> list[list[str]]:
        """Return the rows of its table for one picture.

        Raises
        ------
        SecondReaderMissingError
            It ended, or told of another page than the one it was asked for.
        """
        _put(self._picture, picture)
        self._pages += 2
        with suppress(BrokenPipeError):
            self._asked.write(self._names)
            self._asked.flush()
        rows: list[list[str]] = []
        for line in self._told:
            cells = line.decode("utf-8", "replace").rstrip("\n").split("\t")
            if cells[:2] == [_PAGE, str(self._pages)] and rows:
                return rows
            if len(cells) == _COLUMNS and cells[0].isdigit():  # which the heading is not
                if cells[1] != str(self._pages - 1):
                    break
                rows.append(cells)
        raise SecondReaderMissingError("tesseract does not run; install tesseract-ocr with its English data")

    def close(self) -> None:
        """End it; a process that was forked from the one that started it only lets go of it."""
        if self.process == os.getpid():
            self._run.kill()
            self._run.wait()
        with suppress(BrokenPipeError):
            self._asked.close()
        for end in (self._told, self._picture, self._blank):
            end.close()


_lock = Lock()
_readers: list[_Reader] = []


def _rows(picture: NDArray[np.uint8]) -> list[list[str]]:
    with _lock:
        if _readers and _readers[0].process != os.getpid():
            end()
        if not _readers:
            _readers.append(_Reader())
        try:
            return _readers[0].rows(picture)
        except BaseException:  # where it stands is unknown, and what it tells next might be of this picture
            end()
            raise


def end() -> None:
    """End the reader of this process; the next picture starts another."""
    while _readers:
        _readers.pop().close()


atexit.register(end)
os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


def _put(file: IO[bytes], picture: NDArray[np.uint8]) -> None:
    made = BytesIO()
    Image.fromarray(picture).save(made, "PNG", compress_level=1)
    file.seek(0)
    file.truncate()
    file.write(made.getbuffer())
    file.flush()


@cache
def _programs() -> tuple[str, ...]:
    """Return the command, with what lets it tell each row at once."""
    at_once, reader = shutil.which("stdbuf"), shutil.which("tesseract")
    if reader is None:
        raise SecondReaderMissingError("tesseract is not installed: run make setup, or install tesseract-ocr")
    if at_once is None:
        raise SecondReaderMissingError("stdbuf is not installed, by which tesseract is asked: install coreutils")
    return at_once, "-oL", reader
