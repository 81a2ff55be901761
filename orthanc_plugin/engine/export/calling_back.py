"""Destroys what a patient took back while it waited, within seconds and whoever asks (R19, R76; ADR 0130).

The hand-over decides again by itself, so nothing depends on this for safety; but a package that may no longer leave has
no business on the disk, and nobody should be told that it is ready. Every few seconds the portal is asked about all
jobs that may still leave, in one question which costs it next to nothing while its ledger has not grown.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from orthanc_plugin.engine.errors import EngineError, NotReadyError
from orthanc_plugin.engine.export.endings import Endings
from orthanc_plugin.engine.export.recording import is_being_told
from orthanc_plugin.engine.export.settled import Settled, parts
from orthanc_plugin.engine.jobs.store import Jobs, may_still_leave, waits_for_answer
from orthanc_plugin.engine.jobs.vault import DestroyedError
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.neighbours.called_back import CalledBackJob
from orthanc_plugin.engine.neighbours.portal import Portal


@dataclass(frozen=True)
class CallingBack:
    """Looks after the jobs that wait.

    Parameters
    ----------
    portal, jobs, endings
        Who knows, where jobs are kept, and how they end.
    poll_seconds
        Between two looks.
    """

    portal: Portal
    jobs: Jobs
    endings: Endings
    poll_seconds: float
    _known: Settled = field(default_factory=Settled, repr=False)
    _over: set[str] = field(default_factory=set, repr=False)
    _looking: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def start(self, *others: Callable[[], None]) -> None:
        """Look now and every few seconds, for as long as the engine lives; `others` look after it each time."""
        looks = (self.look, *others)
        threading.Thread(target=self._watch, args=(looks,), name="calling back", daemon=True).start()

    def _watch(self, looks: tuple[Callable[[], None], ...]) -> NoReturn:
        pause = threading.Event()
        while True:
            for look in looks:
                look()
            pause.wait(self.poll_seconds)

    def look(self) -> None:
        """Destroy what may no longer leave. Without an answer everything stays as it is: the hand-over decides again.

        Whoever comes while another looks does not look as well.
        """
        if not self._looking.acquire(timeout=1.0):
            return
        try:
            self._look()
        except EngineError as error:
            self._known.forget()
            log().info("not known what is called back", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001  # the edge of a thread that has to go on
            self._known.forget()
            log().error("what is called back could not be looked for", error=type(error).__name__)
        finally:
            self._looking.release()

    def _look(self) -> None:
        waiting = sorted(self._waiting())
        since = self._known.since(waiting)
        answers = [self.portal.called_back(some, since) for some in parts(waiting)]
        ended = [self._ended(part) for answer in answers for part in answer.called_back]
        self._known.note(waiting, (answer.head for answer in answers), since)
        if not all(ended):
            self._known.forget()

    def _waiting(self) -> Iterator[str]:
        for job in self.jobs.ids():
            if job in self._over:
                continue
            state = self.jobs.state(job)
            if state is not None and waits_for_answer(state):
                continue  # what was not permitted yet cannot be called back (`waiting`)
            if state is None or not may_still_leave(state):
                self._over.add(job)
            elif state.get("engine", self.jobs.executor_id) == self.jobs.executor_id:
                yield job

    def _ended(self, part: CalledBackJob) -> bool:
        """End one job; False when it is being handed over at this moment and has to be looked at again."""
        try:
            if self._is_being_sent(part.job):
                return False
            with self.jobs.claimed(part.job):
                self._end(part)
        except NotReadyError:
            return False
        except DestroyedError:  # it ends by itself at this moment
            return True
        return True

    def _is_being_sent(self, job: str) -> bool:
        """Say whether a push has told the portal that it goes: the portal's answer to that decides."""
        return self.jobs.case(job).destination is not None and is_being_told(self.jobs, job)

    def _end(self, part: CalledBackJob) -> None:
        state = self.jobs.state(part.job)
        if state is None or not may_still_leave(state):
            raise NotReadyError("the job is over, so its claim is given back")
        self.endings.recall(part.job, part.why())
