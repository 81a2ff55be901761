"""How fast `aoa audit verify` walks the record, beside hashing alone."""

import hashlib
import os
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
    """Verify the whole record once; of its two processes the one counts that computes longer."""
    before, passed = os.times(), time.perf_counter()
    report = examine(continuity, progress=told)
    computed, passed = _longer(before, os.times()), time.perf_counter() - passed
    if not report.whole:
        raise RuntimeError(f"The benchmark's own record is not whole: {report.faults[0]}.")
    entries = report.events.count + report.pieces
    name = f"audit verify on {where}, {entries:,} entries, computing"
    yield Figure(name, entries / computed, "/s", GOAL, more_is_better=True)
    yield Figure("  the same by the clock", entries / passed, "/s")
    yield Figure("  hashing alone", _hashes(), "/s")


def _longer(before: os.times_result, after: os.times_result) -> float:
    """Return the seconds computed by this process, or by the other where that computed longer."""
    own = after.user + after.system - before.user - before.system
    other = after.children_user + after.children_system - before.children_user - before.children_system
    return max(own, other)


def _hashes(count: int = 100_000) -> float:
    start = time.process_time()
    for _ in range(count):
        hashlib.sha256(_LINE).hexdigest()
    return count / (time.process_time() - start)
