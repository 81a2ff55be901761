"""How fast `aoa audit verify` walks the record, beside hashing alone."""

import hashlib
import time
from collections.abc import Callable, Iterator

from consent_portal.bench.figures import Figure
from consent_portal.ledger.continuity import Continuity
from consent_portal.services.verifying import examine

GOAL = 100_000.0
"""Entries a second: events and pieces of evidence, with the rows that they are about."""
_LINE = b"x" * 700
"""About as long as what is hashed of an event."""


def figures(continuity: Continuity, where: str, told: Callable[[int, int], None]) -> Iterator[Figure]:
    """Verify the whole record once."""
    computed, passed = time.process_time(), time.perf_counter()
    report = examine(continuity, progress=told)
    computed, passed = time.process_time() - computed, time.perf_counter() - passed
    if not report.whole:
        raise RuntimeError(f"The benchmark's own record is not whole: {report.faults[0]}.")
    entries = report.events.count + report.pieces
    name = f"audit verify on {where}, {entries:,} entries, computing"
    yield Figure(name, entries / computed, "/s", GOAL, more_is_better=True)
    yield Figure("  the same by the clock", entries / passed, "/s")
    yield Figure("  hashing alone", _hashes(), "/s")


def _hashes(count: int = 100_000) -> float:
    start = time.process_time()
    for _ in range(count):
        hashlib.sha256(_LINE).hexdigest()
    return count / (time.process_time() - start)
