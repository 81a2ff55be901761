"""The study register: which random key stands for which study and patient. Here it is asked, and entered into."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.registers.doubt import in_doubt, may_be_in_doubt, note_doubt
from consent_portal.registers.patients import birth_date_of, is_of_several, normal_number
from consent_portal.registers.registering import known, register, unregistered, without_study
from consent_portal.registers.rows import IdentifierRow, StudyRow
from consent_portal.registers.separating import move_back, separate, was_left
from consent_portal.registers.study import Study, date_spellings, details_of, dicom_date, study_of

__all__ = [
    "Study",
    "birth_date_of",
    "by_key",
    "by_rows",
    "by_uid",
    "date_spellings",
    "details_of",
    "dicom_date",
    "has_number",
    "in_doubt",
    "is_of_several",
    "known",
    "may_be_in_doubt",
    "move_back",
    "note_doubt",
    "of_number",
    "of_patient",
    "of_patients",
    "put_in_episode",
    "register",
    "separate",
    "unregistered",
    "was_left",
    "without_study",
]


def by_key(session: Session, key: str) -> Study | None:
    """Return the study of that random key."""
    row = session.get(StudyRow, key)
    return study_of(row) if row else None


def by_uid(session: Session, study_uid: str) -> Study | None:
    """Return the study of that Study Instance UID."""
    row = session.scalar(select(StudyRow).where(StudyRow.study_uid == study_uid))
    return study_of(row) if row else None


def of_patient(session: Session, patient_key: str) -> list[Study]:
    """Return all registered studies of a patient, newest first."""
    return of_patients(session, [patient_key])


def of_patients(session: Session, patient_keys: Iterable[str]) -> list[Study]:
    """Return all registered studies of several patients, newest first."""
    query = select(StudyRow).where(StudyRow.patient_key.in_(list(patient_keys))).order_by(StudyRow.date.desc())
    return by_rows(session.scalars(query))


def of_number(session: Session, number: str, issuer: str = "") -> list[Study]:
    """Return the studies of everybody who has that number, in whatever spelling, newest first."""
    value, owner = normal_number(number, issuer)
    query = select(IdentifierRow.patient_key).where(IdentifierRow.value == value)
    return of_patients(session, session.scalars(query.where(IdentifierRow.issuer == owner) if issuer else query))


def by_rows(rows: Iterable[StudyRow]) -> list[Study]:
    """Return the studies of rows that were found."""
    return [study_of(row) for row in rows]


def has_number(session: Session, study: Study) -> bool:
    """Whether the patient that the study stands under has a number."""
    query = select(IdentifierRow.id).where(IdentifierRow.patient_key == study.patient_key).limit(1)
    return session.scalar(query) is not None


def put_in_episode(session: Session, study_key: str, number: str) -> bool:
    """Note that the study is of that episode of care, so that what is said of the episode counts for it.

    Returns
    -------
    bool
        False when it is already noted under another: to move it could lose a refusal, so a person looks first.
    """
    row = session.get(StudyRow, study_key)
    if row is None or row.episode not in {"", number}:
        return False
    row.episode = number
    session.flush()
    return True
