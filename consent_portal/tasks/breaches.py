"""Breaches of confidence: what happened, who has the copy, what was done, and why it needs nothing more (R56).

A breach is three kinds of event of the ledger and nothing else (ADR 0131): its history can only grow, and is checked
with everything else. It is about the patient whose copy it is, where that is known.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads, store
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.scope import Scope
from consent_portal.tasks import recalls
from consent_portal.tasks.recalls import Recall

SYSTEM = "system"
"""Who opens a breach when a recall is overdue."""


class BreachRefused(Exception):  # noqa: N818  (named for the situation)
    """Something cannot be noted about a breach; the text says why, and what to do."""


@dataclass(frozen=True)
class Breach:
    """One breach with its history, oldest first; `id` is that of the event that opened it."""

    opened: Event
    told: payloads.BreachOpened
    notes: tuple[tuple[Event, payloads.BreachNoted], ...] = ()
    closing: Event | None = None

    @property
    def id(self) -> str:
        """Return the breach's number."""
        return self.opened.id

    @property
    def is_open(self) -> bool:
        """Return whether something is still to be done."""
        return self.closing is None

    @property
    def reason(self) -> str:
        """Return why it was closed; empty while it is open."""
        payload = self.closing.payload if self.closing else None
        return payload.reason if isinstance(payload, payloads.BreachClosed) else ""

    def days_open(self, today: date) -> int:
        """Return how many days it has been, or was, open."""
        last = local_day(self.closing.recorded_at) if self.closing else today
        return (last - local_day(self.opened.recorded_at)).days


def every(session: Session) -> list[Breach]:
    """Return all breaches: the open ones first, and of each sort the newest first."""
    kinds = (EventType.BREACH_OPENED, EventType.BREACH_NOTED, EventType.BREACH_CLOSED)
    events = store.events_of_type(session, *kinds)
    return sorted(_breaches(events), key=lambda breach: (not breach.is_open, -breach.opened.seq))


def _breaches(events: Iterable[Event]) -> Iterator[Breach]:
    later: dict[str, list[Event]] = {}
    opened = []
    for event in events:
        if isinstance(event.payload, payloads.BreachOpened):
            opened.append((event, event.payload))
        else:
            later.setdefault(event.supersedes or "", []).append(event)
    for event, told in opened:
        after = later.get(event.id, [])
        notes = tuple((one, one.payload) for one in after if isinstance(one.payload, payloads.BreachNoted))
        closing = next((one for one in after if one.type is EventType.BREACH_CLOSED), None)
        yield Breach(event, told, notes, closing)


def get(session: Session, breach_id: str) -> Breach | None:
    """Return one breach."""
    return next((breach for breach in every(session) if breach.id == breach_id), None)


def report(session: Session, told: payloads.BreachOpened, by: str, released: Event | None = None) -> Breach:
    """Open a breach that a person has found.

    Parameters
    ----------
    released : Event, optional
        The release that it is about; then it stands in that patient's history.

    Raises
    ------
    BreachRefused
        When it was found on a day that has not come yet.
    """
    if told.found_on > local_day(utc_now()):
        raise BreachRefused("The day on which it was found lies in the future; check the date.")
    patient, scope = (released.patient_key, released.scope) if released else ("", Scope.patient())
    about = released.id if released else None
    draft = Draft(EventType.BREACH_OPENED, patient, scope, told, utc_now(), by, about)
    return Breach(store.append(session, draft), told)


def note(session: Session, breach_id: str, noted: payloads.BreachNoted, by: str) -> Event:
    """Note what was done about an open breach.

    Raises
    ------
    LookupError, BreachRefused
    """
    breach = _open(session, breach_id)
    if noted.on > local_day(utc_now()):
        raise BreachRefused("The day on which it was done lies in the future; check the date.")
    return _after(session, breach, EventType.BREACH_NOTED, noted, by)


def close(session: Session, breach_id: str, closed: payloads.BreachClosed, by: str) -> Event:
    """Close a breach with the reason why it needs nothing more.

    Raises
    ------
    LookupError, BreachRefused
    """
    return _after(session, _open(session, breach_id), EventType.BREACH_CLOSED, closed, by)


def _open(session: Session, breach_id: str) -> Breach:
    breach = get(session, breach_id)
    if breach is None:
        raise LookupError("There is no such breach.")
    if not breach.is_open:
        raise BreachRefused("This breach is closed. Report a new one if something else has happened.")
    return breach


def _after(session: Session, breach: Breach, kind: EventType, payload: payloads.Payload, by: str) -> Event:
    opened = breach.opened
    return store.append(session, Draft(kind, opened.patient_key, opened.scope, payload, utc_now(), by, opened.id))


def owed(session: Session, days: int, today: date | None = None) -> list[Recall]:
    """Return the recalls that are overdue and of which no breach was opened yet."""
    on = today or local_day(utc_now())
    late = [recall for recall in recalls.waiting(session) if recall.is_overdue(on, days)]
    if not late:
        return []
    known = {breach.told.recall for breach in every(session)}
    return [recall for recall in late if recall.id not in known]


def open_overdue(session: Session, days: int, today: date | None = None) -> int:
    """Open a breach for every recall that nobody confirmed in time, one for each, whoever looks and how often.

    Parameters
    ----------
    session : Session
        A writing one: whoever comes second finds the breach.
    days : int
        ``[portal] recall_days``.

    Returns
    -------
    int
        How many were opened.
    """
    on = today or local_day(utc_now())
    due = owed(session, days, on)
    store.append_all(session, [_draft(recall, recall.due_on(days), on) for recall in due])
    return len(due)


def _draft(recall: Recall, due: date, today: date) -> Draft:
    told = payloads.BreachOpened(
        what=f"A copy that had been called back was not confirmed as deleted by {due.day} {due:%B %Y}.",
        found_on=today,
        recall=recall.id,
        holder=recall.holder or recall.recipient,
    )
    scope = Scope.study(recall.study_uid) if recall.study_uid else Scope.patient()
    kind = EventType.BREACH_OPENED
    return Draft(kind, recall.patient_key, scope, told, utc_now(), SYSTEM, recall.released_event)
