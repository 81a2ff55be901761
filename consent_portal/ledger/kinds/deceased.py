"""DECEASED_NOTED: the patient has died; known wishes are followed (GMC 47-48)."""

from datetime import date

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Tone
from consent_portal.ledger.payload import Payload


class DeceasedNoted(Payload):
    """When, where it is known, and what the patient is known to have wished."""

    date_of_death: date | None = None
    known_wishes: str = ""


def _summary(noted: DeceasedNoted) -> Summary:
    return Summary(text=noted.known_wishes)


def _facts(noted: DeceasedNoted) -> Facts:
    return (Fact("Date of death", noted.date_of_death), Fact("Known wishes", noted.known_wishes))


DECEASED_NOTED = EventKind(
    EventType.DECEASED_NOTED, DeceasedNoted, "Death noted", Tone.ASK, correctable=True, summary=_summary, facts=_facts
)
