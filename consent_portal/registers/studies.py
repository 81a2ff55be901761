"""The study register: which random key stands for which study and patient.

Patients are told apart by number and issuer, both in their normal form (`registers.numbers`). A valid NHS number means
the same person whoever issued the record; any other number only together with its issuer, where an empty issuer matches
when there is just one candidate. Whether the person behind a number is one person is another question: see
`registers.identity`.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.clock import to_text, utc_now
from consent_portal.contract import Content, Patient, StudyFacts, Subject
from consent_portal.ledger.scope import Item
from consent_portal.registers import joining
from consent_portal.registers.identity import Details, Version, contradict
from consent_portal.registers.names import search_key, sound_key
from consent_portal.registers.numbers import Identifier, identifier, is_placeholder
from consent_portal.registers.rows import IdentifierRow, PatientRow, StudyRow
from consent_portal.registers.told import fitting


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
    details_version: int = 0
    """How often the archive contradicted what it had told of the person (`registers.identity.Version`)."""
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

    @property
    def details(self) -> Details:
        """Return what tells the person apart besides the number."""
        return details_of(self.patient.birth_date, self.patient.sex, self.patient.name)

    @property
    def version(self) -> Version:
        """Return which details of the study these are."""
        return Version(self.study_uid, self.details_version)


@lru_cache(maxsize=4096)
def dicom_date(text: str) -> date | None:
    """Return a DICOM date (YYYYMMDD, or the old YYYY.MM.DD, or ISO); None when it is not one."""
    try:
        return datetime.strptime(text.replace(".", "").replace("-", "").strip(), "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        return None


def date_spellings(day: date) -> list[str]:
    """Return the forms in which archives hold a date (DICOM, DICOM before 1993, ISO)."""
    return [day.strftime(form) for form in ("%Y%m%d", "%Y.%m.%d", "%Y-%m-%d")]


@lru_cache(maxsize=4096)
def details_of(birth_date: str, sex: str, name: str) -> Details:
    """Return a record's details in the form in which they are compared."""
    return Details(dicom_date(birth_date), sex.strip().upper(), name)


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
        _note_doubt(session, row)
    return _study(row)


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
        "contents": _dump(subject.contents) if subject.contents else "",
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


def _note_doubt(session: Session, row: StudyRow) -> None:
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
        separated_from="",
        name_words="",
        name_sounds="",
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
    return of_patients(session, [patient_key])


def of_number(session: Session, number: str, issuer: str = "") -> list[Study]:
    """Return the studies of everybody who has that number, in whatever spelling, newest first."""
    value, owner = _number(number, issuer)
    query = select(IdentifierRow.patient_key).where(IdentifierRow.value == value)
    return of_patients(session, session.scalars(query.where(IdentifierRow.issuer == owner) if issuer else query))


def is_of_several(session: Session, number: str, issuer: str = "") -> bool:
    """Whether the number means several patients whom nobody has joined, so that only the issuer tells who is meant."""
    owners = _owners(session, number)
    return not issuer.strip() and bool(owners - joining.joined(session, sorted(owners)[:1]))


def _owners(session: Session, number: str) -> frozenset[str]:
    value = _number(number, "").value
    return frozenset(session.scalars(select(IdentifierRow.patient_key).where(IdentifierRow.value == value)))


def by_rows(rows: Iterable[StudyRow]) -> list[Study]:
    """Return the studies of rows that were found."""
    return [_study(row) for row in rows]


def of_patients(session: Session, patient_keys: Iterable[str]) -> list[Study]:
    """Return all registered studies of several patients, newest first."""
    query = select(StudyRow).where(StudyRow.patient_key.in_(list(patient_keys))).order_by(StudyRow.date.desc())
    return by_rows(session.scalars(query))


def separate(session: Session, study_key: str) -> str:
    """Put a study under a patient of its own, whatever its number says, and return that patient's key.

    It remembers whose number it bears: refusals under that number go on binding it (ADR 0106).
    """
    row = session.get_one(StudyRow, study_key)
    told = Patient(
        id=row.patient_id, issuer=row.patient_issuer, name=row.patient_name, birth_date=row.birth_date, sex=row.sex
    )
    numbered = _find_patient(session, told)
    before, own = row.patient, new_patient(session)
    _fill_first_details(own, row.study_uid, told)
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


def has_number(session: Session, study: Study) -> bool:
    """Whether the patient that the study stands under has a number."""
    query = select(IdentifierRow.id).where(IdentifierRow.patient_key == study.patient_key).limit(1)
    return session.scalar(query) is not None


def in_doubt(session: Session) -> list[str]:
    """Return the keys of the patients whose details have to be compared."""
    return list(session.scalars(select(PatientRow.key).where(PatientRow.in_doubt).order_by(PatientRow.key)))


def may_be_in_doubt(session: Session, patient_key: str) -> bool:
    """Whether a patient's details have to be compared."""
    return bool(session.scalar(select(PatientRow.in_doubt).where(PatientRow.key == patient_key)))


