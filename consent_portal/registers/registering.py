"""Enters a study as the archive tells of it, or tells as what it would be entered."""

import json
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.contract import Patient, StudyFacts, Subject
from consent_portal.registers import joining
from consent_portal.registers.doubt import note_contradiction
from consent_portal.registers.identity import contradict
from consent_portal.registers.names import search_key, sound_key
from consent_portal.registers.patients import fill_first_details, find_patient, identify, joined_owner, new_patient
from consent_portal.registers.rows import PatientRow, StudyRow
from consent_portal.registers.study import Study, details_of, dump_contents, load_contents, study_of
from consent_portal.registers.told import fitting


def register(session: Session, subject: Subject) -> Study:
    """Enter the study, or bring what is known of it up to date, and return it.

    Needs a writing session. What the subject leaves empty stays as it was known.
    """
    row = session.scalar(select(StudyRow).where(StudyRow.study_uid == subject.study_uid))
    patient = _patient(session, subject, row)
    is_new = row is None
    if row is None:
        row = _new_row(subject.study_uid)
        session.add(row)
    is_moved = _move(row, patient)
    is_contradicted = _contradicts(row, subject.patient)
    row.details_version += is_contradicted
    for name, value in columns_told(subject).items():
        if value:
            setattr(row, name, fitting(StudyRow, name, value))
    row.name_words = fitting(StudyRow, "name_words", search_key(row.patient_name))
    row.name_sounds = fitting(StudyRow, "name_sounds", sound_key(row.patient_name))
    session.flush()
    if is_new or is_moved or is_contradicted:
        note_contradiction(session, row)
    return study_of(row)


def columns_told(subject: Subject) -> dict[str, str]:
    """Return what is told of a study, by the register's columns; empty where nothing is told."""
    return {
        "orthanc_id": subject.orthanc_id,
        "date": subject.study.date,
        "accession": subject.study.accession,
        "description": subject.study.description,
        "patient_id": subject.patient.id,
        "patient_issuer": subject.patient.issuer,
        "patient_name": subject.patient.name,
        "birth_date": subject.patient.birth_date,
        "sex": subject.patient.sex,
        "contents": dump_contents(subject.contents) if subject.contents else "",
    }


def _move(row: StudyRow, patient: PatientRow) -> bool:
    """Put the study under a patient; one that stood under another number remembers it (hazards H1 and H12).

    A study that was first told of without a number belongs to nobody yet: what was said of it is the patient's now.
    """
    before = row.patient
    if before is not None:
        row.former_patients = json.dumps(_former(row, patient.key))
        if before is not patient and not before.identifiers and not before.same_number_as:
            before.same_number_as = patient.key
    row.patient = patient
    return before is not None and before is not patient


def _contradicts(row: StudyRow, told: Patient) -> bool:
    known = details_of(row.birth_date, row.sex, row.patient_name)
    return contradict(known, details_of(told.birth_date, told.sex, told.name))


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
        details_version=0,
        departments="",
        departments_by="",
        separated_from="",
        name_words="",
        name_sounds="",
        **empty,
    )


def known(session: Session, subject: Subject) -> Study:
    """Return the study without writing: as registered where it is, else as it would be registered.

    An unregistered study of a registered patient gets that patient's key, so that patient-wide refusals count.
    """
    row = session.scalar(select(StudyRow).where(StudyRow.study_uid == subject.study_uid))
    patient = _patient_now(session, subject.patient, row)
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
        contents=subject.contents or (load_contents(row.contents) if row else ()),
        details_version=row.details_version + _contradicts(row, subject.patient) if row else 0,
        former_patients=_former(row, patient.key if patient is not None else known_row),
        departments=row.departments if row else "",
        departments_by=row.departments_by if row else "",
    )


def unregistered(subject: Subject) -> Study:
    """Return a study as the archive tells it, of whom the register is not asked."""
    return Study(
        key="",
        study_uid=subject.study_uid,
        orthanc_id=subject.orthanc_id,
        patient_key="",
        patient=subject.patient,
        facts=subject.study,
        episode="",
        contents=subject.contents,
    )


def without_study(session: Session, patient: Patient) -> Study:
    """Return a patient who is known by a number, entering the number where it is new, as a study that there is not yet.

    What is said of all recordings of the patient can be recorded before the first is made. Needs a writing session.
    """
    row = find_patient(session, patient) or joined_owner(session, patient) or new_patient(session)
    row.birth_date = row.birth_date or fitting(PatientRow, "birth_date", patient.birth_date)
    session.flush()
    identify(session, row, patient)
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


def _patient(session: Session, subject: Subject, study: StudyRow | None) -> PatientRow:
    patient = subject.patient
    row = _patient_now(session, patient, study)
    if row is None and study is not None and not _is_renumbered(study, row, patient):
        row = study.patient
    if row is None:
        row = new_patient(session)
    fill_first_details(row, subject.study_uid, patient)
    if study is None or not _stays_separated(study, row):
        identify(session, row, patient)
    return row


def _patient_now(session: Session, patient: Patient, study: StudyRow | None) -> PatientRow | None:
    """Return the patient of the number; for a study that was found to be another person's, that person.

    So it is under every number that is joined to the one it was separated from, wherever it has been meanwhile.
    """
    row = find_patient(session, patient)
    if study is None or row is None or not study.separated_from:
        return row
    return study.patient if study.separated_from in joining.joined(session, [row.key]) else row


def _stays_separated(study: StudyRow, row: PatientRow) -> bool:
    return bool(study.separated_from) and study.patient is row


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
