"""What the pages handle: a held image, its draft, what was decided of it, and who acts."""

from dataclasses import dataclass, field
from enum import StrEnum

from consent_portal.database import sight_of_request
from consent_portal.registers.studies import Study
from consent_portal.review.areas import Areas, Proposed


class State(StrEnum):
    """How a held image stands."""

    WAITING = "waiting"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    """Whatever it was wanted for may no longer leave."""
    ENDED = "ended"
    """Its date is past, or the image or the rules have changed since it was held."""


class Outcome(StrEnum):
    """What a person says of a held image."""

    RELEASE = "release"
    WITHHOLD = "withhold"
    TAKEN_BACK = "taken-back"
    """A decision that was made before does not count any more; the image waits again."""


class Scope(StrEnum):
    """To what a saved draft is carried."""

    FRAME = "frame"
    IMAGE = "image"
    SERIES = "series"
    LIKE = "like"
    """The study's images of the same size, modality and kind."""


FACE = "face"
"""The rule that holds an image for a face."""
REVIEWERS = frozenset({"clinician", "medical-illustration"})
"""Who may see a held picture, draw on it and decide: it is an original, which only direct care looks at."""
LISTERS = REVIEWERS | {"caldicott-guardian"}
"""Who may see the list, without pictures."""


@dataclass(frozen=True)
class Reviewer:
    """Who acts, with what they may see (`consent_portal.registers.sight`): that of the present request by itself."""

    user: str
    role: str
    sight: object | None = field(default_factory=sight_of_request.get)


@dataclass(frozen=True)
class Waiter:
    """A job that waits for an image, of whom and what for."""

    job: str
    user: str
    role: str
    purpose: str
    profile: str


@dataclass(frozen=True)
class Draft:
    """What reviewers have drawn so far. Revision 0 is nobody's: what was decided, or what the machine is sure of."""

    revision: int
    areas: Areas
    outcome: Outcome | None = None
    no_face: bool = False
    recognisable: bool = False
    reason: str = ""
    by: str = ""
    at: str = ""
    undoable: bool = False


@dataclass(frozen=True)
class Decided:
    """What a person decided of an image; `stale` once something recorded since may take away what was agreed."""

    outcome: Outcome
    areas: Areas
    no_face: bool
    recognisable: bool
    reason: str
    by: str
    role: str
    at: str
    stale: bool


@dataclass(frozen=True, repr=False)
class HeldImage:
    """A held image as it stands now. Its `id` is what may stand in an address."""

    id: str
    image: str
    basis: str
    ticket: str
    study: str
    series_uid: str
    position: int
    number: int | None
    modality: str
    kind: str
    frames: int
    rows: int
    columns: int
    proportion: float
    rule: str
    why: str
    proposed: tuple[Proposed, ...]
    told_at: str
    until: str
    state: State
    state_why: str
    """Why nobody can decide it; empty while somebody can, and once it is decided."""
    waiters: tuple[Waiter, ...]
    draft: Draft
    decided: Decided | None

    def __repr__(self) -> str:
        return f"HeldImage({self.id})"

    @property
    def offered(self) -> tuple[Proposed, ...]:
        """Return what the machine proposed and the draft does not have."""
        taken = set(self.draft.areas)
        return tuple(one for one in self.proposed if one.area not in taken)

    @property
    def is_open(self) -> bool:
        """Whether somebody can draw and decide."""
        return self.state is State.WAITING


@dataclass(frozen=True, repr=False)
class StudyOnList:
    """A study with images that wait for a person."""

    study: Study
    waiting: int
    drafted: int
    """Of these, how many have an outcome in their draft."""
    decided: int
    rules: tuple[str, ...]
    modalities: tuple[str, ...]
    first_told_at: str
    until: str
    """The day on which the first of those that wait ends."""
    waiters: tuple[Waiter, ...]
