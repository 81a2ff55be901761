"""Walks the chain of events in a process of its own, while the evidence is walked: the two need nothing of each other.

What it is told comes by its standard input, since the database's address may hold a password. Where it cannot be
started, or does not answer, the events are walked as they would be without it (ADR 0158).
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import structlog

from consent_portal.database import Database
from consent_portal.ledger import store
from consent_portal.ledger.chain import Verification

WORTH_IT = 100_000
"""Events from which on a second process saves more than it takes to start."""
CORES = 2
log = structlog.get_logger(__name__)
Walk = Callable[[], Verification]


@contextmanager
def walking(database: Database, head: str, last: int, otherwise: Walk) -> Iterator[Walk]:
    """Begin, where it is worth it, and give what waits for the end.

    Parameters
    ----------
    last : int
        Number of the last event; what is recorded meanwhile is walked another time.
    otherwise : callable
        Walks the events here.
    """
    process = _started(database, head, last) if last >= WORTH_IT and (os.cpu_count() or 1) >= CORES else None
    try:
        yield otherwise if process is None else lambda: _answer(process) or otherwise()
    finally:
        if process is not None:
            process.kill()
            process.wait()
            process.stdout.close()  # type: ignore[union-attr]  # asked for below


def _started(database: Database, head: str, last: int) -> "subprocess.Popen[str] | None":
    command = [sys.executable, "-m", __name__]
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process.stdin.write(json.dumps({"url": database.url, "head": head, "last": last}))  # type: ignore[union-attr]  # asked for above
        process.stdin.close()  # type: ignore[union-attr]  # as above
    except OSError as error:
        log.warning("events are walked here", kind=type(error).__name__)
        return None
    return process


def _answer(process: "subprocess.Popen[str]") -> Verification | None:
    answer = process.stdout.read()  # type: ignore[union-attr]  # asked for above
    try:
        return Verification(**json.loads(answer))
    except (ValueError, TypeError) as error:
        log.warning("events are walked here", kind=type(error).__name__)
        return None


def main() -> None:
    """Walk, and write what was found to standard output."""
    asked = json.load(sys.stdin)
    database = Database(asked["url"])
    with database.reading(whole=True) as session:
        found = store.verify_ledger(session, asked["head"], last=asked["last"])
    database.close()
    print(json.dumps(asdict(found)))  # noqa: T201  (whoever started it reads it)


if __name__ == "__main__":
    main()
