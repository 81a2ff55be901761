"""What a no does beside its own event: what left is asked back, and each joined number gets the same no."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from consent_portal.ledger import store
from consent_portal.ledger.events import Draft, Event
from consent_portal.ledger.levels import Level
from consent_portal.registers import joining
from consent_portal.tasks import recalls


def ask_back(session: Session, event: Event, levels: Iterable[Level]) -> Event:
    """Open recalls for a "no", and write one that covers all recordings into the history of every joined number.

    So it goes on counting for each of them, should the numbers be taken apart again.
    """
    recalls.open_for(session, event, levels)
    others = joining.joined(session, [event.patient_key]) - {event.patient_key} if event.scope.is_wide else ()
    for key in sorted(others):
        again = Draft(event.type, key, event.scope, event.payload, event.effective_at, event.recorded_by)
        recalls.open_for(session, replace(store.append(session, again), id=event.id), levels)
    return event


def copies(session: Session, event: Event) -> list[Event]:
    """Return the same statement in the histories of the joined numbers (see `ask_back`).

    It may have been recorded twice, each time with copies of its own; only those written with this one are the same.
    """
    if not event.scope.is_wide:
        return []
    events = store.events_of_patients(session, joining.joined(session, [event.patient_key]), event.type)
    told = (event.scope, event.payload, event.effective_at, event.recorded_by)
    alike = [one for one in events if (one.scope, one.payload, one.effective_at, one.recorded_by) == told]
    return [one for one in _written_with(event, alike) if one.id != event.id]


def _written_with(event: Event, alike: Iterable[Event]) -> list[Event]:
    """Return the run of entries, one after the other and one for each number, that holds the event."""
    run: list[Event] = []
    for one in alike:
        follows = run and one.seq == run[-1].seq + 1 and one.patient_key not in {other.patient_key for other in run}
        if not follows and event in run:
            break
        run = [*run, one] if follows else [one]
    return run
