"""How a job comes to stand still: ready, held, sent, fetched, recalled or failed; and what is destroyed then.

Whoever is told that nothing of a job was kept must find it so. Therefore what is to go goes first, and then one write
says it; a job that is cut off between the two is closed by the next start (`stranded`).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from time import time
from typing import Any

from orthanc_plugin.engine.errors import EngineError, Reason, RefusedError
from orthanc_plugin.engine.export import preparing, reasons
from orthanc_plugin.engine.export.preparing import Packed
from orthanc_plugin.engine.jobs import sealed
from orthanc_plugin.engine.jobs.not_released import counts, read_recorded
from orthanc_plugin.engine.jobs.store import HANDED_OVER, KEPT, Jobs, is_over
from orthanc_plugin.engine.logs import log

MOST_ROUNDS = 5
"""How often a job is de-identified, each time after people have looked at its images."""


_NOTHING: dict[str, Any] = {"package": None, "waiting_for": None, "waiting_images": 0}


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

    def note(self, job: str, packed: Packed, number: int = 1) -> None:
        """Write down what is left out; without anything to release, the job waits for a person or is held for good.

        Parameters
        ----------
        job, packed
            Which, and what became of its objects.
        number
            Of the round. What a round wrote down is not written once more, when the next may have begun.
        """
        if (self.jobs.state(job) or {}).get("round", 0) >= number:
            return
        case = self.jobs.case(job)
        not_released = read_recorded(packed["left"])
        listed = [asdict(part) for part in preparing.held_back(case, not_released)]
        waiting = packed.get("waiting", 0)
        noted = {
            "held_back": listed,
            "released": packed["released"],
            "waiting_images": waiting,
            **counts(not_released.values()),
        }
        if packed["released"]:
            self.jobs.update(job, progress=0.95, **noted)
        elif waiting and number < MOST_ROUNDS:
            self._wait(job, listed, waiting, {**noted, "round": number})
        else:
            first = reasons.TOO_OFTEN if waiting else reasons.NOTHING
            told = reasons.as_json([first, *reasons.of_held_back(listed)])
            self.jobs.destroy(job)
            self.jobs.update(job, state="held", progress=1.0, reasons=told, **{**noted, "waiting_images": 0})

    def _wait(self, job: str, listed: list[dict[str, Any]], waiting: int, noted: dict[str, Any]) -> None:
        """Let a job wait for a person; nothing of its objects stays, as Orthanc has the originals."""
        until = (self.jobs.state(job) or {})["held_until"]
        told = [reasons.held_for_a_person(waiting, until), *reasons.of_held_back(listed)]
        what = reasons.awaits_a_person(waiting)
        self.jobs.finish_bench(job)
        self.jobs.update(job, state="held", reasons=reasons.as_json(told), waiting_for=what, **noted)

    def ready(self, job: str, packed: Packed) -> None:
        """Let the package be fetched, for a while."""
        now = time()
        self.jobs.update(
            job,
            state="ready",
            progress=1.0,
            package=KEPT,
            package_sha256=packed["sha256"],
            package_bytes=sealed.length(self.jobs.package(job)),
            ready_at=now,
            expires_at=now + self.package_hours * 3600,
            reasons=[],
        )

    def owes_review(self, job: str, waiting_for: str) -> None:
        """Say that a second person has to look at it first, in one write: whoever reads it sees that it can go on."""
        self.jobs.update(job, state="held", reasons=reasons.as_json([reasons.OWED]), waiting_for=waiting_for)

    def goes_on(self, job: str) -> None:
        """Say that nobody has to look at it any more; what is sent or opened now is no longer held.

        What a second reviewer was shown is destroyed then, but for what is still to be sent.
        """
        if self.jobs.case(job).destination is None:
            self.jobs.finish_bench(job)
        self.jobs.update(job, state="running", reasons=[], waiting_for=None)

    def sent(self, job: str) -> None:
        """Say that a push arrived; there is nothing of it to be fetched, and never was."""
        told = reasons.as_json([reasons.SENT])
        self._tidy(job)
        self.jobs.update(job, state="ready", package=HANDED_OVER, progress=1.0, reasons=told)
        self._tidy(job)

    def handed(self, job: str) -> None:
        """Say that the package is on its way."""
        told = reasons.as_json([reasons.HANDED])
        self.jobs.update(job, package=HANDED_OVER, handed_over_at=time(), reasons=told)

    def finish(self, job: str) -> None:
        """Destroy what is kept of a package that was handed over."""
        self.jobs.package(job).unlink(missing_ok=True)
        self._tidy(job)

    def _tidy(self, job: str) -> None:
        """Destroy what is kept of a job that is over, but for what a late record still needs.

        The record looks whether the job is over after it has said that it is made, and this looks after the job was
        said to be over: whichever comes last destroys the rest.
        """
        self.jobs.finish_bench(job)
        if not (self.jobs.state(job) or {}).get("owes_record"):
            self.jobs.destroy(job)

    def close(self, job: str, error: EngineError) -> None:
        """End a job that cannot go on; nothing of it stays. One that was ended meanwhile stays as it was ended."""
        recalled = isinstance(error, RefusedError)
        self.jobs.destroy(job)
        if is_over(self.jobs.state(job)):
            return
        self.jobs.update(
            job,
            state="recalled" if recalled else "failed",
            released=0,
            reasons=reasons.as_json(reasons.of_error(error)),
            **_NOTHING,
        )
        log().warning("closed", job=job, state="recalled" if recalled else "failed", error=type(error).__name__)

    def abandon(self, job: str) -> None:
        """Close a job with which nobody goes on any more."""
        self.jobs.destroy(job)
        told = reasons.as_json([reasons.STRANDED])
        self.jobs.update(job, state="failed", reasons=told, released=0, **_NOTHING)
        log().warning("closed", job=job, state="failed", error="stranded")

    def recall(self, job: str, why: Iterable[Reason]) -> None:
        """Destroy what is kept of a job that nobody may have any more, however far it had come."""
        told = reasons.as_json(why)
        self.jobs.destroy(job)
        self.jobs.update(job, state="recalled", reasons=told, **_NOTHING)
        log().warning("recalled", job=job)
