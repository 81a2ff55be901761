"""Run pytest, and what failed once more, alone: `python scripts/steady [what pytest is given]` (ADR 0115).

A test that fails among others and passes alone is *unsteady*: the last lines name it, and the run passes. A test that
fails twice fails the run. Anything else that goes wrong is final at once: a test that cannot be collected, a crash, an
interruption, no test at all, or more failures than a busy moment explains.
"""

import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from record import FAILED, PASSED, UNFINISHED, Record

_RECORDER = Path(__file__).with_name("record.py")
_ALONE = ("-n", "0")
_WIDTH = 80


def main(given: Sequence[str]) -> int:
    """Return the exit code of pytest, or 0 where all that failed passes alone."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder, "first"), Path(folder, "second")
        code = _pytest(first, given)
        found = Record.read(first)
        if code != 1 or found.why_final():
            return _at_once(found, code)
        _say(_line(f"{len(found.having(FAILED))} failed: run again, alone"))
        code = _pytest(second, [*given, *_ALONE], "--again", str(first))
        again = Record.read(second)
    return _told(found, again, code, time.monotonic() - began)


def _pytest(file: Path, given: Sequence[str], *again: str) -> int:
    command = [
        sys.executable,
        "-P",
        _RECORDER,
        *again,
        "--",
        file,
        *given,
    ]  # -P: this folder is on no path of the tests
    with subprocess.Popen(command) as pytest:
        signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches pytest too, which ends what its tests started
        signal.signal(signal.SIGTERM, lambda *_: pytest.terminate())
        return pytest.wait()


def _at_once(found: Record, code: int) -> int:
    """Add that pytest said nothing; and a run with a fault has failed, whatever its exit code."""
    if found.faults == [UNFINISHED]:
        _say(_line(UNFINISHED))
    return code or int(bool(found.faults))


def _told(first: Record, second: Record, code: int, seconds: float) -> int:
    """Name what was unsteady and what failed twice, and close as pytest does, with the figures of both runs."""
    steady_now = set(second.having(PASSED))
    unsteady = [test for test in first.having(FAILED) if test in steady_now]
    twice = [test for test in first.having(FAILED) if test not in steady_now]
    _name("UNSTEADY", "failed among the others, passed alone", unsteady)
    _name("FAILED", "did not pass alone either", twice)
    last = first.outcomes | dict.fromkeys(unsteady, PASSED)
    figures = [f"{many} {outcome}" for outcome, many in sorted(Counter(last.values()).items())]
    figures += [f"{len(unsteady)} unsteady"] if unsteady else []
    lasted = f"{seconds:.2f}s ({timedelta(seconds=int(seconds))})"
    _say(_line(f"{', '.join(figures)} in {lasted}"))
    return 1 if twice else code


def _name(word: str, meaning: str, tests: Iterable[str]) -> None:
    _say(*(f"{word} {test} - {meaning}" for test in tests))


def _line(text: str) -> str:
    return f" {text} ".center(_WIDTH, "=")


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
