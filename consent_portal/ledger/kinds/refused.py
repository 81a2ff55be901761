"""REFUSED: the patient said no when asked (combining rules 2 and 5 of the policy; S1 L15-16)."""

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary, Tone, of_clock, of_grantor, of_hearing
from consent_portal.ledger.levels import SECONDARY, Level
from consent_portal.ledger.payload import Grantor, SaidNo


class Refused(SaidNo):
    """What the patient said no to, when asked."""

    levels: tuple[Level, ...] = SECONDARY
    requesting_clinician: str = ""
    grantor: Grantor = Grantor()
    reason: str = ""


def _summary(refused: Refused) -> Summary:
    return Summary(levels=refused.levels, purposes=refused.purposes)


def _facts(refused: Refused) -> Facts:
    return (
        Fact("Asked by", refused.requesting_clinician),
        *of_grantor(refused.grantor),
        *of_hearing(refused),
        Fact("Reason", refused.reason),
        *of_clock(refused),
    )


REFUSED = EventKind(
    EventType.REFUSED, Refused, "Consent refused", Tone.DENY, correctable=True, summary=_summary, facts=_facts
)
