"""What the rules need to know of the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from consent_portal.clock import age_on, local_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event, EventType


@dataclass(frozen=True)
class Circumstances:
    """When the patient was born and died, where it is known, and what is recorded of the patient.

    Attributes
    ----------
    died : date or None
        The date of death; the day on which it was noted where no date is known.
    history : sequence of Event
        What counts: without what was entered in error.
    """

    born: date | None = None
    died: date | None = None
    history: Sequence[Event] = ()

    @property
    def today(self) -> date:
        """Return the day in the United Kingdom."""
        return local_day(utc_now())

    def age(self, day: date | None) -> int | None:
        """Return how old the patient was on `day`; None where that is not known, or the day cannot be."""
        return None if self.born is None or day is None or day < self.born else age_on(self.born, day)


UNKNOWN = Circumstances()


def circumstances(born: date | None, events: Sequence[Event]) -> Circumstances:
    """Return what is known from the date of birth and all events of a patient."""
    gone = {event.supersedes for event in events if event.type is EventType.INVALIDATED}
    history = [event for event in events if event.id not in gone and event.type is not EventType.INVALIDATED]
    return Circumstances(born, min(map(_died, filter(_is_death, history)), default=None), history)


def _is_death(event: Event) -> bool:
    return event.type is EventType.DECEASED_NOTED


def _died(event: Event) -> date:
    noted = event.payload.date_of_death if isinstance(event.payload, p.DeceasedNoted) else None
    return noted or local_day(event.recorded_at)
