"""How a job comes to stand still: ready, held, sent, fetched, recalled or failed; and what is destroyed then."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from time import time
from typing import Any

from orthanc_plugin.engine import preparing, reasons
from orthanc_plugin.engine.errors import EngineError, Reason, RefusedError
from orthanc_plugin.engine.jobs import Jobs
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.preparing import Left


def counts(left: Left) -> dict[str, int]:
    """Return how many objects are left out so far, by status."""
    kinds = [status for _, status, _ in left]
    return {"excluded": kinds.count("excluded"), "quarantined": kinds.count("quarantined")}


@dataclass(frozen=True)
class Endings:
    """Writes down how jobs end.

    Parameters
    ----------
    jobs
        Where jobs are kept.
    package_hours
        How long a finished package waits.
    """

    jobs: Jobs
    package_hours: float

    def note(self, job: str, packed: dict[str, Any]) -> None:
        """Write down what is left out; without anything to release, the job is held for good."""
        case = self.jobs.case(job)
        listed = [asdict(part) for part in preparing.held_back(case, packed["left"])]
        self.jobs.update(job, held_back=listed, released=packed["released"], progress=0.95, **counts(packed["left"]))
        if packed["released"] and case["destination"] is None:
            self.jobs.finish_bench(job)
        elif not packed["released"]:
            told = reasons.as_json([reasons.NOTHING, *reasons.of_held_back(listed)])
            self.jobs.update(job, state="held", progress=1.0, reasons=told)
            self.jobs.destroy(job)

    def ready(self, job: str, packed: dict[str, Any]) -> None:
        """Let the package be fetched, for a while."""
        now = time()
        self.jobs.update(
            job,
            state="ready",
            progress=1.0,
            package="kept",
            package_sha256=packed["sha256"],
            ready_at=now,
            expires_at=now + self.package_hours * 3600,
            reasons=[],
        )

    def owes_review(self, job: str, waiting_for: str) -> None:
        """Say that a second person has to look at it first, in one write: whoever reads it sees that it can go on."""
        self.jobs.update(job, state="held", reasons=reasons.as_json([reasons.OWED]), waiting_for=waiting_for)

    def sent(self, job: str) -> None:
        """Say that a push arrived."""
        self.jobs.update(job, state="ready", progress=1.0, reasons=reasons.as_json([reasons.SENT]))

    def handed(self, job: str) -> None:
        """Say that the package is on its way."""
        told = reasons.as_json([reasons.HANDED])
        self.jobs.update(job, package="handed over", handed_over_at=time(), reasons=told)

    def finish(self, job: str) -> None:
        """Destroy what is kept of a job that is over, but for what a late record still needs."""
        state = self.jobs.state(job) or {}
        self.jobs.update(job, package="handed over", progress=1.0)
        self.jobs.package(job).unlink(missing_ok=True)
        self.jobs.finish_bench(job)
        if not state.get("owes_record"):
            self.jobs.destroy(job)

    def close(self, job: str, error: EngineError) -> None:
        """End a job that cannot go on; nothing of it stays."""
        recalled = isinstance(error, RefusedError)
        self.jobs.update(
            job,
            state="recalled" if recalled else "failed",
            package=None,
            waiting_for=None,
            released=0,
            reasons=reasons.as_json(reasons.of_error(error)),
        )
        self.jobs.destroy(job)
        log().warning("closed", job=job, state="recalled" if recalled else "failed", error=type(error).__name__)

    def recall(self, job: str, why: Iterable[Reason]) -> None:
        """Destroy a finished package."""
        self.jobs.update(job, state="recalled", package=None, reasons=reasons.as_json(why))
        self.jobs.destroy(job)
        log().warning("recalled", job=job)
