"""The person behind a patient's numbers: the records that stand under them, and what of the ledger is theirs."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event, EventType
from consent_portal.registers import joining
from consent_portal.registers.identity import FIRST_TOLD, Member, Person, Version, agree
from consent_portal.registers.rows import IdentifierRow, PatientRow, StudyRow
from consent_portal.registers.studies import Study, by_rows, date_spellings, details_of

_PERMITTING = frozenset(
    {EventType.GIVEN, EventType.AMENDED, EventType.REPRESENTATIVE_ADDED, EventType.REVIEWED_AT_MATURITY}
)


def person_of(session: Session, study: Study) -> Person:
    """Return all that stands under the study's patient, the study itself with the details it bears now."""
    keys = joining.joined(session, [study.patient_key]) or frozenset({study.patient_key})
    itself = Member(study.version, study.details)
    others = [one for one in members(session, keys) if one.version.study_uid != study.study_uid]
    return Person(keys, (itself, *others), confirmed(session, keys))


def person_of_patient(session: Session, patient_key: str) -> Person:
    """Return all that stands under a patient."""
    keys = joining.joined(session, [patient_key])
    return Person(keys, tuple(members(session, keys)), confirmed(session, keys))


def members(session: Session, patient_keys: Iterable[str]) -> list[Member]:
    """Return the details of every study under these patients, and those under which each was first registered.

    The latter only while the study that told them stands there: it may have been another person's.
    """
    keys = list(patient_keys)
    columns = (StudyRow.study_uid, StudyRow.details_version, StudyRow.birth_date, StudyRow.sex, StudyRow.patient_name)
    studies = session.execute(select(*columns).where(StudyRow.patient_key.in_(keys)))
    first = (
        select(PatientRow.key, PatientRow.birth_date, PatientRow.sex, PatientRow.name)
        .outerjoin(StudyRow, StudyRow.study_uid == PatientRow.first_study)
        .where(or_(StudyRow.patient_key.is_(None), StudyRow.patient_key == PatientRow.key))
    )
    return [Member(Version(uid, number), details_of(*told)) for uid, number, *told in studies] + [
        Member(Version(FIRST_TOLD + key), details_of(*told))
        for key, *told in session.execute(first.where(PatientRow.key.in_(keys)))
    ]


def confirmed(session: Session, patient_keys: Iterable[str]) -> tuple[frozenset[Version], ...]:
    """Return each set of records that somebody found to be one person's."""
    return tuple(
        frozenset(Version(uid, number) for uid, number in event.payload.versions)
        for event in joining.findings(session, patient_keys)
        if isinstance(event.payload, p.IdentityConfirmed)
    )


def set_aside(study: Study, person: Person, events: Iterable[Event]) -> frozenset[str]:
    """Return the ids of the events that open something and may have been said by somebody else (ADR 0139).

    An event of before that rule names no study it was recorded from: it counts for its own number, and for none of it
    where the details under the number disagree.
    """
    in_doubt = bool(person.doubt)
    return frozenset(event.id for event in events if _permits(event) and not _counts(event, study, person, in_doubt))


def _counts(event: Event, study: Study, person: Person, in_doubt: bool) -> bool:
    origin = event.scope.recorded_from or event.scope.study_uid
    if not origin:
        return not in_doubt and event.patient_key == study.patient_key
    return person.is_one_person(Version(origin, event.scope.details_version), study.study_uid)


def _permits(event: Event) -> bool:
    if isinstance(event.payload, p.CapacityAssessed):
        return event.payload.capacity.answer is not p.CapacityAnswer.NO
    return event.type in _PERMITTING


def candidates(session: Session, study: Study) -> list[Study]:
    """Return the newest study of each other patient who may be the same person: for a person to decide.

    Same date of birth and a name that agrees, or the same number from another issuer.
    """
    ours = joining.joined(session, [study.patient_key])
    rows = [*_born_alike(session, study), *_numbered_alike(session, ours)]
    others: dict[str, Study] = {}
    for other in sorted(by_rows(rows), key=lambda one: one.facts.date, reverse=True):
        if other.patient_key not in ours:
            others.setdefault(other.patient_key, other)
    return list(others.values())


def _born_alike(session: Session, study: Study) -> list[StudyRow]:
    if study.birth_date is None:
        return []
    rows = session.scalars(select(StudyRow).where(StudyRow.birth_date.in_(date_spellings(study.birth_date))))
    return [
        row
        for row in rows
        if row.patient_name and agree(study.details, details_of(row.birth_date, study.details.sex, row.patient_name))
    ]


def _numbered_alike(session: Session, patient_keys: Iterable[str]) -> Sequence[StudyRow]:
    values = select(IdentifierRow.value).where(IdentifierRow.patient_key.in_(list(patient_keys)))
    owners = select(IdentifierRow.patient_key).where(IdentifierRow.value.in_(values))
    return session.scalars(select(StudyRow).where(StudyRow.patient_key.in_(owners))).all()
