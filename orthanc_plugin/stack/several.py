"""Several commands of `aoa` in one process: the portal's part takes two seconds to load, a command a fraction of one.

`python -m orthanc_plugin.stack.several` reads a list of groups of argument lists from standard input, as JSON, and
writes a line of JSON for each group: the exit code of its last command, and what that said.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import NamedTuple

from orthanc_plugin.stack import tools
from orthanc_plugin.stack.errors import StackError
from orthanc_plugin.stack.home import Home

_GOES_ON = {0, tools.HELD_BACK}


class Done(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    said: str


def run(home: Home, groups: Sequence[Sequence[Sequence[str]]]) -> Iterator[None]:
    """Run groups of commands of `aoa` one after the other, and return after each group.

    Parameters
    ----------
    home
        The installation.
    groups
        The arguments of each command.

    Raises
    ------
    StackError
        If one fails; with its last words, and those that follow are not run.
    """
    with subprocess.Popen(
        [sys.executable, "-m", __spec__.name],
        cwd=home.folder,
        env=tools.environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None  # noqa: S101  (both are pipes)
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(json.dumps(groups))
            process.stdin.close()
            for group in groups:
                _check(group, process.stdout.readline())
                yield
        except BaseException:
            process.kill()
            raise


def _check(group: Sequence[Sequence[str]], answer: str) -> None:
    done = Done(*json.loads(answer)) if answer else Done(1, "(nothing: it was ended)")
    if done.code not in _GOES_ON:
        verbs = ", ".join(" ".join(line[:2]) for line in group)
        said = tools.last_lines(done.said)
        raise StackError(f"Could not run `aoa` for: {verbs} (exit code {done.code}). It said:\n{said}")


def _done(group: Sequence[Sequence[str]]) -> Done:
    """Run a group up to the first that fails."""
    done = Done(0, "")
    for line in group:
        done = _one(line)
        if done.code not in _GOES_ON:
            break
    return done


def _one(line: Sequence[str]) -> Done:
    from orthanc_plugin.cli import build  # noqa: PLC0415  (of use only in the process that runs them)

    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            build().main(list(line), prog_name="aoa")
        except SystemExit as ended:
            return Done(ended.code if isinstance(ended.code, int) else 1, said.getvalue())
    return Done(0, said.getvalue())


def main() -> None:
    """Run what standard input lists, up to the first that fails."""
    for group in json.load(sys.stdin):
        done = _done(group)
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()
        if done.code not in _GOES_ON:
            return


if __name__ == "__main__":
    main()
