"""Every payload by its name, for whoever writes or reads several kinds (policy.md, "Events").

Sources: R37 (clinician), R40 (time span), R41 (leaflet, briefing), R42 (capacity), R53 (commercial texts); GMC 24-25,
28-35. Each stands in the file of its kind (`consent_portal.ledger.kinds`).
"""

from consent_portal.ledger.kinds.account import AccountChange, AccountChanged
from consent_portal.ledger.kinds.breach import BreachClosed, BreachNoted, BreachOpened
from consent_portal.ledger.kinds.capacity import CapacityAssessed
from consent_portal.ledger.kinds.continuity import ContinuityAccepted
from consent_portal.ledger.kinds.deceased import DeceasedNoted
from consent_portal.ledger.kinds.details import DetailsChanged
from consent_portal.ledger.kinds.expired import Expired
from consent_portal.ledger.kinds.explained import Explained
from consent_portal.ledger.kinds.form import FormAttached
from consent_portal.ledger.kinds.given import Conditions, Given
from consent_portal.ledger.kinds.identity import IdentityConfirmed, PatientsMerged, PatientsUnmerged, StudySeparated
from consent_portal.ledger.kinds.invalidated import Invalidated
from consent_portal.ledger.kinds.maturity import ReviewedAtMaturity
from consent_portal.ledger.kinds.notice import NoticeStep
from consent_portal.ledger.kinds.objection import Objection
from consent_portal.ledger.kinds.policy import PolicySigned
from consent_portal.ledger.kinds.published import Published
from consent_portal.ledger.kinds.recall import Recall
from consent_portal.ledger.kinds.receipt import ReceiptIssued
from consent_portal.ledger.kinds.refused import Refused
from consent_portal.ledger.kinds.released import Engine, Released
from consent_portal.ledger.kinds.representative import Representative
from consent_portal.ledger.kinds.withdrawn import Withdrawn
from consent_portal.ledger.payload import Capacity, CapacityAnswer, Grantor, GrantorKind, Payload, Said

__all__ = [
    "AccountChange",
    "AccountChanged",
    "BreachClosed",
    "BreachNoted",
    "BreachOpened",
    "Capacity",
    "CapacityAnswer",
    "CapacityAssessed",
    "Conditions",
    "ContinuityAccepted",
    "DeceasedNoted",
    "DetailsChanged",
    "Engine",
    "Expired",
    "Explained",
    "FormAttached",
    "Given",
    "Grantor",
    "GrantorKind",
    "IdentityConfirmed",
    "Invalidated",
    "NoticeStep",
    "Objection",
    "PatientsMerged",
    "PatientsUnmerged",
    "Payload",
    "PolicySigned",
    "Published",
    "Recall",
    "ReceiptIssued",
    "Refused",
    "Released",
    "Representative",
    "ReviewedAtMaturity",
    "Said",
    "StudySeparated",
    "Withdrawn",
]
