"""REPRESENTATIVE_ADDED and REPRESENTATIVE_REMOVED: who may decide for the patient, and by what authority (H9)."""

from pydantic import Field

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import GRANTOR_WORDS, GrantorKind, Payload


class Representative(Payload):
    """Who, with what authority, and how that is known (GMC 32-34)."""

    name: str = Field(min_length=1)
    kind: GrantorKind
    evidence: str = ""


def _summary(representative: Representative) -> Summary:
    return Summary(text=representative.name)


def _facts(representative: Representative) -> Facts:
    return (
        Fact("Authority", GRANTOR_WORDS[representative.kind]),
        Fact("Evidence of authority", representative.evidence),
    )


REPRESENTATIVE_ADDED = EventKind(
    EventType.REPRESENTATIVE_ADDED,
    Representative,
    "Representative added",
    correctable=True,
    summary=_summary,
    facts=_facts,
)
REPRESENTATIVE_REMOVED = EventKind(
    EventType.REPRESENTATIVE_REMOVED,
    Representative,
    "Representative removed",
    correctable=True,
    summary=_summary,
    facts=_facts,
)
