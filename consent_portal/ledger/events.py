"""The event: one line of the ledger, never changed after it is written (policy.md, "Events")."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from consent_portal.ledger.payload import Payload
from consent_portal.ledger.scope import Scope

UNWRITTEN = datetime.min.replace(tzinfo=UTC)


class EventType(StrEnum):
    """All that can happen to a consent, or because of one."""

    GIVEN = "GIVEN"
    REFUSED = "REFUSED"
    AMENDED = "AMENDED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"
    REVIEWED_AT_MATURITY = "REVIEWED_AT_MATURITY"
    INVALIDATED = "INVALIDATED"
    CAPACITY_ASSESSED = "CAPACITY_ASSESSED"
    REPRESENTATIVE_ADDED = "REPRESENTATIVE_ADDED"
    REPRESENTATIVE_REMOVED = "REPRESENTATIVE_REMOVED"
    DECEASED_NOTED = "DECEASED_NOTED"
    FORM_ATTACHED = "FORM_ATTACHED"
    RECEIPT_ISSUED = "RECEIPT_ISSUED"
    OBJECTION = "OBJECTION"
    EXPLAINED = "EXPLAINED"
    RELEASED = "RELEASED"
    RECALL_SENT = "RECALL_SENT"
    RECALL_CONFIRMED = "RECALL_CONFIRMED"
    PUBLISHED = "PUBLISHED"
    BREACH_OPENED = "BREACH_OPENED"
    BREACH_NOTED = "BREACH_NOTED"
    BREACH_CLOSED = "BREACH_CLOSED"
    POLICY_SIGNED = "POLICY_SIGNED"
    NOTICE_STEP = "NOTICE_STEP"
    ACCOUNT_CHANGED = "ACCOUNT_CHANGED"
    PATIENTS_MERGED = "PATIENTS_MERGED"
    PATIENTS_UNMERGED = "PATIENTS_UNMERGED"
    IDENTITY_CONFIRMED = "IDENTITY_CONFIRMED"
    STUDY_SEPARATED = "STUDY_SEPARATED"
    DETAILS_CHANGED = "DETAILS_CHANGED"
    CONTINUITY_ACCEPTED = "CONTINUITY_ACCEPTED"


@dataclass(frozen=True)
class Draft:
    """An event before it has its place in the chain.

    Attributes
    ----------
    effective_at : datetime
        When it counts from (UTC); may lie before the recording when a paper form is entered late (hazard H11).
    supersedes : str or None
        The id of the earlier event that this one amends, invalidates or belongs to.
    """

    type: EventType
    patient_key: str
    scope: Scope
    payload: Payload
    effective_at: datetime
    recorded_by: str
    supersedes: str | None = None


@dataclass(frozen=True)
class Event(Draft):
    """An event in its place.

    Attributes
    ----------
    seq : int
        1, 2, 3 ... without gaps.
    recorded_at : datetime
        When it was written (UTC).
    """

    seq: int = 0
    id: str = ""
    prev_hash: str = ""
    hash: str = ""
    recorded_at: datetime = UNWRITTEN
