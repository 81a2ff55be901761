"""NOTICE_STEP: a version of a notice was drafted, checked, approved, published or retired (R85), about no patient."""

from pydantic import Field

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.kind import EventKind, Fact, Facts, Summary
from consent_portal.ledger.payload import Payload


class NoticeStep(Payload):
    """Which version took which step, and what its check found."""

    version: int
    state: str
    fingerprint: str
    errors: int = Field(ge=0)
    """How many findings would bar approval."""
    reason: str = ""
    """Why findings were set aside (R85)."""


def _summary(step: NoticeStep) -> Summary:
    return Summary(text=f"Version {step.version}: {step.state}")


def _facts(step: NoticeStep) -> Facts:
    return (Fact("Findings", str(step.errors)), Fact("Why they were set aside", step.reason))


NOTICE_STEP = EventKind(
    EventType.NOTICE_STEP, NoticeStep, "Step of a version of the notices", summary=_summary, facts=_facts
)
