"""Tells the portal which images of a job a person has to look at, and asks it what people decided before."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Any, TypedDict, TypeVar

from pydicom.uid import UID

from orthanc_plugin.engine.export.deciding import DECISIONS, held_of
from orthanc_plugin.engine.export.preparing import is_decidable
from orthanc_plugin.engine.jobs.case import Case
from orthanc_plugin.engine.jobs.names import name_of
from orthanc_plugin.engine.jobs.not_released import ByPosition, Failed, Held, NotReleased, Recorded, recorded
from orthanc_plugin.engine.jobs.store import Jobs
from orthanc_plugin.engine.neighbours.held_images import MOST, ImageDecisions
from orthanc_plugin.engine.neighbours.portal import Portal
from orthanc_plugin.engine.showing.ticket import Ticket, seal

Part = TypeVar("Part")
WAITED_FOR = "waited-for"
"""Under which name is sealed which images a job waits for, and of which studies they are."""
DAY = 86400.0
_LONGEST = 64
_WAITS = "it waits for a person, who looks at it in the consent portal"
_DECIDED = "a person let it pass, and it still cannot leave"
_HAS_TO = re.compile(r"[;:,] a person has to look at it( first)?( \([^)]*\))?$")
"""What a reason says already before anybody was told."""


class Told(TypedDict):
    """What is not released and, where it was held, waits or failed; and how many images somebody has to decide about.

    A step's result: it is recorded as it stands here.
    """

    left: Recorded
    waiting: int


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

    def tell(self, job: str, found: ByPosition) -> Told:
        """Tell of every image that is held for a person.

        Returns
        -------
        Told

        Raises
        ------
        FaultsError, AwayError, NoSpaceError
        """
        case = self.jobs.case(job)
        held = [position for position, what in found.items() if isinstance(what, Held) and _is_askable(case, position)]
        if not held:
            return {"left": recorded(_as_told(found, {})), "waiting": 0}
        until = self._until(job)
        images = {position: self._image(job, case, position, until) for position in held}
        waiting = self._waiting(job, case, list(images.values()), until)
        waits = {position: (image["image"], image["basis"]) in waiting for position, image in images.items()}
        self._note(job, case, waiting)
        return {"left": recorded(_as_told(found, waits)), "waiting": len(waiting)}

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


def parts(told: Sequence[Part]) -> Iterator[list[Part]]:
    """Give what is told or asked, a question at a time."""
    return (list(told[start : start + MOST]) for start in range(0, len(told), MOST))


def _is_askable(case: Case, position: int) -> bool:
    return case.subject_of(position).study_uid in studies_of(case)


def _as_told(found: ByPosition, waits: Mapping[int, bool]) -> ByPosition:
    """Return what becomes of each object, when the portal was told of those in `waits`."""
    return {position: _worded(what, waits.get(position)) for position, what in found.items()}


def _worded(what: NotReleased, waits: bool | None) -> NotReleased:
    if not isinstance(what, Held):
        return what
    if waits is None:  # nobody can be asked about it
        return Failed(what.reason)
    reason = _HAS_TO.sub("", what.reason)
    return Held(f"{reason}; {_WAITS}", what.rule) if waits else Failed(f"{reason}; {_DECIDED}")
