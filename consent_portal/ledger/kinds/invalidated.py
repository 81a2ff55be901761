"""INVALIDATED: entered in error; the event that `supersedes` names no longer counts, and stays to be read (H1)."""

from pydantic import Field

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Tone
from consent_portal.ledger.payload import Said


class Invalidated(Said):
    """Why it was entered in error."""

    reason: str = Field(min_length=1)


def _summary(invalidated: Invalidated) -> Summary:
    return Summary(text=invalidated.reason)


def _facts(invalidated: Invalidated) -> Facts:
    return (Fact("Reason", invalidated.reason),)


INVALIDATED = EventKind(
    EventType.INVALIDATED, Invalidated, "Marked as entered in error", Tone.DENY, summary=_summary, facts=_facts
)
