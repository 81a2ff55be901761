"""OBJECTION: the patient objects to a use, or asks for erasure (R39)."""

from typing import Literal

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Tone, of_clock, of_grantor, of_hearing
from consent_portal.ledger.levels import SECONDARY, Level
from consent_portal.ledger.payload import Grantor, SaidNo

KIND_WORDS = {"objection": "An objection", "erasure-request": "A request for erasure"}


class Objection(SaidNo):
    """What the patient objects to; an erasure request is answered by a person."""

    kind: Literal["objection", "erasure-request"] = "objection"
    levels: tuple[Level, ...] = SECONDARY
    grantor: Grantor = Grantor()
    reason: str = ""


def _summary(objection: Objection) -> Summary:
    return Summary(levels=objection.levels, purposes=objection.purposes)


def _facts(objection: Objection) -> Facts:
    return (
        Fact("What it is", KIND_WORDS[objection.kind]),
        *of_grantor(objection.grantor),
        *of_hearing(objection),
        Fact("Reason", objection.reason),
        *of_clock(objection),
    )


OBJECTION = EventKind(
    EventType.OBJECTION, Objection, "Objection recorded", Tone.DENY, correctable=True, summary=_summary, facts=_facts
)
