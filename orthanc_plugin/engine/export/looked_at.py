"""Whether what people decided about a job's images still stands when it is to leave (R23, R30).

A decision may be taken back, or grow stale with the consent, after the package was made and before it is fetched.
"""

from collections.abc import Collection
from typing import Any

from orthanc_plugin.engine.errors import RefusedError
from orthanc_plugin.engine.export import instance, reasons
from orthanc_plugin.engine.export.deciding import DECISIONS
from orthanc_plugin.engine.export.telling import parts, studies_of
from orthanc_plugin.engine.jobs.names import name_of
from orthanc_plugin.engine.jobs.store import Jobs
from orthanc_plugin.engine.neighbours.portal import Portal

_LOOKED_AT = "looked-at"


def note(jobs: Jobs, job: str, gone: Collection[int]) -> int:
    """Seal which decisions let images of a job pass; return how many images.

    Parameters
    ----------
    gone
        Positions of what is not released.
    """
    bench = jobs.bench(job)
    names = (name_of(at) for at, _ in jobs.case(job).numbered() if at not in gone)
    images = {image for name in names if (image := instance.looked_at(bench, name))}
    if not images:
        return 0
    decisions = [part for part in bench.read_json(DECISIONS) if part["image"] in images and _lets_pass(part)]
    jobs.kept(job).write_json(_LOOKED_AT, [[part["image"], part["basis"], part["at"]] for part in decisions])
    return len(images)


def check(portal: Portal, jobs: Jobs, job: str) -> None:
    """Refuse a release that holds an image whose decision stands no more.

    Raises
    ------
    RefusedError, AwayError
    """
    kept = jobs.kept(job)
    if not kept.has(_LOOKED_AT):
        return
    answers = [portal.decided_images(some) for some in parts(studies_of(jobs.case(job)))]
    told = [part.model_dump() for answer in answers for part in answer.decisions]
    standing = {(part["image"], part["basis"], part["at"]) for part in told if _lets_pass(part)}
    passed: dict[str, list[tuple[str, str, str]]] = {}
    for image, basis, at in kept.read_json(_LOOKED_AT):
        passed.setdefault(image, []).append((image, basis, at))
    if not all(standing.intersection(decisions) for decisions in passed.values()):
        raise RefusedError("deny", [reasons.TAKEN_BACK])


def _lets_pass(decision: dict[str, Any]) -> bool:
    return bool(decision["outcome"] == "release")
