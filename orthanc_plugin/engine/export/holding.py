"""Jobs that wait for a person to look at their images: they go on by themselves, or end at their date (ADR 0172).

Nothing of them is on the bench meanwhile: Orthanc has the originals, and each round de-identifies anew.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import time

from orthanc_plugin.engine.errors import EngineError, NoSpaceError, RefusedError
from orthanc_plugin.engine.export import reasons
from orthanc_plugin.engine.export.endings import Endings
from orthanc_plugin.engine.export.telling import Telling, is_awaited, parts
from orthanc_plugin.engine.jobs.store import Jobs, waits_for_person
from orthanc_plugin.engine.jobs.vault import DestroyedError
from orthanc_plugin.engine.logs import log


@dataclass(frozen=True)
class Holding:
    """Looks after the jobs that wait for a person.

    Parameters
    ----------
    jobs, endings, telling
        Where jobs are kept, how they end, and what speaks with the portal about images.
    begin
        Enqueues a round of a job.
    """

    jobs: Jobs
    endings: Endings
    telling: Telling
    begin: Callable[[str, int], None]
    _waits: set[str] = field(default_factory=set, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def resume(self) -> None:
        """Take up what waited when the engine was stopped."""
        for job in self.jobs.ids():
            self.keep(job)

    def keep(self, job: str) -> None:
        """Look after a job from now on, if it waits for a person."""
        if self._is_ours(job):
            with self._lock:
                self._waits.add(job)

    def _is_ours(self, job: str) -> bool:
        state = self.jobs.state(job) or {}
        return waits_for_person(state) and state.get("engine", self.jobs.executor_id) == self.jobs.executor_id

    def look(self) -> None:
        """Go on with what everybody has looked at, end what is past its date. Without an answer nothing changes."""
        try:
            waiting = self._waiting()
            self._end_old(waiting)
            for job in self._decided([job for job in waiting if self._is_ours(job)]):
                self._go_on(job)
        except EngineError as error:
            log().info("not known which images were looked at", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001  # the edge of a thread that has to go on
            log().error("which images were looked at could not be asked", error=type(error).__name__)

    def _waiting(self) -> list[str]:
        with self._lock:
            self._waits.difference_update([job for job in self._waits if not self._is_ours(job)])
            return sorted(self._waits)

    def _decided(self, jobs: list[str]) -> list[str]:
        """Return the jobs of which no image waits any more: one question about the studies of all of them."""
        noted = {}
        for job in jobs:
            try:
                noted[job] = self.telling.waited_for(job)
            except DestroyedError:  # it ends by itself at this moment
                continue
        studies = sorted({study for each in noted.values() for study in each["studies"]})
        answers = [self.telling.portal.decided_images(some, soon=True) for some in parts(studies)]
        return [job for job, each in noted.items() if not is_awaited(each, answers)]

    def _go_on(self, job: str) -> None:
        """Enqueue the next round, then say so: cut off between the two, the same round is enqueued again."""
        state = self.jobs.state(job)
        if state is None or not waits_for_person(state):
            return
        before = {"state": "held", "round": state["round"]}
        self.begin(job, state["round"] + 1)
        self.jobs.move_on(job, before, state="queued", reasons=[], waiting_for=None, waiting_images=0)
        log().info("goes on after a person looked", job=job)

    def _end_old(self, waiting: list[str]) -> None:
        for job in waiting:
            state = self.jobs.state(job) or {}
            if waits_for_person(state) and time() > state["held_until"]:
                try:
                    self.endings.close(job, RefusedError("deny", [reasons.nobody_looked(self.telling.held_days)]))
                except NoSpaceError:
                    log().error("a job that waited too long could not be closed", job=job, error="NoSpaceError")
