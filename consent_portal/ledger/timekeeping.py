"""The ledger's own time: it never runs backwards, and a clock that disagrees with it opens nothing (ADR 0124).

Several machines write here, and each clock may be wrong either way (assurance F21). The order of what was said is the
order in which it was recorded; a clock that stands before the last entry is told so, and only a "no" passes.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from consent_portal.ledger import by_name
from consent_portal.ledger import payloads as p
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.levels import Level, LevelState

TOLERANCE = timedelta(seconds=5)
"""By how much the clocks of several machines may differ without a word; the order is the ledger's in any case."""
_JUST_NOW = timedelta(minutes=1)
_ALWAYS_OPENING = frozenset(
    {EventType.REVIEWED_AT_MATURITY, EventType.REPRESENTATIVE_ADDED, EventType.POLICY_SIGNED, EventType.EXPLAINED}
)


class ClockBehind(Refusal):
    """The machine's clock stands before the ledger's last entry, and what was asked for would open something."""


def behind(now: datetime, last: datetime | None) -> timedelta:
    """Return by how much `now` lies before the last entry; nothing within `TOLERANCE`."""
    gap = last - now if last is not None else timedelta()
    return gap if gap > TOLERANCE else timedelta()


def disagreement(now: datetime, last: datetime) -> str:
    """Return the sentence that names both times, and what to do."""
    return (
        f"The clock here says {_words(now)} UTC, which is before the ledger's last entry of {_words(last)} UTC. "
        "Set the clock right; if it is right and that entry was written by a clock that was ahead, the Caldicott "
        "Guardian can say so with `aoa audit accept-clock`."
    )


def in_ledger_time(draft: Draft, now: datetime, last: datetime | None, about: Event | None) -> Draft:
    """Return `draft` as it may be written now.

    Where the clock stands before the last entry, what closes something is marked with how far, and counts from the
    ledger's time; what it agrees to besides is held until it is recorded again.

    Parameters
    ----------
    last : datetime or None
        When the last entry was recorded.
    about : Event or None
        The event that the draft supersedes.

    Raises
    ------
    ClockBehind
        When the draft would only open something.
    """
    gap = behind(now, last)
    if not gap or last is None:
        return draft
    if _opens(draft, about):
        raise ClockBehind(f"This was not recorded. {disagreement(now, last)} A refusal or withdrawal is always taken.")
    payload = draft.payload
    if isinstance(payload, p.Said):
        payload = payload.model_copy(update={"seconds_behind": ceil(gap.total_seconds())})
    at = max(draft.effective_at, last) if draft.effective_at >= now - _JUST_NOW else draft.effective_at
    return replace(draft, payload=payload, effective_at=at)


def refuses(payload: p.Payload, level: Level) -> bool:
    """Whether a statement says no to a level."""
    if isinstance(payload, p.Given):
        return payload.levels.get(level) is LevelState.DECLINED
    return isinstance(payload, p.Refused | p.Withdrawn | p.Objection) and level in payload.levels


def refuses_something(payload: p.Payload) -> bool:
    """Whether a statement says no to any level, or to a use by its name."""
    if isinstance(payload, p.Given):
        is_refused = LevelState.DECLINED in payload.levels.values()
    else:
        is_refused = isinstance(payload, p.Refused | p.Withdrawn | p.Objection) and bool(payload.levels)
    return is_refused or bool(by_name.refused(payload))


def _opens(draft: Draft, about: Event | None) -> bool:
    payload = draft.payload
    if isinstance(payload, p.Given):
        return LevelState.ACCEPTED in payload.levels.values() and not refuses_something(payload)
    if isinstance(payload, p.CapacityAssessed):
        return payload.capacity.answer is p.CapacityAnswer.YES
    if isinstance(payload, p.Invalidated):
        return about is None or not isinstance(about.payload, p.Given) or refuses_something(about.payload)
    return draft.type in _ALWAYS_OPENING


def _words(moment: datetime) -> str:
    return f"{moment:%-d %B %Y, %H:%M:%S}"
