"""Runs the short commands of the other parts that a start needs."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home

_LAST_LINES = 12
_TAIL = 64 * 1024  # bytes of a log that are read to quote its end
HELD_BACK = 3
"""Exit code of a command that is done but for something that must not be done now; its words say what."""


def environment(home: Home) -> dict[str, str]:
    """Return the environment of every part: this process's own, and where the settings are."""
    return {**os.environ, "AOA_SETTINGS": str(home.settings), "PYTHONUNBUFFERED": "1"}


def held_back(home: Home, command: Sequence[str], what: str) -> str:
    """Run `command` in the home and return why it held something back; empty where it did not.

    Parameters
    ----------
    home
        The installation.
    command
        Program and arguments.
    what
        What it is for, in words, for the message when it fails.

    Raises
    ------
    StackError
        If it fails; with its last words.
    """
    done = _done(home, command)
    if done.returncode not in {0, HELD_BACK}:
        raise _failed(done, what)
    return done.stderr.strip() if done.returncode == HELD_BACK else ""


def _done(home: Home, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=home.folder,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _failed(done: subprocess.CompletedProcess[str], what: str) -> StackError:
    said = last_lines(done.stdout + done.stderr)
    return StackError(f"Could not {what} (exit code {done.returncode}). It said:\n{said}")


def last_lines(text: str) -> str:
    """Return the end of a long text, indented."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-_LAST_LINES:])


def tail(log: Path) -> str:
    """Return the end of a log, indented, in one bounded read, whatever lies there under its name; never raises."""
    try:
        descriptor = os.open(log, os.O_RDONLY | os.O_NONBLOCK)  # what looks like a log may be a pipe
    except OSError as error:
        return f"    ({log.name} cannot be read: {error.strerror})"
    try:
        text = _end(descriptor).decode("utf-8", "replace").replace("\0", "")
    except OSError as error:
        return f"    ({log.name} cannot be read: {error.strerror})"
    finally:
        os.close(descriptor)
    return last_lines(text) or "    (empty)"


def _end(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    if size > _TAIL:
        os.lseek(descriptor, size - _TAIL, os.SEEK_SET)
    elif size:
        os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, _TAIL)
