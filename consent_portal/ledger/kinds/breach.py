"""BREACH_OPENED, BREACH_NOTED and BREACH_CLOSED: the history of a breach, event by event (R56, ADR 0131)."""

from datetime import date

from pydantic import Field

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Tone
from consent_portal.ledger.payload import Payload


class BreachOpened(Payload):
    """Something reached, or stayed with, somebody who may not have it; about the release in `supersedes`."""

    what: str = Field(min_length=1)
    found_on: date
    recall: str = ""
    """The recall that nobody confirmed in time; empty for a breach that a person reported."""
    holder: str = ""
    """Who has, or had, the copy."""


class BreachNoted(Payload):
    """What was done about the breach whose opening `supersedes` names."""

    done: str = Field(min_length=1)
    on: date


class BreachClosed(Payload):
    """The breach whose opening `supersedes` names needs nothing more."""

    reason: str = Field(min_length=1)


def _opened(opened: BreachOpened) -> Summary:
    return Summary(text=opened.what)


def _opened_facts(opened: BreachOpened) -> Facts:
    return (Fact("Who has, or had, the copy", opened.holder), Fact("Found on", opened.found_on))


def _noted(noted: BreachNoted) -> Summary:
    return Summary(text=noted.done)


def _noted_facts(noted: BreachNoted) -> Facts:
    return (Fact("Done on", noted.on),)


def _closed(closed: BreachClosed) -> Summary:
    return Summary(text=closed.reason)


def _closed_facts(closed: BreachClosed) -> Facts:
    return (Fact("Why it needs nothing more", closed.reason),)


BREACH_OPENED = EventKind(
    EventType.BREACH_OPENED, BreachOpened, "Breach recorded", Tone.DENY, summary=_opened, facts=_opened_facts
)
BREACH_NOTED = EventKind(
    EventType.BREACH_NOTED, BreachNoted, "Breach: something done", summary=_noted, facts=_noted_facts
)
BREACH_CLOSED = EventKind(EventType.BREACH_CLOSED, BreachClosed, "Breach closed", summary=_closed, facts=_closed_facts)
