"""What no level covers and a patient therefore agrees to, or refuses, by name: research and companies (R51, R53)."""

from consent_portal.ledger.kinds.given import Given
from consent_portal.ledger.payload import Payload, SaidNo

RESEARCH, RESEARCH_CAPTURE, COMMERCIAL = "research", "research-capture", "commercial"
BY_NAME = (RESEARCH, RESEARCH_CAPTURE, COMMERCIAL)
"""Keys of the purposes that no level covers."""


def refused(payload: Payload) -> frozenset[str]:
    """Return the purposes that somebody said no to by name: asked, unasked, later, or on a form (combining rule 2)."""
    if isinstance(payload, SaidNo):
        return frozenset(payload.purposes)
    if isinstance(payload, Given) and payload.conditions.commercial is False:
        return frozenset({COMMERCIAL})
    return frozenset()


def agrees(payload: Payload, purpose: str) -> bool:
    """Whether a form says yes to just this purpose."""
    if not isinstance(payload, Given) or payload.seconds_behind:
        return False
    match purpose:
        case "research":
            return RESEARCH in payload.conditions.purposes
        case "research-capture":
            return bool(payload.conditions.research_project)
        case "commercial":
            return payload.conditions.commercial is True
    return False
