"""The study register: which random key stands for which study and patient.

Patients are told apart by number and issuer. A valid NHS number means the same person whoever issued the record; any
other number only together with its issuer, where an empty issuer matches when there is just one candidate.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from nhs_number.validate import is_valid
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.contract import Content, Patient, StudyFacts, Subject
from consent_portal.ledger.scope import Item
from consent_portal.registers.rows import IdentifierRow, PatientRow, StudyRow
from consent_portal.registers.told import fitting, whole

NHS_ISSUER = "NHS"


@dataclass(frozen=True, repr=False)
class Study:
    """A registered study. Its `key` is what may stand in an address; everything else identifies a patient."""

    key: str
    study_uid: str
    orthanc_id: str
    patient_key: str
    patient: Patient
    facts: StudyFacts
    episode: str
    contents: tuple[Content, ...]
    identity_conflict: bool = False
    """The study names another date of birth than its patient is known by (hazard H1)."""
    former_patients: tuple[str, ...] = ()
    """Keys of the patients under whose number it stood before (ADR 0106)."""

    def __repr__(self) -> str:
        return f"Study({self.key})"

    @property
    def subject(self) -> Subject:
        """Return the study in the contract's shape."""
        return Subject(
            study_uid=self.study_uid,
            orthanc_id=self.orthanc_id,
            patient=self.patient,
            study=self.facts,
            contents=self.contents,
        )

    @property
    def item(self) -> Item:
        """Return the study as events' scopes know it."""
        return Item(
            study_uids=frozenset({self.study_uid}),
            accession=self.facts.accession,
            episode=self.episode,
            study_date=dicom_date(self.facts.date),
            former_patients=frozenset(self.former_patients),
        )

    @property
    def birth_date(self) -> date | None:
        """Return the patient's date of birth, None where unknown or unreadable."""
        return dicom_date(self.patient.birth_date)


