"""CONTINUITY_ACCEPTED: the Guardian let the record go on after a loss, or after a clock that was ahead (ADR 0125)."""

from typing import Literal

from pydantic import Field

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Tone
from consent_portal.ledger.payload import Payload

WORDS = {"loss": "The loss of a ledger", "clock": "An entry from a clock that was ahead"}


class ContinuityAccepted(Payload):
    """What was accepted, by whom and why."""

    what: Literal["loss", "clock"]
    accepted_by: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    missing: str = ""
    """What was said to be missing; of a clock, both times."""
    lost_ledger: str = ""
    lost_seq: int = Field(default=0, ge=0)
    """How far the ledger that was lost had come."""
    lost_head: str = ""


def _summary(accepted: ContinuityAccepted) -> Summary:
    return Summary(text=accepted.reason)


def _facts(accepted: ContinuityAccepted) -> Facts:
    return (
        Fact("Accepted", WORDS[accepted.what]),
        Fact("Accepted by", accepted.accepted_by),
        Fact("Reason", accepted.reason),
        Fact("What was missing", accepted.missing),
        Fact("Last event that was lost", str(accepted.lost_seq or "")),
    )


CONTINUITY_ACCEPTED = EventKind(
    EventType.CONTINUITY_ACCEPTED,
    ContinuityAccepted,
    "Loss or clock accepted",
    Tone.ASK,
    summary=_summary,
    facts=_facts,
)
