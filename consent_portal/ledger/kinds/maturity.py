"""REVIEWED_AT_MATURITY: the young person was offered the chance to vary or withdraw (GMC 35)."""

from typing import Literal

from pydantic import Field

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import Payload

OUTCOME_WORDS = {
    "confirmed": "It stays as it was",
    "varied": "It was changed",
    "withdrawn": "It was withdrawn",
}


class ReviewedAtMaturity(Payload):
    """What came of asking the young person."""

    reviewed_by: str = Field(min_length=1)
    outcome: Literal["confirmed", "varied", "withdrawn"] = "confirmed"
    note: str = ""


def _summary(review: ReviewedAtMaturity) -> Summary:
    return Summary(text=OUTCOME_WORDS[review.outcome])


def _facts(review: ReviewedAtMaturity) -> Facts:
    return (Fact("Reviewed by", review.reviewed_by), Fact("Note", review.note))


REVIEWED_AT_MATURITY = EventKind(
    EventType.REVIEWED_AT_MATURITY,
    ReviewedAtMaturity,
    "Reviewed with the young person",
    correctable=True,
    summary=_summary,
    facts=_facts,
)
