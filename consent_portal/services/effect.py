"""Whether what was just written changes what stands: an older date or a narrower scope can leave it without effect.

Nobody must go away believing that a door is shut that is open, so whoever records it is told (hazards H2 and H11).
"""

from dataclasses import dataclass

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.status import ConsentStatus, LevelStatus


@dataclass(frozen=True)
class Effect:
    """What of an event came to nothing.

    Attributes
    ----------
    not_opened : tuple of LevelStatus
        What stands for the levels that the event says yes to and that stay closed all the same.
    not_closed : tuple of LevelStatus
        What stands for the levels that the event says no to and that are not refused all the same.
    """

    not_opened: tuple[LevelStatus, ...] = ()
    not_closed: tuple[LevelStatus, ...] = ()


def effect(event: Event, status: ConsentStatus) -> Effect:
    """Return which answers of `event` do not stand in `status`, which must be of an item that the event is about."""
    agreed, refused = _answers(event)
    return Effect(
        not_opened=tuple(one for one in map(status.levels.get, agreed) if one and one.state is not LevelState.ACCEPTED),
        not_closed=tuple(one for one in map(status.levels.get, refused) if one and not one.state.is_refusal),
    )


def _answers(event: Event) -> tuple[list[Level], list[Level]]:
    if isinstance(event.payload, p.Given):
        said = event.payload.levels.items()
        return (
            [level for level, answer in said if answer is LevelState.ACCEPTED],
            [level for level, answer in said if answer is LevelState.DECLINED],
        )
    if isinstance(event.payload, p.Refused | p.Withdrawn | p.Objection):
        return [], list(event.payload.levels)
    return [], []
