"""Which patients have to be looked at, because what stands under their numbers disagrees (hazard H1)."""

from collections.abc import Iterable
from typing import cast

from sqlalchemy import BindParameter, Table, bindparam, select
from sqlalchemy.orm import Session

from consent_portal.asking import Question
from consent_portal.registers import joining
from consent_portal.registers.identity import contradict
from consent_portal.registers.rows import PatientRow, StudyRow
from consent_portal.registers.study import details_of

_PATIENT = cast(Table, PatientRow.__table__).c
_KEYS: BindParameter[str] = bindparam("keys", expanding=True)
_OF_THESE = Question(select(_PATIENT.key).where(_PATIENT.key.in_(_KEYS), _PATIENT.in_doubt))


def note_contradiction(session: Session, row: StudyRow) -> None:
    """Put the patient on the list to be looked at where the study contradicts what else stands under the numbers."""
    told = details_of(row.birth_date, row.sex, row.patient_name)
    keys = list(joining.joined(session, [row.patient.key]))
    patients = session.scalars(select(PatientRow).where(PatientRow.key.in_(keys))).all()
    columns = select(StudyRow.birth_date, StudyRow.sex, StudyRow.patient_name).distinct()
    others = session.execute(columns.where(StudyRow.patient_key.in_(keys))).all()
    first = [(patient.birth_date, patient.sex, patient.name) for patient in patients]
    if any(contradict(told, details_of(*other)) for other in (*others, *first)):
        for patient in patients:
            patient.in_doubt = True


def in_doubt(session: Session) -> list[str]:
    """Return the keys of the patients whose details have to be compared."""
    return list(session.scalars(select(PatientRow.key).where(PatientRow.in_doubt).order_by(PatientRow.key)))


def may_be_in_doubt(session: Session, patient_keys: Iterable[str]) -> frozenset[str]:
    """Return those of these patients whose details have to be compared."""
    return frozenset(key for (key,) in _OF_THESE.ask(session, keys=list(patient_keys)))


def note_doubt(session: Session, patient_key: str, *, in_doubt: bool) -> None:
    """Put a patient on the list of those whose details have to be compared, or take it off."""
    row = session.get(PatientRow, patient_key)
    if row is not None:
        row.in_doubt = in_doubt
        session.flush()
