"""A study as the register keeps it, and what an archive writes, in the form in which it is compared."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from consent_portal.contract import Content, Patient, StudyFacts, Subject
from consent_portal.ledger.scope import Item
from consent_portal.registers.identity import Details, Version
from consent_portal.registers.rows import StudyRow


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
    departments: str = ""
    """Of which departments it is (`registers.departments.unpacked`), by the rules of `departments_by`."""
    departments_by: str = ""

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


_DIGITS = 8


@lru_cache(maxsize=4096)
def dicom_date(text: str) -> date | None:
    """Return a DICOM date (YYYYMMDD, or the old YYYY.MM.DD, or ISO); None when it is not one."""
    try:
        if len(text) == _DIGITS and text.isascii() and text.isdigit():  # nearly all are: ten times as fast
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
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


def study_of(row: StudyRow) -> Study:
    """Return the study of a row."""
    return Study(
        key=row.key,
        study_uid=row.study_uid,
        orthanc_id=row.orthanc_id,
        patient_key=row.patient_key,
        patient=Patient(
            id=row.patient_id,
            issuer=row.patient_issuer,
            name=row.patient_name,
            birth_date=row.birth_date,
            sex=row.sex,
        ),
        facts=StudyFacts(date=row.date, accession=row.accession, description=row.description),
        episode=row.episode,
        contents=load_contents(row.contents),
        details_version=row.details_version,
        former_patients=tuple(json.loads(row.former_patients)),
        departments=row.departments,
        departments_by=row.departments_by,
    )


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
        contents=load_contents(row["contents"]),
        details_version=row["details_version"],
        former_patients=tuple(json.loads(row["former_patients"])),
        departments=row["departments"],
        departments_by=row["departments_by"],
    )


def dump_contents(contents: tuple[Content, ...]) -> str:
    """Return what a study holds, as its row keeps it."""
    return json.dumps([content.model_dump(mode="json") for content in contents])


@lru_cache(maxsize=4096)
def load_contents(text: str) -> tuple[Content, ...]:
    """Return what a study holds, from its row."""
    return _CONTENTS.validate_json(text)


_CONTENTS = TypeAdapter(tuple[Content, ...])
