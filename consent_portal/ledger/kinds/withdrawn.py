"""WITHDRAWN: the patient took back what was given, as a whole or for some levels (R19, R40)."""

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Tone, of_clock, of_grantor, of_hearing
from consent_portal.ledger.levels import Level
from consent_portal.ledger.payload import Grantor, SaidNo


class Withdrawn(SaidNo):
    """Which levels the patient took back, and how we were told."""

    levels: tuple[Level, ...] = tuple(Level)
    grantor: Grantor = Grantor()
    reason: str = ""


def _summary(withdrawn: Withdrawn) -> Summary:
    return Summary(levels=withdrawn.levels, purposes=withdrawn.purposes)


def _facts(withdrawn: Withdrawn) -> Facts:
    return (
        *of_grantor(withdrawn.grantor),
        *of_hearing(withdrawn),
        Fact("Reason", withdrawn.reason),
        *of_clock(withdrawn),
    )


WITHDRAWN = EventKind(
    EventType.WITHDRAWN, Withdrawn, "Consent withdrawn", Tone.DENY, correctable=True, summary=_summary, facts=_facts
)
