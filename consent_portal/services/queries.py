"""What can be read of the ledger."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from consent_portal.clock import utc_now
from consent_portal.ledger import payloads, store
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.narrowing import narrows
from consent_portal.ledger.projection import project
from consent_portal.ledger.scope import Item
from consent_portal.ledger.status import ConsentStatus
from consent_portal.registers import joining, persons
from consent_portal.registers.studies import Study


@dataclass(frozen=True)
class Disclosure:
    """One release of one study, for a patient's disclosure history (R39).

    Attributes
    ----------
    recall : str
        empty, ``sent``, ``confirmed``
    published : Published or None
        Set when it cannot be recalled.
    """

    event: Event
    released: payloads.Released
    recall: str = ""
    published: payloads.Published | None = None


def history(session: Session, study: Study) -> list[Event]:
    """Return every event of the study's patient, under each of the numbers, and of the study itself, oldest first."""
    keys = joining.joined(session, [study.patient_key]) or [study.patient_key]
    return store.events_about_all(session, keys, [study.study_uid])


def status(session: Session, study: Study, at: datetime | None = None) -> ConsentStatus:
    """Return what stands for the study at a moment (now by default).

    What refuses all recordings of whose number it stood under before counts as well (ADR 0106).
    """
    events, item = _counting(session, study)
    return project(events, item, at or utc_now(), study.birth_date)


def narrowed_at(session: Session, study: Study, beside: Collection[EventType] = ()) -> int:
    """Return the number of the last event that may have taken away something of what is agreed; 0 for none.

    Parameters
    ----------
    beside : collection of EventType
        Kinds of event that are passed over.
    """
    events, item = _counting(session, study)
    ordered = sorted((event for event in events if event.type not in beside), key=lambda event: event.seq)
    ends = range(len(ordered), 0, -1)
    found = (end for end in ends if narrows(ordered[:end], item, utc_now(), study.birth_date))
    return next((ordered[end - 1].seq for end in found), 0)


def _counting(session: Session, study: Study) -> tuple[list[Event], Item]:
    """Return the events on which what stands for a study can rest, and the study as they know it."""
    person = persons.person_of(session, study)
    ours = person.patient_keys
    former = joining.joined(session, study.former_patients) - ours
    events = store.events_that_count(session, [*ours, *former], study.item)
    doubtful = persons.set_aside(session, study, person, events)
    return events, replace(study.item, former_patients=former, set_aside=doubtful)


def disclosures(session: Session, patient_key: str, study_uids: list[str] | None = None) -> list[Disclosure]:
    """Return all that was released of a patient, under each of the joined numbers, oldest first."""
    keys = joining.joined(session, [patient_key]) or [patient_key]
    return disclosures_among(session, store.events_about_all(session, keys, study_uids or []))


def disclosures_among(session: Session, events: list[Event]) -> list[Disclosure]:
    """Return the releases among these events that whoever asks may see, for whoever has read a `history` already."""
    seen = store.seen(session, events)
    return [_disclosure(event, seen) for event in seen if event.type is EventType.RELEASED]


def everything_released(session: Session) -> list[Disclosure]:
    """Return all that was ever released, of every patient, oldest first."""
    kinds = (EventType.RELEASED, EventType.RECALL_SENT, EventType.RECALL_CONFIRMED, EventType.PUBLISHED)
    events = store.events_of_type(session, *kinds)
    later: dict[str, list[Event]] = {}
    for event in events:
        later.setdefault(event.supersedes or "", []).append(event)
    return [_disclosure(event, later.get(event.id, [])) for event in events if event.type is EventType.RELEASED]


def _disclosure(event: Event, events: list[Event]) -> Disclosure:
    assert isinstance(event.payload, payloads.Released)  # noqa: S101  (the store checks the payload's type)
    about = [other for other in events if other.supersedes == event.id]
    recall = ""
    published = None
    for other in about:
        if other.type is EventType.RECALL_SENT:
            recall = "sent"
        elif other.type is EventType.RECALL_CONFIRMED:
            recall = "confirmed"
        elif isinstance(other.payload, payloads.Published):
            published = other.payload
    return Disclosure(event, event.payload, recall, published)
