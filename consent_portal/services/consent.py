"""What people do to a consent. Every command adds events and changes none.

All need a writing session (`Database.writing`) and return the event they wrote. They refuse with `Refusal`, whose text
names the thing, the rule and what to do next.
"""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from consent_portal.clock import local_day, start_of_day, utc_now
from consent_portal.ledger import by_name, expiries, store
from consent_portal.ledger import payloads as p
from consent_portal.ledger.checks import Refusal, check
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.levels import LevelState
from consent_portal.ledger.rules import earlier
from consent_portal.ledger.rules.refusal import refuse_if
from consent_portal.registers import persons
from consent_portal.services.asking_back import ask_back, copies
from consent_portal.services.target import Target
from consent_portal.services.writing import events_of, known, moment, target_of, write


def record(session: Session, target: Target, given: p.Given, by: str) -> Event:
    """Record consent as it was given on a form or in words (R37, R42).

    A new record is a whole form: a level that it does not name is "not chosen" from then on, unless it was refused.

    Parameters
    ----------
    given : Given
        `given.discussed_on` is the day it counts from.
    by : str
        User name of who records it.

    Raises
    ------
    Refusal
        Without requesting clinician, or where capacity is missing or absent.
    """
    check(given, known(session, target))
    _check_identity(session, target, given)
    event = write(session, target, EventType.GIVEN, given, by, moment(session, target, given.discussed_on))
    return _recalled(session, event, given)


def amend(session: Session, target: Target, given: p.Given, by: str, original: str | None = None) -> Event:
    """Record amended consent from the patient or a representative (R38, S1 L29-31).

    An amendment changes the levels it names and leaves the others as they were. It links to the original, which stays.

    Parameters
    ----------
    original : str, optional
        Id of the event that is amended; by default the last one recorded for the same scope.

    Raises
    ------
    Refusal
        When there is nothing to amend.
    """
    check(given, known(session, target))
    _check_identity(session, target, given)
    found = store.event(session, original) if original else _last_given(session, target)
    if found is None or found.type not in {EventType.GIVEN, EventType.AMENDED}:
        raise Refusal("There is no recorded consent to amend for this; record it first.")
    at = max(moment(session, target, given.discussed_on), found.effective_at)  # never before what it amends
    return _recalled(session, write(session, target, EventType.AMENDED, given, by, at, found.id), given)


def refuse(session: Session, target: Target, refused: p.Refused, by: str, day: date | None = None) -> Event:
    """Record that the patient said no when asked; recalls what left under an earlier yes, like a withdrawal."""
    event = write(session, target, EventType.REFUSED, refused, by, moment(session, target, day))
    return ask_back(session, event, refused.levels)


def withdraw(session: Session, target: Target, withdrawn: p.Withdrawn, by: str, day: date | None = None) -> Event:
    """Record that the patient took consent back, as a whole or for some levels (R19, R40).

    Opens a recall task for every release that it covers. Needs no clinician, no capacity answer and no form: taking
    back must never be harder than giving.
    """
    event = write(session, target, EventType.WITHDRAWN, withdrawn, by, moment(session, target, day))
    return ask_back(session, event, withdrawn.levels)


def object_to(session: Session, target: Target, objection: p.Objection, by: str, day: date | None = None) -> Event:
    """Record an objection or an erasure request (R39); recalls what it covers, like a withdrawal."""
    event = write(session, target, EventType.OBJECTION, objection, by, moment(session, target, day))
    return ask_back(session, event, objection.levels)


def invalidate(session: Session, event_id: str, reason: str, by: str) -> Event:
    """Mark an event as entered in error; it stays to be read and no longer counts.

    Raises
    ------
    Refusal
        When there is no such event, no reason is given, the event is no statement about consent, or is marked already.
    """
    found = store.event(session, event_id)
    refuse_if(earlier.of_error(found, reason, events_of(session, target_of(found)) if found else []))
    assert found is not None  # noqa: S101  (refused above)
    marks = [
        Draft(EventType.INVALIDATED, one.patient_key, one.scope, p.Invalidated(reason=reason), utc_now(), by, one.id)
        for one in (found, *copies(session, found))
    ]
    return store.append_all(session, marks)[0]


def note_expired(session: Session, by: str = "system") -> list[Event]:
    """Write EXPIRED for some of the consents whose last day has passed and that have no such event yet.

    The answer does not wait for it (`projection` looks at the days themselves); it is for whoever reads the history.
    Called until nothing is left, so that each transaction is short however many ended in one night (ADR 0128).
    """
    days = expiries.ended(session, local_day(utc_now()))
    ended = [(event, last) for number, last in days if (event := store.event(session, number)) is not None]
    drafts = [
        Draft(
            EventType.EXPIRED,
            event.patient_key,
            event.scope,
            p.Expired(ended_on=last),
            start_of_day(last + timedelta(days=1)),
            by,
            event.id,
        )
        for event, last in ended
    ]
    expiries.mark(session, [number for number, _ in days])
    return store.append_all(session, drafts)


def _check_identity(session: Session, target: Target, given: p.Given) -> None:
    """Refuse a consent that reaches over to other studies while it is in doubt whose they are (hazard H1)."""
    if not target.scope.is_wide or LevelState.ACCEPTED not in given.levels.values():
        return
    doubt = persons.person_of_patient(session, target.patient_key).doubt
    if doubt:
        raise Refusal(
            f"The recordings under this patient's number disagree in: {', '.join(doubt)}. They may be of two people, "
            "so consent can be recorded for this study only (hazard H1). Choose 'This study', and let medical "
            "illustration settle whose the recordings are, under 'Details disagree'."
        )


def _recalled(session: Session, event: Event, given: p.Given) -> Event:
    """Open recalls for the levels that a form says no to: declining what was agreed to takes it back."""
    declined = [level for level, said in given.levels.items() if said is LevelState.DECLINED]
    return ask_back(session, event, declined) if declined or by_name.refused(given) else event


def _last_given(session: Session, target: Target) -> Event | None:
    events = events_of(session, target)
    gone = {event.supersedes for event in events if event.type is EventType.INVALIDATED}
    given = [
        event
        for event in events
        if event.type in {EventType.GIVEN, EventType.AMENDED}
        and event.id not in gone
        and event.scope.reaches(target.scope)
    ]
    return given[-1] if given else None
