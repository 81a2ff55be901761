"""Whether an event took anything away: pure, and in doubt yes.

What opens more, or nothing, is told apart from whatever may close something, so that who decided on the ground of what
stood before need be asked again only for the latter.
"""

from collections.abc import Sequence
from datetime import date, datetime

from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.payloads import Conditions
from consent_portal.ledger.projection import project
from consent_portal.ledger.scope import Item
from consent_portal.ledger.status import ConsentStatus
from consent_portal.ledger.timekeeping import refuses_something

_MAY_OPEN = frozenset(
    {
        EventType.GIVEN,
        EventType.AMENDED,
        EventType.CAPACITY_ASSESSED,
        EventType.REPRESENTATIVE_ADDED,
        EventType.REVIEWED_AT_MATURITY,
    }
)
"""What is looked at more closely; every other kind counts as one that narrows."""


def narrows(events: Sequence[Event], item: Item, now: datetime, birth_date: date | None) -> bool:
    """Return whether the last of these events may have taken away something that the others left open.

    Parameters
    ----------
    events : sequence of Event
        Those that count for the item, as they were recorded, up to the one that is asked about.
    now : datetime
        An event may count later than it was recorded, so both moments are looked at.
    """
    event, before = events[-1], events[:-1]
    if event.type not in _MAY_OPEN or refuses_something(event.payload):
        return True
    moments = (event.recorded_at, max(now, event.recorded_at))
    pairs = ((project(before, item, at, birth_date), project(events, item, at, birth_date)) for at in moments)
    return any(is_narrower(after, before) for before, after in pairs)


def is_narrower(after: ConsentStatus, before: ConsentStatus) -> bool:
    """Return whether `after` leaves anything less open than `before`, or the same on other terms."""
    return (
        any(_is_less_open(after, before, level) for level in Level)
        or not _adds_no_terms(after.conditions, before.conditions)
        or not after.refused_purposes <= before.refused_purposes
        or after.best_interests is not before.best_interests
        or not _hindrances(after) <= _hindrances(before)
    )


def _is_less_open(after: ConsentStatus, before: ConsentStatus, level: Level) -> bool:
    """Whether the level is answered otherwise than by a yes, or the yes that stood is tied to something else.

    "Not chosen" is less than "not asked": where nothing is recorded, some uses need no consent (GMC 10).
    """
    if after.state(level) is not LevelState.ACCEPTED:
        return after.state(level) is not before.state(level)
    stood = before.state(level) is LevelState.ACCEPTED
    return stood and after.conditions_of(level) != before.conditions_of(level)


def _adds_no_terms(after: Sequence[Conditions], before: Sequence[Conditions]) -> bool:
    return set(before) <= set(after) <= {*before, Conditions()}


def _hindrances(status: ConsentStatus) -> set[str]:
    names = ("lacks_capacity", "deceased", "maturity_review_due", "identity_in_doubt")
    return {name for name in names if getattr(status, name)}
