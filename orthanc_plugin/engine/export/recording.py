"""The last question and the record of a disclosure: no record, no release, but for direct care (hazard H3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orthanc_plugin.engine.errors import AwayError, FaultsError, RefusedError
from orthanc_plugin.engine.export import preparing, reasons
from orthanc_plugin.engine.export.asking import Verdict, ask_again, facts_now, is_care
from orthanc_plugin.engine.export.second_look import owed
from orthanc_plugin.engine.jobs.store import HANDED_OVER, Jobs
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.neighbours.archive import Archive
from orthanc_plugin.engine.neighbours.portal import Portal

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
        facts = self._facts(case)
        verdict = ask_again(self.portal, "hand-over", job, case, facts)
        if owed(self.jobs, job, verdict):
            raise RefusedError("deny", [reasons.OWED])
        body = self._disclosure(job, case, facts, verdict, sha256)
        if verdict.decision is None:
            self._owe(job, body)
            return
        try:
            self.portal.disclose(self._once(job, body))
        except AwayError:
            if not is_care(case["request"]):
                raise
            self._owe(job, body)

    def _facts(self, case: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            return facts_now(self.archive, case)
        except AwayError:
            if not is_care(case["request"]):
                raise
            known: list[dict[str, Any]] = case["facts"]
            return known

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
            decision = self.portal.decide("hand-over", job, body["request"], body["subjects"])
            self.portal.disclose(self._once(job, {**body, "decision": decision.decision}))
        except (RefusedError, FaultsError):
            log().warning("a direct-care release goes to the access journal alone", job=job)
            self.portal.disclose({**body, "key": f"care-{job}", "kind": "care-read"})
        self.jobs.update(job, owes_record=False)
        if (self.jobs.state(job) or {}).get("package") == HANDED_OVER:
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


def _as_now(case: dict[str, Any], role: str) -> dict[str, Any]:
    """Return the case with the role that counts now (F20)."""
    request = case["request"]
    return {**case, "request": {**request, "sender": {**request["sender"], "role": role}}}