def note_doubt(session: Session, patient_key: str, *, in_doubt: bool) -> None:
    """Put a patient on the list of those whose details have to be compared, or take it off."""
    row = session.get(PatientRow, patient_key)
    if row is not None:
        row.in_doubt = in_doubt
        session.flush()


def birth_date_of(session: Session, patient_key: str) -> date | None:
    """Return the date of birth that a patient is known by, None where unknown or unreadable."""
    row = session.get(PatientRow, patient_key)
    return dicom_date(row.birth_date) if row else None


def without_study(session: Session, patient: Patient) -> Study:
    """Return a patient who is known by a number, entering the number where it is new, as a study that there is not yet.

    What is said of all recordings of the patient can be recorded before the first is made. Needs a writing session.
    """
    row = _find_patient(session, patient) or _joined_owner(session, patient) or new_patient(session)
    row.birth_date = row.birth_date or fitting(PatientRow, "birth_date", patient.birth_date)
    session.flush()
    _identify(session, row, patient)
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


def _joined_owner(session: Session, patient: Patient) -> PatientRow | None:
    """Return one of the joined patients of a number whose issuer is not told."""
    owners = sorted(_owners(session, patient.id))
    is_one = bool(owners) and not patient.issuer.strip() and not is_of_several(session, patient.id)
    return session.get(PatientRow, owners[0]) if is_one else None


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
        contents=subject.contents or (_load(row.contents) if row else ()),
        details_version=row.details_version + _contradicts(row, subject.patient) if row else 0,
        former_patients=_former(row, patient.key if patient is not None else known_row),
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


def _patient(session: Session, subject: Subject, study: StudyRow | None) -> PatientRow:
    patient = subject.patient
    row = _patient_now(session, patient, study)
    if row is None and study is not None and not _is_renumbered(study, row, patient):
        row = study.patient
    if row is None:
        row = new_patient(session)
    _fill_first_details(row, subject.study_uid, patient)
    if study is None or not _stays_separated(study, row):
        _identify(session, row, patient)
    return row


def new_patient(session: Session) -> PatientRow:
    """Add a patient of whom nothing is known yet."""
    row = PatientRow(
        key=str(uuid.uuid4()), birth_date="", sex="", name="", first_study="", same_number_as="", in_doubt=False
    )
    session.add(row)
    return row


def _fill_first_details(row: PatientRow, study_uid: str, patient: Patient) -> None:
    row.first_study = row.first_study or study_uid
    for name in ("birth_date", "sex", "name"):
        setattr(row, name, getattr(row, name) or fitting(PatientRow, name, getattr(patient, name)))


def _identify(session: Session, row: PatientRow, patient: Patient) -> None:
    value, issuer = _number(patient.id, patient.issuer)
    if value and not any((one.value, one.issuer) == (value, issuer) for one in row.identifiers):
        row.identifiers.append(IdentifierRow(value=value, issuer=issuer))
        session.flush()


def _patient_now(session: Session, patient: Patient, study: StudyRow | None) -> PatientRow | None:
    """Return the patient of the number; for a study that was found to be another person's, that person.

    So it is under every number that is joined to the one it was separated from, wherever it has been meanwhile.
    """
    row = _find_patient(session, patient)
    if study is None or row is None or not study.separated_from:
        return row
    return study.patient if study.separated_from in joining.joined(session, [row.key]) else row


def _stays_separated(study: StudyRow, row: PatientRow) -> bool:
    return bool(study.separated_from) and study.patient is row


def _number(text: str, issuer: str) -> Identifier:
    """Return the number as it is kept; an empty one where it stands for "not known"."""
    return Identifier("", "") if is_placeholder(text) else identifier(text, issuer)


def _find_patient(session: Session, patient: Patient) -> PatientRow | None:
    value, issuer = _number(patient.id, patient.issuer)
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


def number_of(patient: Patient) -> Identifier:
    """Return the patient's number as it is kept; an empty one where it stands for "not known"."""
    return _number(patient.id, patient.issuer)


def from_columns(row: Mapping[Any, Any]) -> Study:
    """Return the study of a row's columns."""
    patient = Patient(
        id=row["patient_id"],
        issuer=row["patient_issuer"],
        name=row["patient_name"],
        birth_date=row["birth_date"],
        sex=row["sex"],
    )
    return Study(
        key=row["key"],
        study_uid=row["study_uid"],
        orthanc_id=row["orthanc_id"],
        patient_key=row["patient_key"],
        patient=patient,
        facts=StudyFacts(date=row["date"], accession=row["accession"], description=row["description"]),
        episode=row["episode"],
        contents=_load(row["contents"]),
        details_version=row["details_version"],
        former_patients=tuple(json.loads(row["former_patients"])),
    )


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
        details_version=row.details_version,
        former_patients=tuple(json.loads(row.former_patients)),
    )
