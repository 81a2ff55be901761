"""The kinds of event, a file a kind: what each carries, how people read it, and whether it can be entered in error.

To add one: a member of `EventType`, a file here, its line below, and the door that the test of doors asks for.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds.account import ACCOUNT_CHANGED
from consent_portal.ledger.kinds.breach import BREACH_CLOSED, BREACH_NOTED, BREACH_OPENED
from consent_portal.ledger.kinds.capacity import CAPACITY_ASSESSED
from consent_portal.ledger.kinds.continuity import CONTINUITY_ACCEPTED
from consent_portal.ledger.kinds.deceased import DECEASED_NOTED
from consent_portal.ledger.kinds.details import DETAILS_CHANGED
from consent_portal.ledger.kinds.expired import EXPIRED
from consent_portal.ledger.kinds.explained import EXPLAINED
from consent_portal.ledger.kinds.form import FORM_ATTACHED
from consent_portal.ledger.kinds.given import AMENDED, GIVEN
from consent_portal.ledger.kinds.identity import (
    IDENTITY_CONFIRMED,
    PATIENTS_MERGED,
    PATIENTS_UNMERGED,
    STUDY_SEPARATED,
)
from consent_portal.ledger.kinds.invalidated import INVALIDATED
from consent_portal.ledger.kinds.kind import EventKind
from consent_portal.ledger.kinds.maturity import REVIEWED_AT_MATURITY
from consent_portal.ledger.kinds.notice import NOTICE_STEP
from consent_portal.ledger.kinds.objection import OBJECTION
from consent_portal.ledger.kinds.policy import POLICY_SIGNED
from consent_portal.ledger.kinds.published import PUBLISHED
from consent_portal.ledger.kinds.recall import RECALL_CONFIRMED, RECALL_SENT
from consent_portal.ledger.kinds.receipt import RECEIPT_ISSUED
from consent_portal.ledger.kinds.refused import REFUSED
from consent_portal.ledger.kinds.released import RELEASED
from consent_portal.ledger.kinds.representative import REPRESENTATIVE_ADDED, REPRESENTATIVE_REMOVED
from consent_portal.ledger.kinds.withdrawn import WITHDRAWN

KINDS: Mapping[EventType, EventKind[Any]] = MappingProxyType(
    {
        kind.event_type: kind
        for kind in (
            GIVEN,
            REFUSED,
            AMENDED,
            WITHDRAWN,
            EXPIRED,
            REVIEWED_AT_MATURITY,
            INVALIDATED,
            CAPACITY_ASSESSED,
            REPRESENTATIVE_ADDED,
            REPRESENTATIVE_REMOVED,
            DECEASED_NOTED,
            FORM_ATTACHED,
            RECEIPT_ISSUED,
            OBJECTION,
            EXPLAINED,
            RELEASED,
            RECALL_SENT,
            RECALL_CONFIRMED,
            PUBLISHED,
            BREACH_OPENED,
            BREACH_NOTED,
            BREACH_CLOSED,
            POLICY_SIGNED,
            NOTICE_STEP,
            ACCOUNT_CHANGED,
            PATIENTS_MERGED,
            PATIENTS_UNMERGED,
            IDENTITY_CONFIRMED,
            STUDY_SEPARATED,
            DETAILS_CHANGED,
            CONTINUITY_ACCEPTED,
        )
    }
)
CORRECTABLE = frozenset(kind.event_type for kind in KINDS.values() if kind.correctable)
"""What can have been entered in error."""
