"""Runs the short commands of the other parts that a start needs."""

import os
import subprocess
from collections.abc import Sequence

from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home

_LAST_LINES = 12


def environment(home: Home) -> dict[str, str]:
    """Return the environment of every part: this process's own, and where the settings are."""
    return {**os.environ, "AOA_SETTINGS": str(home.settings), "PYTHONUNBUFFERED": "1"}


def run(home: Home, command: Sequence[str], what: str) -> str:
    """Run `command` in the home and return what it wrote to standard output.

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
    done = subprocess.run(
        command,
        cwd=home.folder,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = last_lines(done.stdout + done.stderr)
        raise StackError(f"Could not {what} (exit code {done.returncode}). It said:\n{said}")
    return done.stdout


def last_lines(text: str) -> str:
    """Return the end of a long text, indented."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-_LAST_LINES:])
