"""`python -m orthanc_plugin.stack.logkeeping FOLDER`: writes the logs, as an event listener of supervisord.

supervisord only hands on what the parts say and drops what nobody takes, so neither a full disk nor the end of this
process ends anything else (docs/decisions/0133).
"""

import sys
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from orthanc_plugin.stack.logkeeping.keeper import Keeper


def main(folder: Path) -> None:
    """Keep the logs in `folder` until supervisord closes the line."""
    if isinstance(sys.stdin, TextIOWrapper):  # supervisord counts characters, so none may be changed or dropped
        sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    keeper = Keeper(folder)
    for facts, content in received(sys.stdin, sys.stdout):
        keeper.keep(facts, content)


def received(asked: TextIO, answers: TextIO) -> Iterator[tuple[Mapping[str, str], str]]:
    """Yield the head and the content of each event, and say that it was taken (supervisord's listener protocol)."""
    answers.write("READY\n")
    answers.flush()
    while head := asked.readline():
        facts = facts_of(head)
        yield facts, asked.read(int(facts["len"]))
        answers.write("RESULT 2\nOKREADY\n")
        answers.flush()


def facts_of(line: str) -> dict[str, str]:
    """Return the ``name:value`` pairs of a line."""
    return dict(pair.split(":", 1) for pair in line.split())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
