"""Exports that wait for what a patient answers: kept sealed, decided anew when the question is answered (ADR 0154).

What was asked for, what was attested and by whom stand as they were given; the consent portal alone says whether it
may leave. Until then nothing is read from Orthanc but who a study is about, and nothing is worked on.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from time import time
from typing import Any

from orthanc_plugin.engine.errors import EngineError, FaultsError, NoSpaceError, RefusedError, WaitingError
from orthanc_plugin.engine.export import reasons
from orthanc_plugin.engine.export.asking import ask, subjects_now
from orthanc_plugin.engine.export.endings import Endings
from orthanc_plugin.engine.export.preparing import Preparing
from orthanc_plugin.engine.export.request import Asked
from orthanc_plugin.engine.export.settled import Settled, parts
from orthanc_plugin.engine.jobs.case import Case, UnreadableCaseError, Verdict
from orthanc_plugin.engine.jobs.store import Jobs, waits_for_answer
from orthanc_plugin.engine.jobs.vault import DestroyedError
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.neighbours.archive import Archive, Selection
from orthanc_plugin.engine.neighbours.portal import Portal
from orthanc_plugin.engine.treatment import labelling

_DAY = 86400.0
_SAME = ("request", "objects", "passphrase", "destination", "label", "reports", "window")
"""What must agree for two requests to be one."""


def case_of(asked: Asked, selections: list[Selection], verdict: Verdict | None, warnings: list[str]) -> Case:
    """Return what is sealed about a job. An export that waits has no verdict yet."""
    return Case(
        request=asked.request,
        subjects=tuple(part.subject for part in selections),
        objects=tuple(planned for part in selections for planned in part.instances),
        verdict=verdict,
        passphrase=asked.passphrase,
        destination=asked.destination,
        label=asked.label,
        reports=asked.reports,
        window=asked.window,
        warnings=tuple(warnings),
    )


@dataclass(frozen=True)
class Waiting:
    """Keeps the exports that wait for an answer, and goes on with them or ends them.

    Parameters
    ----------
    portal, archive, jobs, endings, work
        Who decides, where the studies and the jobs are, how jobs end, and what does the work.
    begin
        Enqueues the work of a job that may leave.
    answer_days
        How long an export waits.
    """

    portal: Portal
    archive: Archive
    jobs: Jobs
    endings: Endings
    work: Preparing
    begin: Callable[[str], None]
    answer_days: float
    _known: Settled = field(default_factory=Settled, repr=False)
    _waits: set[str] = field(default_factory=set, repr=False)
    _deciding: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def resume(self) -> None:
        """Take up what waited when the engine was stopped."""
        self._waits.update(job for job in self.jobs.ids() if self._is_ours(job))

    def _is_ours(self, job: str) -> bool:
        state = self.jobs.state(job) or {}
        return waits_for_answer(state) and state.get("engine", self.jobs.executor_id) == self.jobs.executor_id

    def same(self, asked: Asked, selections: list[Selection]) -> str | None:
        """Return the job that waits with exactly this request of the same person; None where there is none."""
        wanted = case_of(asked, selections, None, [])
        return next((job for job in self._of(asked.user) if self._agrees(job, wanted)), None)

    def _of(self, user: str) -> Iterator[str]:
        for job in sorted(self._waits):
            if self._is_ours(job) and (self.jobs.state(job) or {}).get("user") == user:
                yield job

    def _agrees(self, job: str, wanted: Case) -> bool:
        try:
            case = self.jobs.case(job)
        except (DestroyedError, UnreadableCaseError):
            return False
        return all(getattr(case, name) == getattr(wanted, name) for name in _SAME)

    def keep(self, job: str, asked: Asked, selections: list[Selection], refused: RefusedError) -> RefusedError:
        """Keep a request until it is answered; return the refusal, which names the job that waits.

        Parameters
        ----------
        refused
            ASK with the page of its question; whatever else, and what a device asked for, is not kept. A DENY ends
            the job that waited with the same request.

        Raises
        ------
        FaultsError
            The label is not this patient's.
        """
        if refused.outcome == "deny" and job in self._waits:
            with self._deciding:
                self._end(job, refused)
        if refused.outcome != "ask" or not refused.ask_url or asked.by_a_device:
            return refused
        if job not in self._waits:
            warnings = labelling.checked(asked.label, asked.request.purpose, [part.subject for part in selections])
            case = case_of(asked, selections, None, warnings)
            told = reasons.as_json([reasons.ASKED, *refused.reasons])
            try:
                self.jobs.create(
                    job,
                    case,
                    user=asked.user,
                    role=asked.role,
                    warnings=warnings,
                    **_held(refused.ask_url, told),
                )
            except NoSpaceError:
                log().error("an export cannot wait for its answer", job=job, error="NoSpaceError")
                return refused
            self._waits.add(job)
            log().info("waits for an answer", job=job)
        return RefusedError(refused.outcome, refused.reasons, refused.ask_url, job)

    def look(self) -> None:
        """Decide anew what was answered, and end what waited too long. Without an answer everything stays as it is."""
        try:
            self._end_old()
            for job in self._answered(sorted(self._waits)):
                self._decide(job)
        except EngineError as error:
            self._known.forget()
            log().info("not known what is answered", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001  # the edge of a thread that has to go on
            self._known.forget()
            log().error("what is answered could not be looked for", error=type(error).__name__)

    def _answered(self, waiting: list[str]) -> list[str]:
        since = self._known.since(waiting)
        answers = [self.portal.answered(some, since) for some in parts(waiting)]
        self._known.note(waiting, (answer.head for answer in answers), since)
        return [job for answer in answers for job in answer.answered]

    def _decide(self, job: str) -> None:
        with self._deciding:
            if not self._is_ours(job):
                self._waits.discard(job)
                return
            try:
                self._decided(job)
            except (WaitingError, NoSpaceError):
                self._known.forget()  # whatever is away or full: it is asked again at the next look
            except EngineError as error:
                self._end(job, error)

    def _decided(self, job: str) -> None:
        case = self.jobs.case(job)
        subjects = subjects_now(self.archive, case)
        try:
            verdict = ask(self.portal, "check", job, case.request, subjects)
        except RefusedError as refused:
            if refused.outcome == "ask" and refused.ask_url:
                return
            raise _unanswered(refused) from None
        self._go_on(job, replace(case, subjects=subjects), verdict)

    def go_on(self, job: str, verdict: Verdict) -> None:
        """Begin the work of a job whose request was made once more and is permitted now.

        Raises
        ------
        RefusedError, FaultsError
            It is permitted in a form that cannot be made here, or its label is not this patient's.
        """
        with self._deciding:
            if self._is_ours(job):
                case = self.jobs.case(job)
                self._go_on(job, replace(case, subjects=subjects_now(self.archive, case)), verdict)

    def _go_on(self, job: str, case: Case, verdict: Verdict) -> None:
        """Seal what was decided, then enqueue, then say so: cut off anywhere, it is decided or gone on with again."""
        warnings = labelling.checked(case.label, case.request.purpose, case.subjects)
        self.work.refuse_what_cannot_be_coded(verdict)
        self.jobs.seal(job, replace(case, verdict=verdict, warnings=tuple(warnings)))
        self.begin(job)
        self.jobs.move_on(job, {"state": "held"}, state="queued", reasons=[], warnings=warnings, **_NOT_WAITING)
        self._waits.discard(job)
        log().info("goes on after its answer", job=job)

    def _end_old(self) -> None:
        for job in sorted(self._waits):
            state = self.jobs.state(job) or {}
            if self._is_ours(job) and time() > state["created_at"] + self.answer_days * _DAY:
                with self._deciding:
                    self._end(job, RefusedError("ask", [reasons.unanswered_for(self.answer_days)]))

    def _end(self, job: str, error: EngineError) -> None:
        if self._is_ours(job):
            self.endings.close(job, RefusedError("deny", reasons.of_error(error)) if _is_told(error) else error)
        self._waits.discard(job)


_NOT_WAITING = {"question": None, "waiting_for": None}


def _held(question: str, told: list[dict[str, str]]) -> dict[str, Any]:
    return {"state": "held", "question": question, "waiting_for": reasons.ANSWER, "reasons": told}


def _is_told(error: EngineError) -> bool:
    return isinstance(error, RefusedError | FaultsError)


def _unanswered(refused: RefusedError) -> RefusedError:
    """Return why an export ends whose question nobody can answer any more; a no speaks for itself."""
    if refused.outcome != "ask":
        return refused
    return RefusedError("ask", [reasons.NO_ANSWER, *refused.reasons])
