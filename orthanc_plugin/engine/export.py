"""The order of an export; the only file that knows it.

decide -> plan -> de-identify -> verify -> package -> (second review) -> decide again -> ready, and at hand-over: ask
once more -> record the disclosure -> stream, once. For a push the hand-over is the sending. Every arrow is a durable
step: an engine that is killed goes on after the last one it finished.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from functools import partial
from time import time
from typing import Any
from uuid import uuid4

from dbos import DBOS, DBOSConfiguredInstance, SetEnqueueOptions, SetWorkflowID

from orthanc_plugin.engine import durable, preparing, sealed
from orthanc_plugin.engine.archive import Archive, Selection, select
from orthanc_plugin.engine.asking import Verdict, ask, facts_now, is_care
from orthanc_plugin.engine.errors import (
    AwayError,
    EngineError,
    FaultsError,
    GoneError,
    NoSpaceError,
    NotFoundError,
    NotReadyError,
    OwedError,
    Reason,
    RefusedError,
)
from orthanc_plugin.engine.jobs import Jobs
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.portal import Portal
from orthanc_plugin.engine.preparing import Left, Preparing
from orthanc_plugin.engine.request import Asked
from orthanc_plugin.engine.settings import EngineSettings


@dataclass(frozen=True)
class Handed:
    """A package on its way out.

    Parameters
    ----------
    job
        Whose.
    length
        Bytes.
    pieces
        The bytes.
    finish
        Destroys the package; called once, however the hand-over ended.
    """

    job: str
    length: int
    pieces: Iterator[bytes]
    finish: Callable[[], None]

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces

    def close(self) -> None:
        """Destroy the package: called by the server when the last byte went, or the line broke."""
        self.finish()


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
        super().__init__("engine")

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
            The portal named faults.
        RefusedError
            ASK or DENY.
        AwayError
            Nothing leaves while the portal or Orthanc is away.
        NoSpaceError
        """
        job = str(uuid4())
        selections = select(self.archive, asked.resources)
        facts = [selection.facts for selection in selections]
        verdict = ask(self.portal, "export", job, asked.request, facts)
        self.jobs.create(job, _case(asked, selections, verdict), user=asked.user, role=asked.role, waiting_for=None)
        with SetWorkflowID(job):
            DBOS.enqueue_workflow(durable.EXPORTS, self.prepare, job)
        log().info("accepted", job=job, count=sum(len(part.instances) for part in selections))
        return job

    @DBOS.workflow(name="prepare")
    def prepare(self, job: str) -> None:
        """De-identify, verify and package; then let `release` decide again."""
        with self._closing(job):
            self._prepare(job)

    def _prepare(self, job: str) -> None:
        self.jobs.update(job, state="running")
        chunks = self._step(job, "plan", self.work.chunks, job)
        left: Left = []
        for chunk in range(chunks):
            left += self._step(job, f"de-identify {chunk}", self.work.deidentify, job, chunk)
            self.jobs.update(job, **_counts(left))
        self._step(job, "gather", self.work.gather, job)
        for chunk in range(chunks):
            left += self._step(job, f"verify {chunk}", self.work.verify, job, chunk, [part[0] for part in left])
            self.jobs.update(job, **_counts(left))
        packed = self._step(job, "package", self.work.pack, job, left)
        self._step(job, "note", self._note, job, packed)
        if packed["released"]:
            with SetWorkflowID(f"{job}-release"):
                DBOS.enqueue_workflow(durable.LATER, self.release, job, packed)

    @DBOS.workflow(name="release")
    def release(self, job: str, packed: dict[str, Any]) -> None:
        """Decide again, for as long as a second reviewer is owed; then open the package or send it."""
        with self._closing(job):
            self._release(job, packed)

    def _release(self, job: str, packed: dict[str, Any]) -> None:
        self._step(job, "decide again", self._decide_again, job)
        if self._step(job, "is it a push", self._is_push, job):
            self._step(job, "hand over", self._record_before, job, packed)
            self._step(job, "send", self._send, job, packed)
            self._step(job, "finish", self._finish, job)
        else:
            self._step(job, "open", self._open, job, packed)
            with SetWorkflowID(f"{job}-expiry"), SetEnqueueOptions(delay_seconds=self._lifetime()):
                DBOS.enqueue_workflow(durable.LATER, self.expire, job)

    def _is_push(self, job: str) -> bool:
        return self.jobs.case(job)["destination"] is not None

    @contextmanager
    def _closing(self, job: str) -> Iterator[None]:
        """End the job in an orderly way when it cannot go on."""
        try:
            yield
        except EngineError as error:
            self._close(job, error)
        except Exception as error:  # noqa: BLE001  # the outermost edge of a workflow: its text must not reach the database
            self._close(job, durable.StepFailedError(type(error).__name__))

    @DBOS.workflow(name="expire")
    def expire(self, job: str) -> None:
        """Destroy a package that nobody fetched in time."""
        state = self.jobs.state(job)
        if state and state["package"] == "kept":
            self._recall(job, [_expired(self.settings.package_hours)])

    @DBOS.workflow(name="record")
    def record(self, job: str) -> None:
        """Record a direct-care release that went ahead while the portal was away, when it is back."""
        try:
            self._step(job, "record", self._record_after, job)
        except EngineError as error:
            log().error("a direct-care release could not be recorded", job=job, error=type(error).__name__)

    def hand_over(self, job: str) -> Handed:
        """Ask once more, record, and give the package out.

        Raises
        ------
        NotReadyError, GoneError
            It is not there yet, or no longer.
        AwayError
            The portal is away and this is not direct care; the package stays.
        """
        state = self._ready(job)
        if not self.jobs.claim(job):
            raise NotReadyError("the package is being handed over at this moment")
        try:
            key = self.jobs.kept(job).key("package")
            size = sealed.length(self.jobs.package(job))
            self._record_before(job, {"sha256": state["package_sha256"]})
        except AwayError:
            self.jobs.unclaim(job)
            raise
        except (EngineError, FileNotFoundError) as error:
            reasons = _reasons(error) if isinstance(error, EngineError) else [_HANDED]
            self._recall(job, reasons)
            raise GoneError(reasons) from None
        self.jobs.update(job, package="handed over", handed_over_at=time(), reasons=[_HANDED.as_json()])
        return Handed(job, size, sealed.opened(self.jobs.package(job), key), partial(self._finish, job))

    def _finish(self, job: str) -> None:
        """Destroy what is kept of a job that is over, but for what a late record still needs."""
        state = self.jobs.state(job) or {}
        self.jobs.update(job, package="handed over", progress=1.0)
        self.jobs.package(job).unlink(missing_ok=True)
        self.jobs.finish_bench(job)
        if not state.get("owes_record"):
            self.jobs.destroy(job)

    def _ready(self, job: str) -> dict[str, Any]:
        state = self.jobs.state(job)
        if state is None:
            raise NotFoundError("there is no such export")
        if state["state"] in ("recalled", "failed") or state["package"] == "handed over":
            raise GoneError([Reason(**part) for part in state["reasons"]])
        if state["state"] != "ready" or state["package"] != "kept":
            raise NotReadyError(f"the export is {state['state']}")
        if time() > state["expires_at"]:
            self._recall(job, [_expired(self.settings.package_hours)])
            raise GoneError([_expired(self.settings.package_hours)])
        return state

    def _step(self, job: str, name: str, function: Any, *args: Any) -> Any:
        return durable.step(name, self.settings.poll_seconds, partial(self._waits_for, job), function, *args)

    def _waits_for(self, job: str, what: str | None) -> None:
        self.jobs.update(job, waiting_for=what)

    def _lifetime(self) -> float:
        return self.settings.package_hours * 3600

    def _note(self, job: str, packed: dict[str, Any]) -> None:
        """Write down what is left out; without anything to release, the job is held for good."""
        listed = [asdict(part) for part in preparing.held_back(self.jobs.case(job), packed["left"])]
        counts = _counts(packed["left"])
        self.jobs.update(job, held_back=listed, released=packed["released"], progress=0.95, **counts)
        if packed["released"] and not self._is_push(job):
            self.jobs.finish_bench(job)
        elif not packed["released"]:
            self.jobs.update(job, state="held", progress=1.0, reasons=[_NOTHING.as_json(), *_why(listed)])
            self.jobs.destroy(job)

    def _decide_again(self, job: str) -> None:
        """Raise unless the release is still permitted, in the same form, with its review done."""
        case = self.jobs.case(job)
        verdict = self._asked_again("check", job, case, facts_now(self.archive, case))
        if verdict.review not in (None, "approved"):
            self.jobs.update(job, state="held", reasons=[_OWED.as_json()])
            raise OwedError(
                "waiting for the second reviewer, who approves or refuses this release in the consent portal"
            )

    def _asked_again(self, intent: str, job: str, case: dict[str, Any], facts: list[dict[str, Any]]) -> Verdict:
        try:
            verdict = ask(self.portal, intent, job, case["request"], facts)
        except FaultsError as error:
            raise RefusedError("deny", _reasons(error)) from None
        before = case["verdict"]
        now = (verdict.profile, verdict.level, list(verdict.consented))
        if verdict.decision and now != (before["profile"], before["level"], list(before["consented"])):
            raise RefusedError("deny", [_CHANGED])
        return verdict

    def _open(self, job: str, packed: dict[str, Any]) -> None:
        now = time()
        self.jobs.update(
            job,
            state="ready",
            progress=1.0,
            package="kept",
            package_sha256=packed["sha256"],
            ready_at=now,
            expires_at=now + self._lifetime(),
            reasons=[],
        )

    def _record_before(self, job: str, packed: dict[str, Any]) -> None:
        """Ask for the last time and record the disclosure: no record, no release, but for direct care."""
        case = self.jobs.case(job)
        try:
            facts = facts_now(self.archive, case)
        except AwayError:
            if not is_care(case["request"]):
                raise
            facts = case["facts"]
        verdict = self._asked_again("hand-over", job, case, facts)
        if verdict.review not in (None, "approved"):
            raise RefusedError("deny", [_OWED])
        body = self._disclosure(job, case, facts, verdict, packed["sha256"])
        if verdict.decision is None:
            self._owe_record(job, body)
            return
        try:
            self.portal.disclose(self._once(job, body))
        except AwayError:
            if not is_care(case["request"]):
                raise
            self._owe_record(job, body)

    def _once(self, job: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the record as it was first tried: whatever happens in between, the ledger is told one thing once."""
        kept = self.jobs.kept(job)
        if not kept.has(_DISCLOSURE):
            kept.write_json(_DISCLOSURE, body)
        first: dict[str, Any] = kept.read_json(_DISCLOSURE)
        return first

    def _owe_record(self, job: str, body: dict[str, Any]) -> None:
        """Make sure, before the first byte of a direct-care release, that it will be recorded."""
        self.jobs.kept(job).write_json(_OWED_RECORD, body)
        self.jobs.update(job, owes_record=True)
        with SetWorkflowID(f"{job}-record"):
            DBOS.enqueue_workflow(durable.LATER, self.record, job)

    def _record_after(self, job: str) -> None:
        """Ask for the decision that is missing and record with it; a care release is recorded in any case."""
        body = self.jobs.kept(job).read_json(_OWED_RECORD)
        try:
            decision = self.portal.decide("hand-over", job, body["request"], body["subjects"])
            self.portal.disclose(self._once(job, {**body, "decision": decision.decision}))
        except (RefusedError, FaultsError):
            log().warning("a direct-care release goes to the access journal alone", job=job)
            self.portal.disclose({**body, "key": f"care-{job}", "kind": "care-read"})
        self.jobs.update(job, owes_record=False)
        if (self.jobs.state(job) or {}).get("package") == "handed over":
            self.jobs.destroy(job)

    def _disclosure(
        self, job: str, case: dict[str, Any], facts: list[dict[str, Any]], verdict: Verdict, sha256: str | None
    ) -> dict[str, Any]:
        state = self.jobs.state(job) or {}
        return {
            "key": f"release-{job}",
            "kind": "release",
            "job": job,
            "decision": verdict.decision,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "request": case["request"],
            "subjects": facts,
            "profile": verdict.profile,
            "released": state["released"],
            "excluded": state["excluded"],
            "quarantined": state["quarantined"],
            "engines": preparing.engines(verdict.profile),
            "package_sha256": sha256,
        }

    def _send(self, job: str, packed: dict[str, Any]) -> None:
        """Send a push through Orthanc, which does not store what it sends."""
        gone = {part[0] for part in packed["left"]}
        self.work.send(job, gone, partial(self.archive.store_straight, self.jobs.case(job)["destination"]))
        self.jobs.update(job, state="ready", progress=1.0, reasons=[_SENT.as_json()])

    def _close(self, job: str, error: EngineError) -> None:
        """End a job that cannot go on; nothing of it stays."""
        recalled = isinstance(error, RefusedError)
        self.jobs.update(
            job,
            state="recalled" if recalled else "failed",
            package=None,
            waiting_for=None,
            released=0,
            reasons=[part.as_json() for part in _reasons(error)],
        )
        self.jobs.destroy(job)
        log().warning("closed", job=job, state="recalled" if recalled else "failed", error=type(error).__name__)

    def _recall(self, job: str, reasons: Iterable[Reason]) -> None:
        self.jobs.update(job, state="recalled", package=None, reasons=[part.as_json() for part in reasons])
        self.jobs.destroy(job)
        log().warning("recalled", job=job)


_DISCLOSURE, _OWED_RECORD = "disclosure", "owed-record"


def _case(asked: Asked, selections: list[Selection], verdict: Verdict) -> dict[str, Any]:
    """Return what is sealed about a job: nothing of it is anywhere else."""
    return {
        "request": asked.request,
        "facts": [part.facts for part in selections],
        "instances": [astuple(planned) for part in selections for planned in part.instances],
        "verdict": verdict.as_json(),
        "passphrase": asked.passphrase,
        "destination": asked.destination,
    }


def _counts(left: Left) -> dict[str, int]:
    kinds = [status for _, status, _ in left]
    return {"excluded": kinds.count("excluded"), "quarantined": kinds.count("quarantined")}


def _why(listed: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return each different reason for leaving something out, once."""
    texts = dict.fromkeys(f"{part['modality']} {part['kind']}: {part['reason']}" for part in listed)
    return [Reason("R22", text, "PS3.15; RCR 4.3").as_json() for text in texts]


def _reasons(error: EngineError) -> list[Reason]:
    if isinstance(error, RefusedError | GoneError):
        return list(error.reasons)
    if isinstance(error, FaultsError):
        return [Reason("request", f"{name}: {message}", "the consent portal") for name, message in error.faults]
    if isinstance(error, NoSpaceError):
        return [_NO_SPACE]
    return [_FAILED]


def _expired(hours: float) -> Reason:
    text = f"The package was not fetched within {hours:g} hours, so it was destroyed. Ask again with a new export."
    return Reason("expiry", text, "[engine] package_hours")


_HANDED = Reason(
    "once", "The package was handed over; a package can be fetched once. Ask again with a new export.", "R76"
)
_SENT = Reason("once", "The de-identified objects were sent to the destination.", "R76")
_OWED = Reason(
    "R29", "A second person has to approve this release in the consent portal before it can be fetched.", "RCR; GMC"
)
_CHANGED = Reason(
    "F1", "What is allowed has changed since this package was made, so it was destroyed. Ask again.", "Fail closed"
)
_NOTHING = Reason(
    "R22", "Nothing of this export can be released as it is; a person has to look at what was held back.", "RCR 4.3"
)
_NO_SPACE = Reason(
    "disk",
    "The engine's disk was full, so the export was stopped and nothing of it was kept. Free space, then ask again.",
    "R76",
)
_FAILED = Reason(
    "engine",
    "The export could not be finished and nothing of it was kept. Ask again; if it fails again, tell IT.",
    "F1",
)
