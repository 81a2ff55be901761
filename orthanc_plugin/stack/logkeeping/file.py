"""One log file: bounded in size, and a line that cannot be written is counted instead of ending anything (F19)."""

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass
class _Missing:
    """The lines that could not be written since the last one that could."""

    since: str
    because: str
    lines: int = 0


class LogFile:
    """A log that costs lines, never a process, when it cannot be written.

    It is opened for each writing: a file that was moved away, a disk that was full or read-only and a folder that was
    gone are found anew every time.

    Parameters
    ----------
    path
        The log; ``path.1`` is the one before it, and so on.
    most_bytes
        From this size on a new file is begun.
    older
        How many older files are kept.
    """

    def __init__(self, path: Path, most_bytes: int, older: int) -> None:
        self._path, self._most_bytes, self._older = path, most_bytes, older
        self._missing: _Missing | None = None

    def write(self, lines: Sequence[str]) -> None:
        """Append lines, after a word about those that are missing; lines that cannot be written are counted."""
        try:
            self._append("".join(f"{line}\n" for line in [*self._note(), *lines]).encode("utf-8", "replace"))
        except OSError as error:
            self._missing = self._missing or _Missing(now(), error.strerror or type(error).__name__)
            self._missing.lines += len(lines)
        else:
            self._missing = None

    def catch_up(self) -> None:
        """Say how many lines are missing, as soon as that can be written."""
        if self._missing:
            self.write([])

    def _note(self) -> list[str]:
        if self._missing is None:
            return []
        return [
            f"{now()} lines that are missing here: {self._missing.lines}; from {self._missing.since} on this log could "
            f"not be written ({self._missing.because})"
        ]

    def _append(self, data: bytes) -> None:
        """Write all of `data` or, where there is no room for all of it, nothing."""
        # Not blocking: a pipe that somebody put in the place of a log must not hold the keeper up.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, 0o600)
        try:
            state = os.fstat(descriptor)
            self._write(descriptor, data, state.st_size)
        finally:
            os.close(descriptor)
        if stat.S_ISREG(state.st_mode) and state.st_size + len(data) >= self._most_bytes:
            self._begin_anew()

    @staticmethod
    def _write(descriptor: int, data: bytes, start: int) -> None:
        try:
            while data:
                data = data[os.write(descriptor, data) :]
        except OSError:
            with suppress(OSError):  # the fault that is raised below is the one to tell
                os.ftruncate(descriptor, start)
            raise

    def _begin_anew(self) -> None:
        """Move this file and the older ones on by one; where that fails the file grows until it can be done."""
        names = [self._path, *(Path(f"{self._path}.{number}") for number in range(1, self._older + 1))]
        with suppress(OSError):
            for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
                if newer.exists():
                    newer.replace(older)


def now() -> str:
    """Return the time for a line of our own."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
