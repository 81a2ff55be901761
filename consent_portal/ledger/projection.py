"""From events to the answer that stands for each level: pure functions, the combining rules of policy.md.

1. Only events that concern the item count. A "no" counts from the moment it is recorded, whatever any clock says.
2. A refusal, withdrawal or objection beats every grant but one at the same or a narrower scope, by somebody with the
   authority, that was recorded later *and* was not said before it (ADR 0124): when the order of recording and the
   order of the days that people state disagree, the "no" stands.
3. No level implies another; the record itself (level 1) goes without saying unless it was refused.
4. What has expired asks again.
7. Nothing works backwards: what left before a withdrawal has left, see `consent_portal.tasks.recalls`.
(5 and 6 are the policy's: see `consent_portal.policy`.)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from consent_portal.clock import age_on, local_day
from consent_portal.ledger import by_name
from consent_portal.ledger import payloads as p
from consent_portal.ledger.ages import ADULT, MATURITY
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.levels import SECONDARY, Level, LevelState
from consent_portal.ledger.scope import Item
from consent_portal.ledger.status import ConsentStatus, LevelStatus
from consent_portal.ledger.timekeeping import refuses, refuses_something

_GRANTING = frozenset({EventType.GIVEN, EventType.AMENDED})
_CLOSING = frozenset({EventType.DECEASED_NOTED, EventType.REPRESENTATIVE_REMOVED, EventType.INVALIDATED})


@dataclass(frozen=True)
class View:
    """The events that count for one item at one moment."""

    events: Sequence[Event]
    invalidated: Sequence[Event]
    item: Item
    at: datetime
    birth_date: date | None

    @cached_property
    def day(self) -> date:
        """The day in the United Kingdom."""
        return local_day(self.at)

    @cached_property
    def own(self) -> list[Event]:
        """What was said for the patient whose study it is (see `Item.former_patients` and `Item.set_aside`)."""
        return [event for event in self.events if not self.is_of_another(event)]

    def is_of_another(self, event: Event) -> bool:
        """Whether somebody else may have said it: a refusal binds all the same, a consent does not."""
        return event.patient_key in self.item.former_patients or event.id in self.item.set_aside


def project(events: Iterable[Event], item: Item, at: datetime, birth_date: date | None) -> ConsentStatus:
    """Return what stands for `item` at the moment `at`.

    Parameters
    ----------
    events : iterable of Event
        All events of the patient and the study, in any order.
    birth_date : date or None
        For the review at maturity; where unknown, a parent's consent waits for that review.
    """
    view = _view(list(events), item, at, birth_date)
    due = _maturity_due(view)
    levels = {level: _level(view, level, due=due) for level in Level}
    standing = _unique(status.event for status in levels.values() if status.state is LevelState.ACCEPTED)
    grants = [event.payload for event in standing if isinstance(event.payload, p.Given)]
    return ConsentStatus(
        levels=levels,
        recorded=any(event.type in _GRANTING or refuses_something(event.payload) for event in view.events),
        conditions=tuple(grant.conditions for grant in grants),
        lacks_capacity=_lacks_capacity(view),
        best_interests=any(grant.capacity.answer is p.CapacityAnswer.BEST_INTERESTS for grant in grants),
        deceased=any(event.type is EventType.DECEASED_NOTED for event in view.own),
        maturity_review_due=due,
        explained=any(event.type is EventType.EXPLAINED for event in view.events),
        refused_purposes=_refused_purposes(view),
        identity_in_doubt=any(one.event is not None and one.event.id in item.set_aside for one in levels.values()),
    )


def _view(events: list[Event], item: Item, at: datetime, birth_date: date | None) -> View:
    gone = {event.supersedes for event in events if event.type is EventType.INVALIDATED}
    ours = sorted(
        (event for event in _within_reason(events) if _has_been_said(event, at) and event.scope.touches(item)),
        key=_as_stated,
    )
    counting = [event for event in ours if event.id not in gone and event.type is not EventType.INVALIDATED]
    return View(counting, [event for event in ours if event.id in gone], item, at, birth_date)


def _within_reason(events: list[Event]) -> list[Event]:
    """Return the events with no grant from a clock that was ahead counting from later than the next entry was recorded.

    Only where the ledger's time went back, because the Guardian accepted the present clock (ADR 0124).
    """
    earliest, found = datetime.max.replace(tzinfo=UTC), []
    for event in sorted(events, key=lambda event: event.seq, reverse=True):
        only_grants = event.type in _GRANTING and not refuses_something(event.payload)
        ahead = only_grants and event.recorded_at > earliest and event.effective_at > earliest
        found.append(replace(event, effective_at=earliest) if ahead else event)
        earliest = min(earliest, event.recorded_at)
    return found


def _has_been_said(event: Event, at: datetime) -> bool:
    """Whether it counts yet: what closes counts at once, also when a clock that was ahead wrote it."""
    return event.effective_at <= at or event.type in _CLOSING or refuses_something(event.payload)


def _as_stated(event: Event) -> tuple[datetime, bool, int]:
    """Return where an event stands in the order of what people stated; recording decides within a moment."""
    return event.effective_at, _counts_last(event), event.seq


def _as_said(refusal: Event) -> tuple[datetime, bool, int]:
    """Return the same of a refusal, by the clock of whoever wrote it where that was behind the ledger's."""
    at, last, seq = _as_stated(refusal)
    behind = refusal.payload.seconds_behind if isinstance(refusal.payload, p.Said) else 0
    return at - timedelta(seconds=behind), last, seq


