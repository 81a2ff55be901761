"""Which numbers were joined as one person's, and what else people found about who is who.

Read from the ledger (ADR 0140): a merge until it is unmerged, a confirmation until it is marked as entered in error.
Nothing is ever joined because it looks alike.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import BindParameter, Table, bindparam, or_, select
from sqlalchemy.orm import Session

from consent_portal.asking import Question
from consent_portal.database import read_once
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import Event, EventType
from consent_portal.registers.rows import PatientRow

_UNDOING = frozenset({EventType.PATIENTS_UNMERGED, EventType.INVALIDATED})
_FOUND = (EventType.PATIENTS_MERGED, EventType.IDENTITY_CONFIRMED, EventType.STUDY_SEPARATED, *_UNDOING)


def joined(session: Session, patient_keys: Iterable[str]) -> frozenset[str]:
    """Return the keys with those of every number that was joined to them, by people or by its spelling."""
    return joined_with_findings(session, patient_keys)[0]


def joined_with_findings(session: Session, patient_keys: Iterable[str]) -> tuple[frozenset[str], list[Event]]:
    """Return `joined`, with the `findings` of all these keys, which are read only once."""
    named = frozenset(patient_keys) - {""}
    keys, found = read_once(session, ("joined", named), lambda: _widened(session, named))
    return keys, list(found)


def _widened(session: Session, keys: frozenset[str]) -> tuple[frozenset[str], list[Event]]:
    found: list[Event] = []
    while keys:
        found = findings(session, keys)
        wider = keys | _merged(found) | _same_number(session, keys)
        if wider == keys:
            break
        keys = wider
    return keys, found


def findings(session: Session, patient_keys: Iterable[str]) -> list[Event]:
    """Return what people found about who is who and nobody has undone, oldest first."""
    events = store.events_of_patients(session, patient_keys, *_FOUND)
    undone = {event.supersedes for event in events if event.type in _UNDOING}
    return [event for event in events if event.type not in _UNDOING and event.id not in undone]


def separated(session: Session, found: Iterable[Event]) -> frozenset[str]:
    """Return the UIDs of the studies that are another person's than the numbers say in whose histories this was found.

    A separation stands in two histories; the number's is written first.
    """
    apart = [event for event in found if isinstance(event.payload, p.StudySeparated)]
    keys = {event.patient_key for event in apart} | {_other(event) for event in apart}
    first: dict[tuple[str, datetime], str] = {}
    for event in store.events_of_patients(session, keys, EventType.STUDY_SEPARATED) if apart else ():
        first.setdefault((event.scope.study_uid, event.effective_at), event.id)
    return frozenset(event.scope.study_uid for event in apart if event.id in first.values())


def _other(event: Event) -> str:
    return event.payload.other_patient if isinstance(event.payload, p.StudySeparated) else ""


def _merged(found: Iterable[Event]) -> set[str]:
    return {event.payload.other_patient for event in found if isinstance(event.payload, p.PatientsMerged)}


_PATIENT = cast(Table, PatientRow.__table__).c
_LISTED: BindParameter[str] = bindparam("keys", expanding=True)
_SAME_NUMBER = Question(
    select(_PATIENT.key, _PATIENT.same_number_as).where(
        or_(_PATIENT.key.in_(_LISTED), _PATIENT.same_number_as.in_(_LISTED))
    )
)


def _same_number(session: Session, keys: Iterable[str]) -> set[str]:
    return {key for row in _SAME_NUMBER.ask(session, keys=list(keys)) for key in row} - {""}
