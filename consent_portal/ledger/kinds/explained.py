"""EXPLAINED: it was explained that a paragraph-10 recording is made and may be used anonymised (R44, GMC 11)."""

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import Payload


class Explained(Payload):
    """By whom, with which leaflet, and whether it could be explained at all."""

    leaflet_version: str = ""
    explained_by: str = ""
    practicable: bool = True


def _summary(explained: Explained) -> Summary:
    return Summary(text="It was explained." if explained.practicable else "It was not practicable to explain.")


def _facts(explained: Explained) -> Facts:
    return (Fact("Explained by", explained.explained_by), Fact("Leaflet version", explained.leaflet_version))


EXPLAINED = EventKind(EventType.EXPLAINED, Explained, "Use of images explained", summary=_summary, facts=_facts)