def _counts_last(event: Event) -> bool:
    """Whether it comes after the plain grants of its moment: a refusal does, and an amendment, after what it amends."""
    return event.type is EventType.AMENDED or refuses_something(event.payload)


def _unique(events: Iterable[Event | None]) -> list[Event]:
    return list({event.id: event for event in events if event is not None}.values())


def _level(view: View, level: Level, *, due: bool) -> LevelStatus:
    refusal = _standing_refusal(view, level)
    if refusal is not None:
        return LevelStatus(level, _refusal_state(refusal), _REFUSED_WHY[refusal.type], refusal)
    grant = _standing_grant(view, level)
    if grant is not None:
        return _granted(view, level, grant, due=due)
    return _silent(view, level)


def _standing_refusal(view: View, level: Level) -> Event | None:
    for refusal in reversed(view.events):
        if refuses(refusal.payload, level) and not any(_lifts(view, grant, refusal, level) for grant in view.events):
            return refusal
    return None


def _lifts(view: View, grant: Event, refusal: Event, level: Level) -> bool:
    return (
        grant.seq > refusal.seq
        and _as_stated(grant) > _as_said(refusal)
        and _accepts(grant, level)
        and _has_begun(view, grant)
        and grant.scope.covers(view.item)
        and refusal.scope.reaches(grant.scope)
        and _authorised(view, grant)
    )


def _refused_purposes(view: View) -> frozenset[str]:
    """Return what was refused by name, unless a later form that may lift it agrees to just that (rule 2)."""
    return frozenset(
        purpose
        for place, refusal in enumerate(view.events)
        for purpose in by_name.refused(refusal.payload)
        if not any(_lifts_by_name(view, grant, refusal, purpose) for grant in view.events[place + 1 :])
    )


def _lifts_by_name(view: View, grant: Event, refusal: Event, purpose: str) -> bool:
    return (
        grant.seq > refusal.seq
        and by_name.agrees(grant.payload, purpose)
        and _has_begun(view, grant)
        and grant.scope.covers(view.item)
        and refusal.scope.reaches(grant.scope)
        and _authorised(view, grant)
    )


def _has_begun(view: View, grant: Event) -> bool:
    assert isinstance(grant.payload, p.Given)  # noqa: S101  (only these grant)
    begins = grant.payload.valid_from
    return grant.effective_at <= view.at and (begins is None or view.day >= begins)


def _standing_grant(view: View, level: Level) -> Event | None:
    """Return the last grant for the level, unless a later whole form is silent on it."""
    for event in reversed(view.own):
        if _accepts(event, level) and event.scope.covers(view.item) and _authorised(view, event):
            return event
        if event.type is EventType.GIVEN and event.scope.covers(view.item) and not _accepts(event, level):
            return None
    return None


def _granted(view: View, level: Level, grant: Event, *, due: bool) -> LevelStatus:
    assert isinstance(grant.payload, p.Given)  # noqa: S101  (only these grant)
    ended = grant.payload.valid_to
    if ended is not None and view.day > ended:
        return LevelStatus(level, LevelState.EXPIRED, f"It was given until {ended:%-d %B %Y}; ask again.", grant)
    if not _has_begun(view, grant):
        begins = max(local_day(grant.effective_at), grant.payload.valid_from or date.min)
        return LevelStatus(level, LevelState.NOT_CHOSEN, f"It begins on {begins:%-d %B %Y}.", grant)
    if due and level in SECONDARY and _waits_for_maturity(view, grant):
        return LevelStatus(
            level, LevelState.EXPIRED, "The patient has grown up and has not been asked (GMC 35).", grant
        )
    return LevelStatus(level, LevelState.ACCEPTED, "The patient, or somebody with the authority, agreed.", grant)


def _silent(view: View, level: Level) -> LevelStatus:
    for event in reversed(view.events):
        if isinstance(event.payload, p.Given) and event.scope.covers(view.item):
            said = event.payload.levels.get(level, LevelState.NOT_CHOSEN)
            if view.is_of_another(event):
                why = _IN_DOUBT if event.id in view.item.set_aside else _FORMER
                return LevelStatus(level, LevelState.UNKNOWN, why, event)
            if not _authorised(view, event):
                return LevelStatus(level, LevelState.UNKNOWN, "Given by somebody who had no authority then.", event)
            if event.payload.seconds_behind and said is LevelState.ACCEPTED:
                return LevelStatus(level, LevelState.UNKNOWN, _HELD, event)
            if said is not LevelState.ACCEPTED:
                return LevelStatus(level, said, "The form does not choose this level.", event)
    if any(_accepts(event, level) or refuses(event.payload, level) for event in view.invalidated):
        return LevelStatus(level, LevelState.INVALIDATED, "What was recorded had been entered in error.")
    return LevelStatus(level, LevelState.NOT_ASKED, "Nothing is recorded for this level.")


