"""What the last look at the jobs that wait has settled, so that the next question costs the portal next to nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST = 500
"""Jobs in one question."""
_EVERYTHING_AFTER = 12
"""After so many looks every job is decided again: days end and registers change without an event."""


@dataclass
class Settled:
    """Up to which event of the ledger everything is known, and of which jobs."""

    head: int | None = None
    jobs: frozenset[str] = frozenset()
    looks: int = 0

    def since(self, waiting: list[str]) -> int | None:
        """Return from where on events count; None when every job has to be decided again."""
        self.looks += 1
        if self.looks % _EVERYTHING_AFTER == 0 or not self.jobs.issuperset(waiting):
            return None
        return self.head

    def note(self, waiting: list[str], heads: Iterable[int], since: int | None) -> None:
        """Note how far the answers about these jobs go; without any it is as far as before."""
        self.head, self.jobs = min(heads, default=since), frozenset(waiting)

    def forget(self) -> None:
        """Let every job be decided again at the next look."""
        self.head = None


def parts(waiting: list[str]) -> Iterator[list[str]]:
    """Give the jobs a question at a time."""
    return (waiting[start : start + MOST] for start in range(0, len(waiting), MOST))
