"""PUBLISHED: the release that `supersedes` names was published and cannot be recalled (combining rule 7)."""

from datetime import date

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import Payload


class Published(Payload):
    """Where, and on which day the patient was told that it cannot be recalled."""

    told_on: date | None = None
    where: str = ""


def _summary(published: Published) -> Summary:
    return Summary(text=published.where)


def _facts(published: Published) -> Facts:
    return (Fact("Patient told on", published.told_on),)


PUBLISHED = EventKind(EventType.PUBLISHED, Published, "Published", summary=_summary, facts=_facts)
