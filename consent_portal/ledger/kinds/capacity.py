"""CAPACITY_ASSESSED: whether the patient can decide this, at this time (GMC 28-30)."""

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import Capacity, Payload


class CapacityAssessed(Payload):
    """The answer, who assessed it, and for which decision."""

    capacity: Capacity
    decision: str = ""


def _summary(assessed: CapacityAssessed) -> Summary:
    return Summary(text=assessed.capacity.words)


def _facts(assessed: CapacityAssessed) -> Facts:
    return (Fact("Assessed by", assessed.capacity.assessor), Fact("For the decision", assessed.decision))


CAPACITY_ASSESSED = EventKind(
    EventType.CAPACITY_ASSESSED,
    CapacityAssessed,
    "Capacity assessed",
    correctable=True,
    summary=_summary,
    facts=_facts,
)
