"""Tells the portal which images of a job a person has to look at, and asks it what people decided before."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Any, TypeVar

from pydicom.uid import UID

from orthanc_plugin.engine.export.deciding import DECISIONS, held_of
from orthanc_plugin.engine.export.preparing import Left, is_decidable
from orthanc_plugin.engine.jobs.case import Case
from orthanc_plugin.engine.jobs.names import name_of
from orthanc_plugin.engine.jobs.store import Jobs
from orthanc_plugin.engine.neighbours.held_images import MOST, ImageDecisions
from orthanc_plugin.engine.neighbours.portal import Portal
from orthanc_plugin.engine.showing.ticket import Ticket, seal

Told = TypeVar("Told")
WAITED_FOR = "waited-for"
"""Under which name is sealed which images a job waits for, and of which studies they are."""
DAY = 86400.0
_LONGEST = 64
_WAITS = "it waits for a person, who looks at it in the consent portal"
_DECIDED = "a person let it pass, and it still cannot leave"
_HAS_TO = re.compile(r"[;:,] a person has to look at it( first)?( \([^)]*\))?$")
"""What a reason says already before anybody was told."""


@dataclass(frozen=True)
class Telling:
    """Speaks with the portal about images.

    Parameters
    ----------
    portal, jobs
        Who knows, and where jobs are kept.
    held_days
        How long an image waits for somebody to look at it.
    """

    portal: Portal
    jobs: Jobs
    held_days: float

    def ask(self, job: str) -> int:
        """Seal on the job's bench what people decided about its studies; return how many decisions.

        Raises
        ------
        AwayError, NoSpaceError
        """
        case = self.jobs.case(job)
        if not is_decidable(case):
            return 0
        answers = [self.portal.decided_images(some) for some in parts(studies_of(case))]
        decided = [part.model_dump() for answer in answers for part in answer.decisions]
        self.jobs.bench(job).write_json(DECISIONS, decided)
        return len(decided)

    def tell(self, job: str, left: Left) -> dict[str, Any]:
        """Tell of every image that is held for a person.

        Returns
        -------
        dict
            ``left`` with what becomes of each, and ``waiting``: how many images somebody has to decide about.

        Raises
        ------
        FaultsError, AwayError, NoSpaceError
        """
        case = self.jobs.case(job)
        held = [part[0] for part in left if part[3] and case.subject_of(part[0]).study_uid in studies_of(case)]
        if not held:
            return {"left": left, "waiting": 0}
        until = self._until(job)
        images = {position: self._image(job, case, position, until) for position in held}
        waiting = self._waiting(job, case, list(images.values()), until)
        waits = {position: (image["image"], image["basis"]) in waiting for position, image in images.items()}
        self._note(job, case, waiting)
        return {"left": [_worded(part, waits) for part in left], "waiting": len(waiting)}

    def _until(self, job: str) -> float:
        """Return until when the job's images wait: as was told first, whatever is told again."""
        until: float = (self.jobs.state(job) or {}).get("held_until") or time() + self.held_days * DAY
        self.jobs.update(job, held_until=until)
        return until

    def _image(self, job: str, case: Case, position: int, until: float) -> dict[str, Any]:
        told = self.jobs.bench(job).read_json(held_of(name_of(position)))
        part = case.objects[position - 1]
        ticket = Ticket(part.orthanc_id, told["basis"], told["rule"], told["why"], until)
        return {
            **told,
            "ticket": seal(self.jobs.project_key, ticket),
            "subject": {**case.subject_of(position).as_json(), "contents": []},
            "position": position,
            "modality": part.modality,
            "kind": UID(part.sop_class_uid).name,
        }

    def _waiting(self, job: str, case: Case, images: list[dict[str, Any]], until: float) -> frozenset[tuple[str, str]]:
        """Return which images, on which basis, somebody has to decide about or has decided about this very moment."""
        head = {
            "job": job,
            "requested_by": case.request.sender.user,
            "role": case.request.sender.role,
            "purpose": case.request.purpose,
            "profile": case.permit.profile,
            "level": case.permit.level,
            "until": datetime.fromtimestamp(until, UTC).isoformat(timespec="seconds"),
        }
        waiting: set[str] = set()
        for some in parts(images):
            waiting |= self.portal.tell_images({**head, "images": some})
        known = {(part["image"], part["basis"]) for part in self.jobs.bench(job).read_json(DECISIONS)}
        told = {(image["image"], image["basis"]) for image in images}
        return frozenset(pair for pair in told if pair[0] in waiting or pair not in known)

    def _note(self, job: str, case: Case, waiting: Iterable[tuple[str, str]]) -> None:
        noted = {"studies": studies_of(case), "images": sorted(waiting)}
        self.jobs.kept(job).write_json(WAITED_FOR, noted)

    def waited_for(self, job: str) -> dict[str, Any]:
        """Return what was noted of the images that a job waits for.

        Raises
        ------
        DestroyedError
        """
        noted: dict[str, Any] = self.jobs.kept(job).read_json(WAITED_FOR)
        return noted


def is_awaited(noted: dict[str, Any], answers: Sequence[ImageDecisions]) -> bool:
    """Say whether somebody still has to look at any of the images that a job waits for."""
    waiting = {image for answer in answers for image in answer.waiting}
    decided = {(part.image, part.basis) for answer in answers for part in answer.decisions}
    return any(image in waiting and (image, basis) not in decided for image, basis in noted["images"])


def studies_of(case: Case) -> list[str]:
    """Return the studies of a job, each once; one whose UID is none of the standard is for no person to decide on."""
    uids = (subject.study_uid for subject in case.subjects)
    return list(dict.fromkeys(uid for uid in uids if 0 < len(uid) <= _LONGEST))


def parts(told: Sequence[Told]) -> Iterator[list[Told]]:
    """Give what is told or asked, a question at a time."""
    return (list(told[start : start + MOST]) for start in range(0, len(told), MOST))


def _worded(part: list[Any], waits: dict[int, bool]) -> list[Any]:
    position, status, reason, rule = part
    if position not in waits:
        return [position, status, reason, ""]
    return [position, status, f"{_HAS_TO.sub('', reason)}; {_WAITS if waits[position] else _DECIDED}", rule]