def dicom_date(text: str) -> date | None:
    """Return a DICOM date (YYYYMMDD, or the old YYYY.MM.DD, or ISO); None when it is not one."""
    try:
        return datetime.strptime(text.replace(".", "").replace("-", "").strip(), "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        return None


def register(session: Session, subject: Subject) -> Study:
    """Enter the study, or bring what is known of it up to date, and return it.

    Needs a writing session. What the subject leaves empty stays as it was known.
    """
    row = session.scalar(select(StudyRow).where(StudyRow.study_uid == subject.study_uid))
    patient = _patient(session, subject.patient, row)
    if row is None:
        row = _new_row(subject.study_uid)
        session.add(row)
    _move(row, patient)
    told = {
        "orthanc_id": subject.orthanc_id,
        "date": subject.study.date,
        "accession": subject.study.accession,
        "description": subject.study.description,
        "patient_id": subject.patient.id,
        "patient_issuer": subject.patient.issuer,
        "patient_name": subject.patient.name,
        "birth_date": subject.patient.birth_date,
        "sex": subject.patient.sex,
        "contents": _dump(subject.contents) if subject.contents else "",
    }
    for name, value in told.items():
        if value:
            setattr(row, name, fitting(StudyRow, name, value))
    session.flush()
    return _study(row)


def _move(row: StudyRow, patient: PatientRow) -> None:
    """Put the study under a patient; one that stood under another number remembers it (hazards H1 and H12).

    A study that was first told of without a number belongs to nobody yet, so nobody's consent is left behind.
    """
    if row.patient is not None:
        row.former_patients = json.dumps(_former(row, patient.key))
    row.patient = patient


def _new_row(study_uid: str) -> StudyRow:
    empty = dict.fromkeys(
        (
            "orthanc_id",
            "date",
            "accession",
            "episode",
            "description",
            "patient_id",
            "patient_issuer",
            "patient_name",
            "birth_date",
            "sex",
        ),
        "",
    )
    return StudyRow(
        key=str(uuid.uuid4()),
        study_uid=study_uid,
        registered_at=to_text(utc_now()),
        contents="[]",
        former_patients="[]",
        **empty,
    )


def by_key(session: Session, key: str) -> Study | None:
    """Return the study of that random key."""
    row = session.get(StudyRow, key)
    return _study(row) if row else None


def by_uid(session: Session, study_uid: str) -> Study | None:
    """Return the study of that Study Instance UID."""
    row = session.scalar(select(StudyRow).where(StudyRow.study_uid == study_uid))
    return _study(row) if row else None


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


def of_patient(session: Session, patient_key: str) -> list[Study]:
    """Return all registered studies of a patient, newest first."""
    rows = session.scalars(select(StudyRow).where(StudyRow.patient_key == patient_key).order_by(StudyRow.date.desc()))
    return [_study(row) for row in rows]


def birth_date_of(session: Session, patient_key: str) -> date | None:
    """Return the date of birth that a patient is known by, None where unknown or unreadable."""
    row = session.get(PatientRow, patient_key)
    return dicom_date(row.birth_date) if row else None


def without_study(session: Session, patient: Patient) -> Study:
    """Return a patient who is known by a number, entering the number where it is new, as a study that there is not yet.

    What is said of all recordings of the patient can be recorded before the first is made. Needs a writing session.
    """
    row = _patient(session, patient, None)
    session.flush()
    return Study(
        key="",
        study_uid="",
        orthanc_id="",
        patient_key=row.key,
        patient=patient,
        facts=StudyFacts(date="", accession="", description=""),
        episode="",
        contents=(),
    )


def known(session: Session, subject: Subject) -> Study:
    """Return the study without writing: as registered where it is, else as it would be registered.

    An unregistered study of a registered patient gets that patient's key, so that patient-wide refusals count.
    """
    row = session.scalar(select(StudyRow).where(StudyRow.study_uid == subject.study_uid))
    patient = _find_patient(session, subject.patient)
    belongs = row is not None and not _is_renumbered(row, patient, subject.patient)
    known_row = row.patient_key if row is not None and belongs else ""
    return Study(
        key=row.key if row else "",
        study_uid=subject.study_uid,
        orthanc_id=subject.orthanc_id,
        patient_key=patient.key if patient is not None else known_row,
        patient=subject.patient,
        facts=subject.study,
        episode=row.episode if row else "",
        contents=subject.contents or (_load(row.contents) if row else ()),
        identity_conflict=_conflict(patient, subject.patient.birth_date),
        former_patients=_former(row, patient.key if patient is not None else known_row),
    )


def _patient(session: Session, patient: Patient, study: StudyRow | None) -> PatientRow:
    row = _find_patient(session, patient)
    if row is None and study is not None and not _is_renumbered(study, row, patient):
        row = study.patient
    if row is None:
        row = PatientRow(key=str(uuid.uuid4()), birth_date="")
        session.add(row)
    row.birth_date = row.birth_date or fitting(PatientRow, "birth_date", patient.birth_date)
    _identify(session, row, patient)
    return row


def _identify(session: Session, row: PatientRow, patient: Patient) -> None:
    value, issuer = _identifier(patient)
    if value and not any((one.value, one.issuer) == (value, issuer) for one in row.identifiers):
        row.identifiers.append(IdentifierRow(value=value, issuer=issuer))
        session.flush()


def _identifier(patient: Patient) -> tuple[str, str]:
    digits = patient.id.replace(" ", "").replace("-", "")
    if len(digits) == 10 and digits.isdigit() and is_valid(digits):
        return digits, NHS_ISSUER
    return whole(patient.id), whole(patient.issuer)


def _find_patient(session: Session, patient: Patient) -> PatientRow | None:
    value, issuer = _identifier(patient)
    if not value:
        return None
    rows = list(session.scalars(select(IdentifierRow).where(IdentifierRow.value == value)))
    exact = [row for row in rows if row.issuer == issuer]
    loose = {row.patient_key: row for row in rows if not row.issuer or not issuer}
    found = exact or (list(loose.values()) if len(loose) == 1 else [])
    return found[0].patient if found else None


def _is_renumbered(study: StudyRow, found: PatientRow | None, told: Patient) -> bool:
    """Whether a study that stood under one number is told of under a number that nobody has yet."""
    return found is None and bool(told.id.strip() and study.patient.identifiers)


def _former(row: StudyRow | None, patient_key: str) -> tuple[str, ...]:
    """Return whose number the study stood under before it came to `patient_key`."""
    if row is None:
        return ()
    former = set(json.loads(row.former_patients))
    if row.patient.identifiers:
        former.add(row.patient_key)
    return tuple(sorted(former - {patient_key}))


def _dump(contents: tuple[Content, ...]) -> str:
    return json.dumps([content.model_dump(mode="json") for content in contents])


def _load(text: str) -> tuple[Content, ...]:
    return tuple(Content.model_validate_json(json.dumps(one)) for one in json.loads(text))


def _conflict(patient: PatientRow | None, birth_date: str) -> bool:
    """Whether a study names another date of birth than the patient that its number belongs to (hazard H1)."""
    known = dicom_date(patient.birth_date) if patient else None
    told = dicom_date(birth_date)
    return known is not None and told is not None and known != told


def _study(row: StudyRow) -> Study:
    return Study(
        key=row.key,
        study_uid=row.study_uid,
        orthanc_id=row.orthanc_id,
        patient_key=row.patient.key,
        patient=Patient(
            id=row.patient_id,
            issuer=row.patient_issuer,
            name=row.patient_name,
            birth_date=row.birth_date,
            sex=row.sex,
        ),
        facts=StudyFacts(date=row.date, accession=row.accession, description=row.description),
        episode=row.episode,
        contents=_load(row.contents),
        identity_conflict=_conflict(row.patient, row.birth_date),
        former_patients=tuple(json.loads(row.former_patients)),
    )
