"""Whether the register has a study just as it is told: most of what is told changes nothing, and need not be written.

A decision tells the register of each study anew. To compare takes one short question; to enter takes many.
"""

from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from consent_portal.asking import Question
from consent_portal.contract import Subject
from consent_portal.registers.names import search_key, sound_key
from consent_portal.registers.patients import normal_number
from consent_portal.registers.registering import columns_told
from consent_portal.registers.rows import IdentifierRow, PatientRow, StudyRow
from consent_portal.registers.study import Study, from_columns
from consent_portal.registers.told import fitting

_STUDY, _PATIENT, _NUMBER = (cast(Table, row.__table__) for row in (StudyRow, PatientRow, IdentifierRow))
_FIRST = ("birth_date", "sex", "name", "first_study")
_OWNER = select(_NUMBER.c.patient_key).where(
    _NUMBER.c.value == bindparam("value"), _NUMBER.c.issuer == bindparam("issuer")
)
_NAMES = (*_STUDY.c.keys(), *(f"first_{name}" for name in _FIRST), "owner")
_KNOWN = Question(
    select(_STUDY, *(_PATIENT.c[name].label(f"first_{name}") for name in _FIRST))
    .add_columns(_OWNER.scalar_subquery().label("owner"))
    .join(_PATIENT, _PATIENT.c.key == _STUDY.c.patient_key)
    .where(_STUDY.c.study_uid == bindparam("uid"))
)


def as_told(session: Session, subject: Subject) -> Study | None:
    """Return the registered study where `registering.register` would change nothing; None where it may, or must look.

    A study that ever stood under another number, was separated, or bears no number is always looked at.
    """
    number = normal_number(subject.patient.id, subject.patient.issuer)
    rows = _KNOWN.ask(session, uid=subject.study_uid, value=number.value, issuer=number.issuer)
    row = dict(zip(_NAMES, rows[0], strict=True)) if rows else None
    if row is None or row["former_patients"] != "[]" or row["separated_from"]:
        return None
    told = columns_told(subject)
    if any(value and fitting(StudyRow, name, value) != row[name] for name, value in told.items()):
        return None
    bears_its_number = bool(number.value) and row["owner"] == row["patient_key"]
    if not bears_its_number or _fills_first_details(row, subject) or not _is_found_by_name(row):
        return None
    return from_columns(row)


def _fills_first_details(row: Any, subject: Subject) -> bool:
    first = ((one, getattr(subject.patient, one)) for one in ("birth_date", "sex", "name"))
    return not row["first_first_study"] or any(value and not row[f"first_{name}"] for name, value in first)


def _is_found_by_name(row: Any) -> bool:
    """Whether the columns for searching are as this version fills them."""
    words, sounds = (fitting(StudyRow, column, fill(row["patient_name"])) for column, fill in _SEARCHED)
    return (words, sounds) == (row["name_words"], row["name_sounds"])


_SEARCHED = (("name_words", search_key), ("name_sounds", sound_key))
