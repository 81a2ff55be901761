"""One verification of the whole record at a time, beside the requests, with its progress and its result (ADR 0128)."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from consent_portal.clock import utc_now
from consent_portal.services.verifying import Progress, Report


class Examine(Protocol):
    """Walks the whole record, telling how far it is."""

    def __call__(self, *, progress: Progress) -> Report:
        """Return what was found."""


log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Standing:
    """How a verification stands.

    Attributes
    ----------
    done, total : int
        Entries walked, of how many; both 0 before the first word.
    ended_at : datetime or None
        When the last one ended, with what it found.
    failed : bool
        Whether the last one could not be brought to its end.
    """

    running: bool = False
    done: int = 0
    total: int = 0
    report: Report | None = None
    ended_at: datetime | None = None
    failed: bool = False


class Walk:
    """Starts a verification, and says how it stands."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing = Standing()

    @property
    def standing(self) -> Standing:
        """Return how it stands now."""
        return self._standing

    def start(self, examine: Examine) -> threading.Thread | None:
        """Begin unless one is going on, and return its thread."""
        with self._lock:
            if self._standing.running:
                return None
            self._standing = Standing(running=True)
        thread = threading.Thread(target=self._run, args=(examine,), name="verification", daemon=True)
        thread.start()
        return thread

    def _run(self, examine: Examine) -> None:
        try:
            report = examine(progress=self._told)
        except Exception as error:  # noqa: BLE001  (a thread has nobody to raise to; the page says that it failed)
            log.error("verification failed", kind=type(error).__name__)  # noqa: TRY400  (no texts in a log)
            self._standing = Standing(failed=True, ended_at=utc_now())
        else:
            self._standing = Standing(report=report, ended_at=utc_now())

    def _told(self, done: int, total: int) -> None:
        self._standing = Standing(running=True, done=done, total=total)
