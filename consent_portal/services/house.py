"""What is recorded of no patient: the policy, the ledger itself, and the notices."""

from sqlalchemy.orm import Session

from consent_portal.clock import utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.scope import Scope
from consent_portal.services.target import Target
from consent_portal.services.writing import write


def sign_policy(session: Session, signed: p.PolicySigned, by: str) -> Event:
    """Put a policy version and its switches into force; the caller lets only a Guardian do it (R65)."""
    return write(session, Target("", Scope.patient()), EventType.POLICY_SIGNED, signed, by, utc_now())


def accept_continuity(session: Session, accepted: p.ContinuityAccepted, by: str) -> Event:
    """Record that the Guardian lets the record go on after a loss, or after a clock that was ahead (ADR 0125)."""
    target = Target("", Scope.patient())
    return write(session, target, EventType.CONTINUITY_ACCEPTED, accepted, by, utc_now())


def note_notice(session: Session, step: p.NoticeStep, by: str) -> Event:
    """Note a step of a version of the notices."""
    return write(session, Target("", Scope.patient()), EventType.NOTICE_STEP, step, by, utc_now())
