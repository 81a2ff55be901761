"""RECEIPT_ISSUED: the patient was given a copy of what is recorded (GMC 25)."""

from typing import Literal

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import Payload

FORMAT_WORDS = {"pdf": "As a PDF", "paper": "On paper", "json": "As data"}


class ReceiptIssued(Payload):
    """In which form, and to whom."""

    format: Literal["pdf", "paper", "json"] = "paper"
    given_to: str = ""


def _summary(receipt: ReceiptIssued) -> Summary:
    return Summary(text=FORMAT_WORDS[receipt.format])


def _facts(receipt: ReceiptIssued) -> Facts:
    return (Fact("Given to", receipt.given_to),)


RECEIPT_ISSUED = EventKind(
    EventType.RECEIPT_ISSUED, ReceiptIssued, "Receipt given to the patient", summary=_summary, facts=_facts
)
