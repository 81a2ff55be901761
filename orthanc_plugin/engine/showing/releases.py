"""Releases that a second person looks at first: what would leave, from the sealed, de-identified objects of a job."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from orthanc_plugin.engine.errors import NotFoundError
from orthanc_plugin.engine.jobs.case import Case, Verdict
from orthanc_plugin.engine.jobs.names import name_of
from orthanc_plugin.engine.jobs.store import ENDED, HANDED_OVER, Jobs, is_held_for_good
from orthanc_plugin.engine.jobs.vault import DestroyedError, Vault
from orthanc_plugin.engine.records import Planned
from orthanc_plugin.engine.showing.asked import Look
from orthanc_plugin.engine.showing.describing import Described, described, stamp_of
from orthanc_plugin.engine.showing.errors import CannotShowError, OverError
from orthanc_plugin.engine.showing.kept import Kept
from orthanc_plugin.engine.showing.pictures import Pictures

_MOST_TOLD = 16
_NONE = "there is no such export"
_OVER = "it was recalled, handed over or ended: nothing of it is left to be looked at"
_DECIDED = "it was decided already: what was sealed for looking at it is destroyed"
_NOT_YET = "it is not made yet, so there is nothing to look at; try again when it waits for its reviewer"
_ORIGINAL = "it is for direct care, in which nobody reviews what leaves"


def basis_of_release(bench: Vault, positions: Sequence[int]) -> str:
    """Return what a second review rests on: 64 hexadecimal characters for every object that would leave, in order.

    Parameters
    ----------
    bench
        Where the job's objects are sealed.
    positions
        Of those that would leave, ascending.

    Raises
    ------
    DestroyedError
    """
    digest = hashlib.sha256()
    for position in positions:
        digest.update(hashlib.sha256(bench.read(name_of(position))).digest())
    return digest.hexdigest()


@dataclass(frozen=True)
class Releases:
    """Shows what would leave.

    Parameters
    ----------
    jobs
        Where jobs are kept.
    kept
        What was read last.
    """

    jobs: Jobs
    kept: Kept
    _told: dict[str, tuple[Any, Described]] = field(default_factory=dict, repr=False)

    def told(self, job: str) -> dict[str, Any]:
        """Return what a release holds, object by object, and what was left out of it.

        Raises
        ------
        NotFoundError, CannotShowError, OverError
        """
        state, case, bench = self._open(job)
        leaving = _leaving(state, case.objects)
        try:
            signature = tuple(stamp_of(bench, position) for position in leaving)
            found = self._told.get(job)
            if found is None or found[0] != signature:
                with self.kept.making():
                    found = signature, described(bench, case.objects, leaving)
                    self._keep(job, found)
        except (DestroyedError, FileNotFoundError):
            raise OverError(_DECIDED) from None
        return {
            "contract": 1,
            "job": job,
            "basis": found[1].basis,
            "objects": found[1].objects,
            "held_back": state["held_back"],
            "report": _report(case.permit, leaving, state),
        }

    def png(self, job: str, position: int, look: Look) -> bytes:
        """Return a frame of an object that would leave.

        Raises
        ------
        FaultsError, NotFoundError, CannotShowError, OverError
        """
        state, case, bench = self._open(job)
        if position not in _leaving(state, case.objects):
            raise NotFoundError("there is no such object in what would leave")
        try:
            key = job, position, stamp_of(bench, position)
            with self.kept.making():
                return self.kept.get(key, lambda: Pictures(bench.read(name_of(position)))).png(look)
        except (DestroyedError, FileNotFoundError):
            raise OverError(_DECIDED) from None

    def _keep(self, job: str, told: tuple[Any, Described]) -> None:
        """Keep what was read of the last releases: a page asks for it again with every picture that it shows."""
        while len(self._told) >= _MOST_TOLD:
            self._told.pop(next(iter(self._told)), None)
        self._told[job] = told

    def _open(self, job: str) -> tuple[dict[str, Any], Case, Vault]:
        """Return state, case and bench of a job that somebody may look at now."""
        state = self.jobs.state(job)
        if state is None:
            raise NotFoundError(_NONE)
        if state["state"] in ENDED or state["package"] == HANDED_OVER or is_held_for_good(state):
            raise OverError(_OVER)
        if state["state"] == "ready":
            raise OverError(_DECIDED)
        if state["state"] != "held" or not state["released"]:
            raise CannotShowError(_NOT_YET)
        try:
            case = self.jobs.case(job)
        except DestroyedError:
            raise OverError(_OVER) from None
        if case.permit.profile == "D0":
            raise NotFoundError(_ORIGINAL)
        bench = Vault(self.jobs.work / job, self.jobs.project_key)
        if not bench.exists():
            raise OverError(_DECIDED)
        return state, case, bench


def _leaving(state: dict[str, Any], plan: Sequence[Planned]) -> list[int]:
    left = {part["position"] for part in state["held_back"]}
    return [position for position in range(1, len(plan) + 1) if position not in left]


def _report(verdict: Verdict, leaving: Sequence[int], state: dict[str, Any]) -> dict[str, Any]:
    found = (
        f"The independent verification read {len(leaving)} objects and found nothing in them that holds them back; "
        f"{len(state['held_back'])} objects were left out."
    )
    return {"profile": verdict.profile, "level": verdict.level, "findings": found}
