"""What the ledger says of one study on one day: the shapes that the projection fills and everybody reads."""

from dataclasses import dataclass, field

from consent_portal.ledger.events import Event
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.payloads import Conditions, Given


@dataclass(frozen=True)
class LevelStatus:
    """The answer that stands for one level, and the event it rests on.

    Attributes
    ----------
    why : str
        A sentence for people, for example why it expired.
    """

    level: Level
    state: LevelState
    why: str
    event: Event | None = None


@dataclass(frozen=True)
class ConsentStatus:
    """All that a decision needs to know of the ledger.

    Attributes
    ----------
    levels : dict
        One status for each of the four levels.
    recorded : bool
        Whether any consent was ever recorded that still counts.
    conditions : tuple of Conditions
        Of the grants that stand.
    lacks_capacity : bool
        The patient was last found unable to decide, and nobody with authority is known.
    best_interests : bool
        The grant that stands was made in the patient's best interests.
    refused_purposes : frozenset of str
        What the patient refused by name and has not agreed to since (ADR 0144).
    """

    levels: dict[Level, LevelStatus]
    recorded: bool = False
    conditions: tuple[Conditions, ...] = field(default=())
    lacks_capacity: bool = False
    best_interests: bool = False
    deceased: bool = False
    maturity_review_due: bool = False
    explained: bool = False
    refused_purposes: frozenset[str] = frozenset()
    identity_in_doubt: bool = False
    """What is recorded for some level was said under details that disagree with the study's (hazard H1)."""

    def state(self, level: Level) -> LevelState:
        """Return the answer for `level`."""
        return self.levels[level].state

    def conditions_of(self, level: Level) -> Conditions | None:
        """Return what the patient tied this level to, None where no form stands behind it."""
        event = self.levels[level].event
        return event.payload.conditions if event and isinstance(event.payload, Given) else None
