"""Fills a ledger with consents: rows as the registers write them, events and evidence by the ledger's own code."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import cast

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from consent_portal.bench.people import Recording, Somebody
from consent_portal.clock import to_text, utc_now
from consent_portal.contract import Content
from consent_portal.database import Database
from consent_portal.ledger import evidence, store
from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.scope import Scope
from consent_portal.registers.names import search_key, sound_key
from consent_portal.registers.rows import IdentifierRow, PatientRow, StudyRow

AT_ONCE = 5_000
"""Consents in one transaction."""
TAKEN_BACK = 20
"""One consent in so many is withdrawn for teaching."""
WIDE = 10
"""One consent in so many is for all recordings of the patient."""
_CACHE = text("PRAGMA cache_size = -400000")  # kilobytes: hashes are entered all over the index
_GIVEN = p.Given(
    levels={Level.RECORD: LevelState.ACCEPTED, Level.TEACHING: LevelState.ACCEPTED},
    requesting_clinician="Dr A. Example",
    discussed_on=date(2025, 3, 1),
    capacity=p.Capacity(answer=p.CapacityAnswer.YES),
)
_TAKEN_BACK = p.Withdrawn(levels=(Level.TEACHING,))
Told = Callable[[int], None]


def fill(database: Database, consents: int, told: Told) -> None:
    """Give an empty ledger so many consents, each for a study of its own, and tell how many were added each time."""
    for first in range(0, consents, AT_ONCE):
        numbers = range(first, min(consents, first + AT_ONCE))
        with database.writing() as session:
            if database.is_sqlite:
                session.execute(_CACHE)
            _register(session, [Recording(number) for number in numbers])
            store.append_all(session, [draft for number in numbers for draft in _said(Recording(number))])
        told(len(numbers))


def _register(session: Session, recordings: list[Recording]) -> None:
    people = {recording.of: recording for recording in reversed(recordings)}  # by whom the first of theirs was told
    told_before = Recording(recordings[0].number - 1).of if recordings[0].number else None
    new = [(person, first) for person, first in people.items() if person != told_before]
    evidence.enter(session, cast(Table, PatientRow.__table__), [_patient_row(person, first) for person, first in new])
    evidence.enter(session, cast(Table, IdentifierRow.__table__), [_identifier_row(person) for person, _ in new])
    evidence.enter(session, cast(Table, StudyRow.__table__), [_study_row(recording) for recording in recordings])


def _patient_row(person: Somebody, first: Recording) -> dict[str, object]:
    told = person.patient()
    return {"key": person.key, "birth_date": told.birth_date, "sex": told.sex, "name": told.name,
            "first_study": first.uid, "same_number_as": "", "in_doubt": False}  # fmt: skip


def _identifier_row(person: Somebody) -> dict[str, object]:
    number = person.hospital_number
    return {"id": person.number + 1, "value": number, "issuer": "", "patient_key": person.key}


def _study_row(recording: Recording) -> dict[str, object]:
    subject = recording.subject()
    told = subject.patient
    return {
        "key": recording.key,
        "study_uid": recording.uid,
        "orthanc_id": recording.orthanc_id,
        "patient_key": recording.of.key,
        "date": subject.study.date,
        "accession": subject.study.accession,
        "episode": "",
        "description": subject.study.description,
        "patient_id": told.id,
        "patient_issuer": told.issuer,
        "patient_name": told.name,
        "birth_date": told.birth_date,
        "sex": told.sex,
        "name_words": search_key(told.name),
        "name_sounds": sound_key(told.name),
        "details_version": 0,
        "separated_from": "",
        "contents": _contents(subject.contents),
        "registered_at": to_text(utc_now()),
        "former_patients": "[]",
        "departments": "",
        "departments_by": "",
    }


def _contents(contents: tuple[Content, ...]) -> str:
    return json.dumps([content.model_dump(mode="json") for content in contents])


def _said(recording: Recording) -> Iterator[Draft]:
    now, patient = utc_now(), recording.of.key
    scope = Scope.study(recording.uid)
    if recording.number % WIDE == 1:
        scope = Scope.patient().model_copy(update={"recorded_from": recording.uid})
    yield Draft(EventType.GIVEN, patient, scope, _GIVEN, now, "bench")
    if recording.number % TAKEN_BACK == 2:
        yield Draft(EventType.WITHDRAWN, patient, Scope.study(recording.uid), _TAKEN_BACK, now, "bench")
