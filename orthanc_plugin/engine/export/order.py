"""The order of an export; the only file that knows it.

decide -> plan -> look -> de-identify -> verify -> tell -> package -> (second review) -> decide again -> ready, and at
hand-over: ask once more -> record the disclosure -> stream, once. For a push the hand-over is the sending. Where
nothing can leave before a person has looked at images, everything from plan on is done again after that, in a round of
its own. Every arrow is a durable step: an engine that is killed goes on after the last one it finished.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from time import time
from typing import Any, BinaryIO, ParamSpec, TypeVar
from uuid import uuid4

from dbos import DBOS, DBOSConfiguredInstance, SetEnqueueOptions, SetWorkflowID

from orthanc_plugin.engine.errors import (
    AwayError,
    EngineError,
    GoneError,
    NoSpaceError,
    NotFoundError,
    NotReadyError,
    OwedError,
    Reason,
    RefusedError,
    WaitingError,
)
from orthanc_plugin.engine.export import looked_at, reasons
from orthanc_plugin.engine.export.asking import ask, ask_again, subjects_now
from orthanc_plugin.engine.export.endings import MOST_ROUNDS, Endings
from orthanc_plugin.engine.export.holding import Holding
from orthanc_plugin.engine.export.looking import Looking
from orthanc_plugin.engine.export.preparing import Packed, Preparing, progress
from orthanc_plugin.engine.export.recording import Recording
from orthanc_plugin.engine.export.request import Asked
from orthanc_plugin.engine.export.second_look import owed
from orthanc_plugin.engine.export.telling import Telling, Told
from orthanc_plugin.engine.export.waiting import Waiting, case_of
from orthanc_plugin.engine.jobs import durable, sealed
from orthanc_plugin.engine.jobs.not_released import ByPosition, Recorded, counts, read_recorded, recorded
from orthanc_plugin.engine.jobs.noting import Noting
from orthanc_plugin.engine.jobs.room import was_full
from orthanc_plugin.engine.jobs.store import HANDED_OVER, KEPT, Jobs, waits_for_person
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.neighbours.archive import Archive, select
from orthanc_plugin.engine.neighbours.portal import Portal
from orthanc_plugin.engine.settings import EngineSettings
from orthanc_plugin.engine.treatment import labelling

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Handed:
    """A package on its way out.

    Parameters
    ----------
    length
        Bytes.
    file, key
        The sealed package, open already: whatever ends the job meanwhile does not take it out of the reader's hands.
    finish
        Destroys the package; called once, however the hand-over ended.
    """

    length: int
    file: BinaryIO
    key: bytes = field(repr=False)
    finish: Callable[[], None]

    def __iter__(self) -> Iterator[bytes]:
        return sealed.opened(self.file, self.key)

    def close(self) -> None:
        """Destroy the package: called by the server when the last byte went, or the line broke."""
        self.file.close()
        self.finish()


def _round(job: str, number: int) -> str:
    return f"{job}-round-{number}"


def workflows_of(job: str) -> tuple[str, ...]:
    """Return under which names a job's work is known, in the order in which they come."""
    return (job, *(_round(job, number) for number in range(2, MOST_ROUNDS + 1)), f"{job}-release")


