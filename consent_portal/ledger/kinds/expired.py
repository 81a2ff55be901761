"""EXPIRED: the end that a consent itself named has passed. Derived, and written for whoever reads the history."""

from datetime import date

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Tone, Writer
from consent_portal.ledger.payload import Payload


class Expired(Payload):
    """Written by the system when the end that the consent itself named has passed."""

    ended_on: date


def _facts(expired: Expired) -> Facts:
    return (Fact("Last day", expired.ended_on),)


def _summary(_expired: Expired) -> Summary:
    return Summary(text="It was given until a day that has passed; ask again.")


EXPIRED = EventKind(
    EventType.EXPIRED, Expired, "Consent expired", Tone.ASK, Writer.SYSTEM, summary=_summary, facts=_facts
)
