"""Patients by their numbers: told apart by number and issuer, both in their normal form (`registers.numbers`).

A valid NHS number means the same person whoever issued the record; any other number only together with its issuer,
where an empty issuer matches when there is just one candidate. Whether the person behind a number is one person is
another question: see `registers.identity`.
"""

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.contract import Patient
from consent_portal.registers import joining
from consent_portal.registers.numbers import Identifier, identifier, is_placeholder
from consent_portal.registers.rows import IdentifierRow, PatientRow
from consent_portal.registers.study import dicom_date
from consent_portal.registers.told import fitting


def find_patient(session: Session, patient: Patient) -> PatientRow | None:
    """Return the patient of the number that is told, None where the number is nobody's or may be several people's."""
    value, issuer = normal_number(patient.id, patient.issuer)
    if not value:
        return None
    rows = list(session.scalars(select(IdentifierRow).where(IdentifierRow.value == value)))
    exact = [row for row in rows if row.issuer == issuer]
    loose = {row.patient_key: row for row in rows if not row.issuer or not issuer}
    found = exact or (list(loose.values()) if len(loose) == 1 else [])
    return found[0].patient if found else None


def joined_owner(session: Session, patient: Patient) -> PatientRow | None:
    """Return one of the joined patients of a number whose issuer is not told."""
    owners = sorted(_owners(session, patient.id))
    is_one = bool(owners) and not patient.issuer.strip() and not is_of_several(session, patient.id)
    return session.get(PatientRow, owners[0]) if is_one else None


def is_of_several(session: Session, number: str, issuer: str = "") -> bool:
    """Whether the number means several patients whom nobody has joined, so that only the issuer tells who is meant."""
    owners = _owners(session, number)
    return not issuer.strip() and bool(owners - joining.joined(session, sorted(owners)[:1]))


def _owners(session: Session, number: str) -> frozenset[str]:
    value = normal_number(number, "").value
    return frozenset(session.scalars(select(IdentifierRow.patient_key).where(IdentifierRow.value == value)))


def normal_number(text: str, issuer: str) -> Identifier:
    """Return the number as it is kept; an empty one where it stands for "not known"."""
    return Identifier("", "") if is_placeholder(text) else identifier(text, issuer)


def new_patient(session: Session) -> PatientRow:
    """Add a patient of whom nothing is known yet."""
    row = PatientRow(
        key=str(uuid.uuid4()), birth_date="", sex="", name="", first_study="", same_number_as="", in_doubt=False
    )
    session.add(row)
    return row


def fill_first_details(row: PatientRow, study_uid: str, patient: Patient) -> None:
    """Note what a patient is first told by, and which study told it; what is known already stays."""
    row.first_study = row.first_study or study_uid
    for name in ("birth_date", "sex", "name"):
        setattr(row, name, getattr(row, name) or fitting(PatientRow, name, getattr(patient, name)))


def identify(session: Session, row: PatientRow, patient: Patient) -> None:
    """Enter the number that is told as one of the patient's."""
    value, issuer = normal_number(patient.id, patient.issuer)
    if value and not any((one.value, one.issuer) == (value, issuer) for one in row.identifiers):
        row.identifiers.append(IdentifierRow(value=value, issuer=issuer))
        session.flush()


def birth_date_of(session: Session, patient_key: str) -> date | None:
    """Return the date of birth that a patient is known by, None where unknown or unreadable."""
    row = session.get(PatientRow, patient_key)
    return dicom_date(row.birth_date) if row else None