_HELD = "It was recorded while the clock stood before the ledger's last entry; record it again."
_FORMER = "It was given while the study stood under another patient's number; ask again."
_IN_DOUBT = "It was given under details that do not agree with this study's; check who this is, or ask again."


def _accepts(event: Event, level: Level) -> bool:
    if not isinstance(event.payload, p.Given) or event.payload.seconds_behind:
        return False
    said = event.payload.levels
    if level is Level.RECORD and level not in said:  # rule 3: level 1 goes without saying
        return LevelState.ACCEPTED in said.values()
    return said.get(level) is LevelState.ACCEPTED


_REFUSED_WHY = {
    EventType.GIVEN: "The patient declined this level.",
    EventType.AMENDED: "The patient declined this level.",
    EventType.REFUSED: "The patient refused when asked.",
    EventType.WITHDRAWN: "The patient took this consent back.",
    EventType.OBJECTION: "The patient objects to this use.",
}


def _refusal_state(event: Event) -> LevelState:
    if event.type in _GRANTING:
        return LevelState.DECLINED
    return LevelState.WITHDRAWN if event.type is EventType.WITHDRAWN else LevelState.REFUSED


def _authorised(view: View, grant: Event) -> bool:
    """Whether the grantor had the authority then: a representative who was removed before has none (hazard H9).

    Nor has a patient whose number the study bore by mistake (hazards H1 and H12): a refusal of theirs binds, their
    consent does not. The same holds where details disagree (`Item.set_aside`).
    """
    assert isinstance(grant.payload, p.Given)  # noqa: S101  (only these grant)
    if view.is_of_another(grant):
        return False
    grantor = grant.payload.grantor
    if grantor.kind is p.GrantorKind.PATIENT:
        return True
    ours = [event for event in view.own if _names(event, grantor.name)]
    when_said = [event for event in ours if event.effective_at <= grant.effective_at]
    when_recorded = [event for event in ours if event.seq < grant.seq]  # a clock that was ahead delays no removal
    return not (_ends_removed(when_said) or _ends_removed(when_recorded))


def _names(event: Event, name: str) -> bool:
    payload = event.payload
    return isinstance(payload, p.Representative) and payload.name.strip().casefold() == name.strip().casefold()


def _ends_removed(named: list[Event]) -> bool:
    last = max(named, key=lambda event: event.seq, default=None)
    return last is not None and last.type is EventType.REPRESENTATIVE_REMOVED


def _lacks_capacity(view: View) -> bool:
    able = True
    represented = False
    for event in view.own:
        if isinstance(event.payload, p.CapacityAssessed) or (
            isinstance(event.payload, p.Given) and event.payload.grantor.kind is p.GrantorKind.PATIENT
        ):
            able = event.payload.capacity.answer is p.CapacityAnswer.YES
        elif event.type is EventType.REPRESENTATIVE_ADDED:
            represented = True
        elif event.type is EventType.REPRESENTATIVE_REMOVED:
            represented = False
    return not able and not represented


def _maturity_due(view: View) -> bool:
    """Whether an agreement that still stands waits; one that the young person's own form replaced does not."""
    standing = _unique(_standing_grant(view, level) for level in Level)
    return any(_waits_for_maturity(view, event) for event in standing)


def _waits_for_maturity(view: View, grant: Event) -> bool:
    """Whether the patient has come of age since somebody else agreed, and was not asked (GMC 35, table row 20)."""
    assert isinstance(grant.payload, p.Given)  # noqa: S101  (only these grant)
    age = grant.payload.review_age
    if age is None and grant.payload.grantor.kind is p.GrantorKind.PATIENT:
        return False
    if not _has_come_of_age(view, grant, age or MATURITY):
        return False
    return not any(_confirms(event) and event.effective_at >= grant.effective_at for event in view.own)


def _confirms(event: Event) -> bool:
    """Whether the young person let what others decided stand; what they changed is a form or a withdrawal of theirs."""
    return isinstance(event.payload, p.ReviewedAtMaturity) and event.payload.outcome == "confirmed"


def _has_come_of_age(view: View, grant: Event, age: int) -> bool:
    assert isinstance(grant.payload, p.Given)  # noqa: S101  (only these grant)
    if view.birth_date is None:
        return grant.payload.grantor.kind is p.GrantorKind.PARENTAL_RESPONSIBILITY
    then = age_on(view.birth_date, local_day(grant.effective_at))
    return (then < age or _beyond_a_parent(grant.payload, then)) and age_on(view.birth_date, view.day) >= age


def _beyond_a_parent(given: p.Given, age: int) -> bool:
    """Whether a parent decided for somebody who was then too old for it (hazard H9)."""
    if given.grantor.kind is not p.GrantorKind.PARENTAL_RESPONSIBILITY:
        return False
    return age >= ADULT or (age >= MATURITY and given.capacity.answer is p.CapacityAnswer.YES)
