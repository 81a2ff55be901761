"""RECALL_SENT and RECALL_CONFIRMED, about the release that `supersedes` names (combining rule 7)."""

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import Payload


class Recall(Payload):
    """Who asked for a copy back, or confirmed that it is deleted."""

    note: str = ""
    by: str = ""


def _summary(recall: Recall) -> Summary:
    return Summary(text=recall.note)


def _facts(recall: Recall) -> Facts:
    return (Fact("By", recall.by),)


RECALL_SENT = EventKind(EventType.RECALL_SENT, Recall, "Recall sent", summary=_summary, facts=_facts)
RECALL_CONFIRMED = EventKind(EventType.RECALL_CONFIRMED, Recall, "Recall confirmed", summary=_summary, facts=_facts)
