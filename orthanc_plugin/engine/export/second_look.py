"""Whether a second reviewer still has to look at a release, and whether what was approved is what would leave (R29)."""

from orthanc_plugin.engine.errors import RefusedError
from orthanc_plugin.engine.export import reasons
from orthanc_plugin.engine.jobs.case import Verdict
from orthanc_plugin.engine.jobs.store import Jobs
from orthanc_plugin.engine.showing.releases import basis_of_release

OWED = "waiting for the second reviewer, who approves or refuses this release in the consent portal"
_SHOWN = "shown"


def owed(jobs: Jobs, job: str, verdict: Verdict) -> str:
    """Return what a release waits for; empty when nobody has to look at it any more.

    Raises
    ------
    RefusedError
        What was approved is not what would leave.
    """
    if verdict.review is None:
        return ""
    own = _shown(jobs, job)
    if verdict.review != "approved":
        return OWED
    if verdict.review_of not in (None, own):
        raise RefusedError("deny", [reasons.NOT_AS_SHOWN])
    return ""


def _shown(jobs: Jobs, job: str) -> str:
    """Return the basis of what would leave, noted when it is first asked for: the objects go when it is approved."""
    kept = jobs.kept(job)
    if not kept.has(_SHOWN):
        gone = {part["position"] for part in (jobs.state(job) or {})["held_back"]}
        positions = [at for at, _ in jobs.case(job).numbered() if at not in gone]
        kept.write_json(_SHOWN, basis_of_release(jobs.bench(job), positions))
    basis: str = kept.read_json(_SHOWN)
    return basis