@DBOS.dbos_class("Export")
class Export(DBOSConfiguredInstance):
    """Exports and pushes.

    Parameters
    ----------
    settings
        Of the engine.
    portal, archive
        The parts it talks to.
    jobs
        Where jobs are kept.
    work
        What does the work on the instances.
    """

    def __init__(self, settings: EngineSettings, portal: Portal, archive: Archive, jobs: Jobs, work: Preparing) -> None:
        self.settings, self.portal, self.archive, self.jobs, self.work = settings, portal, archive, jobs, work
        self.noting = Noting.on(settings.database_url, jobs.states)
        self.telling = Telling(portal, jobs, settings.held_days)
        self.looking = Looking(jobs, work.pool, self.telling)
        self.endings = Endings(jobs, settings.package_hours)
        self.recording = Recording(portal, archive, jobs, self._record_later)
        self.waiting = Waiting(portal, archive, jobs, self.endings, work, self._enqueue, settings.answer_days)
        self.holding = Holding(jobs, self.endings, self.telling, self._enqueue_round)
        super().__init__("engine")

    def resume(self) -> None:
        """Take up what waited for an answer, a person or its expiry when the engine was stopped."""
        self.waiting.resume()
        self.holding.resume()
        for job in filter(self.jobs.is_kept, self.jobs.ids()):
            self._expire_all_the_same(job)

    def _expire_all_the_same(self, job: str) -> None:
        """See to the expiry of a package that was made before an upgrade, after which nobody else does."""
        state = self.jobs.state(job) or {}
        ours = state.get("engine", self.jobs.executor_id) == self.jobs.executor_id
        if ours and not durable.is_worked_on(f"{job}-expiry"):
            self._expire_later(job, f"{job}-expiry-{durable.WORKFLOW_SHAPE}", max(0.0, state["expires_at"] - time()))

    def _expire_later(self, job: str, workflow: str, seconds: float) -> None:
        with SetWorkflowID(workflow), SetEnqueueOptions(delay_seconds=seconds):
            DBOS.enqueue_workflow(durable.LATER, self.expire, job)

    def look(self) -> None:
        """Go on with what was answered or looked at, and end what waited too long."""
        self.waiting.look()
        self.holding.look()

    def submit(self, asked: Asked) -> str:
        """Decide about a request, and begin the work if it may leave.

        Returns
        -------
        str
            The job's number.

        Raises
        ------
        NotFoundError
            Orthanc does not know a study.
        FaultsError
            The portal named faults, or the label is not this patient's.
        RefusedError
            ASK or DENY; an ASK names the job that waits for the answer.
        AwayError
            Nothing leaves while the portal or Orthanc is away.
        NoSpaceError
        """
        selections = select(self.archive, asked.resources)
        subjects = [selection.subject for selection in selections]
        waits = self.waiting.same(asked, selections)
        job = waits or str(uuid4())
        try:
            verdict = ask(self.portal, "export", job, asked.request, subjects)
        except RefusedError as refused:
            raise self.waiting.keep(job, asked, selections, refused) from None
        if waits:
            self.waiting.go_on(job, verdict)
            return job
        warnings = labelling.checked(asked.label, asked.request.purpose, subjects)  # tells only who may send it
        self.work.refuse_what_cannot_be_coded(verdict)
        case = case_of(asked, selections, verdict, warnings)
        with self.jobs.created(job, case, user=asked.user, role=asked.role, warnings=warnings):
            self._enqueue(job)
        log().info("accepted", job=job, count=sum(len(part.instances) for part in selections))
        return job

    def _enqueue(self, job: str) -> None:
        with SetWorkflowID(job):
            DBOS.enqueue_workflow(durable.EXPORTS, self.prepare, job)

    @DBOS.workflow(name="prepare")
    def prepare(self, job: str) -> None:
        """De-identify, verify and package; then let `release` decide again."""
        with self._closing(job):
            self._prepare(job)

    def _enqueue_round(self, job: str, number: int) -> None:
        with SetWorkflowID(_round(job, number)):
            DBOS.enqueue_workflow(durable.EXPORTS, self.again, job, number)

    @DBOS.workflow(name="again")
    def again(self, job: str, number: int) -> None:
        """Do it all once more, after people have looked at images of which nothing could leave before."""
        with self._closing(job):
            self._prepare(job, number)

    def _prepare(self, job: str, number: int = 1) -> None:
        # What is written down is written within a step: what was done before a crash is not told again after it, when
        # the release may have gone on already.
        chunks = self.noting.step("plan", self._begin, job)
        self._step(job, "look", self.looking.look, job)
        found: ByPosition = {}
        for chunk in range(chunks):
            told = self._step(job, f"de-identify {chunk}", self._recorded, self.work.deidentify, job, chunk)
            found |= read_recorded(told)
            self.noting.step(f"count {chunk}", self._count, job, found, progress("de-identify", chunk, chunks))
        self._step(job, "gather", self.work.gather, job)
        for chunk in range(chunks):
            told = self._step(job, f"verify {chunk}", self._recorded, self.work.verify, job, chunk, {*found})
            found |= read_recorded(told)
            self.noting.step(f"count verified {chunk}", self._count, job, found, progress("verify", chunk, chunks))
        told_of = self._step(job, "tell", self._tell, job, found)
        packed = self._step(job, "package", self.work.pack, job, read_recorded(told_of["left"]))
        packed["waiting"] = told_of["waiting"]
        self.noting.step("note", self.endings.note, job, packed, number)
        self.holding.keep(job)
        if packed["released"]:
            with SetWorkflowID(f"{job}-release"):
                DBOS.enqueue_workflow(durable.LATER, self.release, job, packed)

    def _tell(self, job: str, found: ByPosition) -> Told:
        told = self.telling.tell(job, found)
        looked_at.note(self.jobs, job, found)
        return told

    def _begin(self, job: str) -> int:
        self.jobs.update(job, state="running", question=None, waiting_for=None, waiting_images=0, reasons=[])
        return self.work.chunks(job)

    def _recorded(self, work: Callable[P, ByPosition], *args: P.args, **kwargs: P.kwargs) -> Recorded:
        return recorded(work(*args, **kwargs))

    def _count(self, job: str, found: ByPosition, done: float) -> None:
        self.jobs.update(job, progress=done, **counts(found.values()))

    @DBOS.workflow(name="release")
    def release(self, job: str, packed: Packed) -> None:
        """Decide again, for as long as a second reviewer is owed; then open the package or send it."""
        with self._closing(job):
            self._release(job, packed)

    def _release(self, job: str, packed: Packed) -> None:
        self._step(job, "decide again", self._decide_again, job)
        if self._step(job, "is it a push", self._is_push, job):
            self._step(job, "hand over", self.recording.before, job, packed["sha256"])
            self._step(job, "send", self._send, job, packed)
            self.noting.step("finish", self.endings.sent, job)
        else:
            self.noting.step("open", self.endings.ready, job, packed)
            self._expire_later(job, f"{job}-expiry", self.settings.package_hours * 3600)

    def _is_push(self, job: str) -> bool:
        return self.jobs.case(job).destination is not None

    def _decide_again(self, job: str) -> None:
        """Raise unless the release is still permitted, in the same form, with its review done."""
        case = self.jobs.case(job)
        verdict = ask_again(self.portal, "check", job, case, subjects_now(self.archive, case))
        if what := owed(self.jobs, job, verdict):
            self.endings.owes_review(job, what)
            raise OwedError(what)
        looked_at.check(self.portal, self.jobs, job)
        self.endings.goes_on(job)

    def _send(self, job: str, packed: Packed) -> None:
        """Send a push through Orthanc, which does not store what it sends."""
        destination = self.jobs.case(job).destination
        assert destination is not None  # noqa: S101  # `_is_push` said so
        gone = read_recorded(packed["left"])
        self.work.send(job, gone, partial(self.archive.store_straight, destination))

    @DBOS.workflow(name="expire")
    def expire(self, job: str) -> None:
        """Destroy a package that nobody fetched in time."""
        try:
            self._step(job, "expire", self._expire, job)
        except EngineError as error:
            log().error("a package could not be destroyed in time", job=job, error=type(error).__name__)

    def _expire(self, job: str) -> None:
        """Destroy a package, but not under the hands of somebody who is being given it at this moment."""
        if not self.jobs.is_kept(job):
            return
        try:
            with self.jobs.claimed(job):
                if self.jobs.is_kept(job):
                    self.endings.recall(job, [reasons.expired(self.settings.package_hours)])
        except NotReadyError as error:
            raise WaitingError(str(error)) from None

    @DBOS.workflow(name="record")
    def record(self, job: str) -> None:
        """Record a direct-care release that went ahead while the portal was away, when it is back."""
        try:
            self._step(job, "record", self.recording.after, job)
        except EngineError as error:
            log().error("a direct-care release could not be recorded", job=job, error=type(error).__name__)

    def _record_later(self, job: str) -> None:
        with SetWorkflowID(f"{job}-record"):
            DBOS.enqueue_workflow(durable.LATER, self.record, job)

    def hand_over(self, job: str, role: str) -> Handed:
        """Ask once more, record, and give the package out.

        Parameters
        ----------
        role
            What whoever asked for the export holds now; what counted when it was begun counts no longer.

        Raises
        ------
        NotReadyError, GoneError
            It is not there yet, or no longer.
        AwayError
            The portal is away and this is not direct care; the package stays.
        NoSpaceError
            The disk is full; nothing was handed over, and the package stays.
        """
        self._ready(job)
        with self.jobs.claimed(job):
            state = self._ready(job)  # from here on nobody else ends it
            self._in_time(job, state)
            try:
                key = self.jobs.kept(job).key("package")
                size = sealed.length(self.jobs.package(job))
                looked_at.check(self.portal, self.jobs, job)
                self.recording.before(job, state["package_sha256"], role)
                file = self.jobs.package(job).open("rb")
            except (AwayError, NoSpaceError):
                raise
            except (EngineError, FileNotFoundError) as error:
                why = reasons.of_error(error) if isinstance(error, EngineError) else [reasons.HANDED]
                self.endings.recall(job, why)
                raise GoneError(why) from None
            self.endings.handed(job)
        return Handed(size, file, key, partial(self.endings.finish, job))

    def _ready(self, job: str) -> dict[str, Any]:
        state = self.jobs.state(job)
        if state is None:
            raise NotFoundError("there is no such export")
        if state["state"] in ("recalled", "failed") or state["package"] == HANDED_OVER:
            raise GoneError([Reason(**part) for part in state["reasons"]])
        if state["state"] != "ready" or state["package"] != KEPT:
            raise NotReadyError(reasons.not_ready(state["state"]))
        return state

    def _in_time(self, job: str, state: dict[str, Any]) -> None:
        if time() > state["expires_at"]:
            why = [reasons.expired(self.settings.package_hours)]
            self.endings.recall(job, why)
            raise GoneError(why)

    @contextmanager
    def _closing(self, job: str) -> Iterator[None]:
        """End the job in an orderly way when it cannot go on."""
        try:
            yield
        except EngineError as error:
            self.endings.close(job, error)
        except Exception as error:  # noqa: BLE001  # the outermost edge of a workflow: its text must not reach the database
            told = NoSpaceError() if was_full(error) else durable.StepFailedError(type(error).__name__)
            self.endings.close(job, told)

    def _step(self, job: str, name: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        waits = partial(self._waits_for, job)
        return durable.step(name, self.settings.poll_seconds, waits, function, *args, **kwargs)

    def _waits_for(self, job: str, what: str | None) -> None:
        if what is None and waits_for_person(self.jobs.state(job) or {}):
            return  # what it waits for stands, though the step that says so is done
        self.jobs.update(job, waiting_for=what)
