"""Lets Orthanc itself send a large package to a browser, where its Python plugin cannot stream.

Plugin 4.0 holds Python's lock while it sends an answer, and every request of every reader waits for that lock: a
large package on a slow line would stop direct care (H3). So the package is put where Orthanc's ServeFolders plugin
serves it natively, under a name nobody can guess, for the one person who may collect it, once, and for a few minutes
(docs/decisions/0017).
"""

import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from orthanc_plugin.gate.answers import Answer

ROUTE = "/packages"
LARGE_BYTES = 4 << 20
_UNCLAIMED_SECONDS = 600.0
_COLLECTED_SECONDS = 120.0
_SWEEP_SECONDS = 15.0
_RESERVED = "reserved"
_NAME = re.compile(r'filename="([A-Za-z0-9._-]{1,100})"')


@dataclass
class _Waiting:
    """Whose package it is, and until when its file stays."""

    user: str
    until: float
    collected: bool = False


class HandOver:
    """The packages that wait to be collected, in a folder that nobody else reads.

    Parameters
    ----------
    folder
        What ServeFolders serves as `ROUTE`; emptied when Orthanc starts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: dict[str, _Waiting] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="gate-handover", daemon=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)

    @classmethod
    def configured(cls, configuration: Mapping[str, Any]) -> "HandOver | None":
        """Return the hand-over of Orthanc's `configuration`, or None where ServeFolders does not serve it."""
        folder = configuration.get("ServeFolders", {}).get("Folders", {}).get(ROUTE)
        return cls(Path(folder)) if folder else None

    def start(self) -> None:
        """Start the thread that deletes what was collected or waited too long, whoever comes or does not come."""
        self._sweeper.start()

    def _sweep(self) -> None:
        while not self._stop.wait(_SWEEP_SECONDS):
            self.clear()

    @contextmanager
    def room(self, size: int) -> Iterator[str]:
        """Take the room for a package before anybody is asked for it: a package is given out once.

        Parameters
        ----------
        size
            Bytes.

        Yields
        ------
        str
            The token of the place, for `leave`; what is not left there goes at the end.

        Raises
        ------
        OSError
            Where there is no room for it; nothing of it stays.
        """
        token = secrets.token_urlsafe(32)
        folder = self._folder / token
        folder.mkdir(mode=0o700)
        try:
            with (folder / _RESERVED).open("wb") as out:
                os.posix_fallocate(out.fileno(), 0, max(size, 1))
            yield token
        finally:
            if token not in self._waiting:
                shutil.rmtree(folder, ignore_errors=True)

    def leave(self, user: str, token: str, answer: Answer, chunks: Iterator[bytes]) -> Answer:
        """Put a package down for `user` where room was taken for it, and return the way to it (303).

        Raises
        ------
        OSError
            Where it cannot be written all the same.
        """
        folder = self._folder / token
        named = _NAME.search(answer.headers.get("Content-Disposition", ""))
        name = named[1] if named else "package.zip"
        (folder / _RESERVED).rename(folder / name)
        with (folder / name).open("r+b") as out:
            for chunk in chunks:
                out.write(chunk)
            out.truncate()
        with self._lock:
            self._waiting[token] = _Waiting(user, time.monotonic() + _UNCLAIMED_SECONDS)
        return Answer(HTTPStatus.SEE_OTHER, headers={"Location": f"{ROUTE}/{token}/{name}"})

    def may_collect(self, user: str, token: str) -> bool:
        """Return whether `user` may have this package now; a second time is refused."""
        with self._lock:
            waiting = self._waiting.get(token)
            if waiting is None or waiting.user != user or waiting.collected:
                return False
            waiting.collected = True
            waiting.until = time.monotonic() + _COLLECTED_SECONDS
            return True

    def clear(self) -> None:
        """Delete what was collected or waited too long."""
        now = time.monotonic()
        with self._lock:
            over = [token for token, waiting in self._waiting.items() if waiting.until < now]
            for token in over:
                del self._waiting[token]
        for token in over:
            shutil.rmtree(self._folder / token, ignore_errors=True)

    def close(self) -> None:
        """Delete all of it, and end the thread."""
        self._stop.set()
        if self._sweeper.is_alive():
            self._sweeper.join()
        shutil.rmtree(self._folder, ignore_errors=True)
