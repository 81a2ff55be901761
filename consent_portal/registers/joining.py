"""Which numbers were joined as one person's, and what else people found about who is who.

Read from the ledger (ADR 0140): a merge until it is unmerged, a confirmation until it is marked as entered in error.
Nothing is ever joined because it looks alike.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import Event, EventType
from consent_portal.registers.rows import PatientRow

_UNDOING = frozenset({EventType.PATIENTS_UNMERGED, EventType.INVALIDATED})
_FOUND = (EventType.PATIENTS_MERGED, EventType.IDENTITY_CONFIRMED, EventType.STUDY_SEPARATED, *_UNDOING)


def joined(session: Session, patient_keys: Iterable[str]) -> frozenset[str]:
    """Return the keys with those of every number that was joined to them, by people or by its spelling."""
    keys = frozenset(patient_keys) - {""}
    while keys:
        wider = keys | _merged(session, keys) | _same_number(session, keys)
        if wider == keys:
            break
        keys = wider
    return keys


def findings(session: Session, patient_keys: Iterable[str]) -> list[Event]:
    """Return what people found about who is who and nobody has undone, oldest first."""
    events = store.events_of_patients(session, patient_keys, *_FOUND)
    undone = {event.supersedes for event in events if event.type in _UNDOING}
    return [event for event in events if event.type not in _UNDOING and event.id not in undone]


def _merged(session: Session, keys: Iterable[str]) -> set[str]:
    payloads = (event.payload for event in findings(session, keys))
    return {payload.other_patient for payload in payloads if isinstance(payload, p.PatientsMerged)}


def _same_number(session: Session, keys: Iterable[str]) -> set[str]:
    listed = list(keys)
    of_these = select(PatientRow.same_number_as).where(PatientRow.key.in_(listed), PatientRow.same_number_as != "")
    as_these = select(PatientRow.key).where(PatientRow.same_number_as.in_(listed))
    return {*session.scalars(of_these), *session.scalars(as_these)}
