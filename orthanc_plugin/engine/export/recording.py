"""The last question and the record of a disclosure: no record, no release, but for direct care (hazard H3)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from orthanc_plugin.engine.errors import AwayError, FaultsError, RefusedError
from orthanc_plugin.engine.export import preparing, reasons
from orthanc_plugin.engine.export.asking import ask_again, is_care, subjects_now
from orthanc_plugin.engine.export.second_look import owed
from orthanc_plugin.engine.jobs.case import Case, UnreadableCaseError, Verdict, read_record
from orthanc_plugin.engine.jobs.not_released import counts_of
from orthanc_plugin.engine.jobs.store import HANDED_OVER, Jobs
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.neighbours.archive import Archive
from orthanc_plugin.engine.neighbours.portal import Portal
from orthanc_plugin.engine.records import Request, Subject

_DISCLOSURE, _OWED_RECORD = "disclosure", "owed-record"


def is_being_told(jobs: Jobs, job: str) -> bool:
    """Say whether the portal is told, or was told, that this job leaves; its answer to that decides then."""
    return jobs.kept(job).has(_DISCLOSURE)


@dataclass(frozen=True)
class Recording:
    """Records disclosures.

    Parameters
    ----------
    portal, archive, jobs
        The parts it talks to.
    later
        Makes sure that `after` is called for a job, even if the engine is killed.
    """

    portal: Portal
    archive: Archive
    jobs: Jobs
    later: Callable[[str], None]

    def before(self, job: str, sha256: str | None, role: str = "") -> None:
        """Ask for the last time and record the disclosure, before the first byte goes.

        Parameters
        ----------
        role
            The role that whoever collects holds now; empty where nobody does, as for a push.

        Raises
        ------
        RefusedError, AwayError
            Nothing may be handed over.
        """
        case = self.jobs.case(job)
        case = _as_now(case, role) if role else case
        subjects = self._subjects(case)
        verdict = ask_again(self.portal, "hand-over", job, case, subjects)
        if owed(self.jobs, job, verdict):
            raise RefusedError("deny", [reasons.OWED])
        body = self._disclosure(job, case.request, subjects, verdict, sha256)
        if verdict.decision is None:
            self._owe(job, body)
            return
        try:
            self.portal.disclose(self._once(job, body))
        except AwayError:
            if not is_care(case.request):
                raise
            self._owe(job, body)

    def _subjects(self, case: Case) -> tuple[Subject, ...]:
        try:
            return subjects_now(self.archive, case)
        except AwayError:
            if not is_care(case.request):
                raise
            return case.subjects

    def _once(self, job: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the record as it was first tried: whatever happens in between, the ledger is told one thing once."""
        kept = self.jobs.kept(job)
        if not kept.has(_DISCLOSURE):
            kept.write_json(_DISCLOSURE, body)
        first: dict[str, Any] = kept.read_json(_DISCLOSURE)
        return first

    def _owe(self, job: str, body: dict[str, Any]) -> None:
        """Make sure, before the first byte of a direct-care release, that it will be recorded."""
        self.jobs.kept(job).write_json(_OWED_RECORD, body)
        self.jobs.update(job, owes_record=True)
        self.later(job)

    def after(self, job: str) -> None:
        """Ask for the decision that is missing and record with it; a care release is recorded in any case."""
        body = self.jobs.kept(job).read_json(_OWED_RECORD)
        try:
            request, subjects = (
                read_record(Request, body["request"]),
                read_record(tuple[Subject, ...], body["subjects"]),
            )
            decision = self.portal.decide("hand-over", job, request, subjects)
            self.portal.disclose(self._once(job, {**body, "decision": decision.decision}))
        except (RefusedError, FaultsError, UnreadableCaseError):
            log().warning("a direct-care release goes to the access journal alone", job=job)
            self.portal.disclose({**body, "key": f"care-{job}", "kind": "care-read"})
        self.jobs.update(job, owes_record=False)
        if (self.jobs.state(job) or {}).get("package") == HANDED_OVER:
            self.jobs.destroy(job)

    def _disclosure(
        self, job: str, request: Request, subjects: Sequence[Subject], verdict: Verdict, sha256: str | None
    ) -> dict[str, Any]:
        state = self.jobs.state(job) or {}
        return {
            "key": f"release-{job}",
            "kind": "release",
            "job": job,
            "decision": verdict.decision,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "request": request.as_json(),
            "subjects": [subject.as_json() for subject in subjects],
            "profile": verdict.profile,
            "released": state["released"],
            **counts_of(state),
            "engines": preparing.engines(verdict.profile),
            "package_sha256": sha256,
        }


def _as_now(case: Case, role: str) -> Case:
    """Return the case with the role that counts now (F20)."""
    sender = replace(case.request.sender, role=role)
    return replace(case, request=replace(case.request, sender=sender))
