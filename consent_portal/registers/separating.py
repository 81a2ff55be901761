"""Studies that were found to be another person's than their number says (ADR 0106, ADR 0140)."""

import json
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.contract import Patient
from consent_portal.registers.patients import fill_first_details, find_patient, new_patient
from consent_portal.registers.rows import PatientRow, StudyRow


def separate(session: Session, study_key: str) -> str:
    """Put a study under a patient of its own, whatever its number says, and return that patient's key.

    It remembers whose number it bears: refusals under that number go on binding it (ADR 0106).
    """
    row = session.get_one(StudyRow, study_key)
    told = Patient(
        id=row.patient_id, issuer=row.patient_issuer, name=row.patient_name, birth_date=row.birth_date, sex=row.sex
    )
    numbered = find_patient(session, told)
    before, own = row.patient, new_patient(session)
    fill_first_details(own, row.study_uid, told)
    row.former_patients = json.dumps(sorted({*json.loads(row.former_patients), before.key}))
    row.separated_from = numbered.key if numbered is not None else before.key
    row.patient = own
    session.flush()
    return own.key


def move_back(session: Session, study_key: str, patient_keys: Iterable[str]) -> bool:
    """Put a separated study back under the patient it was separated from; False when it was moved since."""
    row = session.get_one(StudyRow, study_key)
    before = next((key for key in patient_keys if session.get(PatientRow, key)), "")
    if not row.separated_from or not before:
        return False
    former = {*json.loads(row.former_patients), row.patient_key} - {before}
    row.former_patients, row.separated_from = json.dumps(sorted(former)), ""
    row.patient = session.get_one(PatientRow, before)
    session.flush()
    return True


def was_left(session: Session, patient_key: str) -> bool:
    """Whether a study that stood under the patient stands under another now."""
    left = StudyRow.former_patients.contains(patient_key, autoescape=True)
    return session.scalar(select(StudyRow.key).where(left).limit(1)) is not None
