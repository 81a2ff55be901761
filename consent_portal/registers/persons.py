"""The person behind a patient's numbers: the records that stand under them, and what of the ledger is theirs."""

from collections.abc import Iterable, Sequence
from typing import cast

from sqlalchemy import BindParameter, Table, bindparam, literal, or_, select, union_all
from sqlalchemy.orm import Session

from consent_portal.asking import Question
from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event, EventType
from consent_portal.registers import joining, studies
from consent_portal.registers.identity import FIRST_TOLD, Member, Person, Version, agree
from consent_portal.registers.rows import IdentifierRow, PatientRow, StudyRow
from consent_portal.registers.studies import Study, by_rows, date_spellings, details_of

_PERMITTING = frozenset(
    {EventType.GIVEN, EventType.AMENDED, EventType.REPRESENTATIVE_ADDED, EventType.REVIEWED_AT_MATURITY}
)
_STUDY, _PATIENT = cast(Table, StudyRow.__table__), cast(Table, PatientRow.__table__)
_KEYS: BindParameter[str] = bindparam("keys", expanding=True)
_DETAILS = ("study_uid", "details_version", "birth_date", "sex", "patient_name")
_FIRST = ("birth_date", "sex", "name")
_TOLD_OF = select(literal("").label("key"), *(_STUDY.c[one] for one in _DETAILS)).where(_STUDY.c.patient_key.in_(_KEYS))
_FIRST_TOLD = (
    select(*(_PATIENT.c[one] for one in ("key", "first_study")), literal(0), *(_PATIENT.c[one] for one in _FIRST))
    .outerjoin(_STUDY, _STUDY.c.study_uid == _PATIENT.c.first_study)
    .where(or_(_STUDY.c.patient_key.is_(None), _STUDY.c.patient_key == _PATIENT.c.key), _PATIENT.c.key.in_(_KEYS))
)
_MEMBERS = Question(union_all(_TOLD_OF, _FIRST_TOLD))
_DAYS: BindParameter[str] = bindparam("days", expanding=True)
_NUMBER = cast(Table, IdentifierRow.__table__).c
_OTHERS = _STUDY.c.patient_key.not_in(_KEYS)
_BORN_ALIKE = select(*(_STUDY.c[one] for one in ("key", "birth_date", "patient_name"))).where(
    _STUDY.c.birth_date.in_(_DAYS), _OTHERS
)
_NUMBERED_ALIKE = select(_STUDY.c.key, literal(""), literal("")).where(
    _STUDY.c.patient_key.in_(
        select(_NUMBER.patient_key).where(
            _NUMBER.value.in_(select(_NUMBER.value).where(_NUMBER.patient_key.in_(_KEYS)))
        )
    ),
    _OTHERS,
)
_ALIKE = Question(union_all(_BORN_ALIKE, _NUMBERED_ALIKE))


def person_of(session: Session, study: Study) -> Person:
    """Return all that stands under the study's patient, the study itself with the details it bears now."""
    keys, found = joining.joined_with_findings(session, [study.patient_key])
    keys = keys or frozenset({study.patient_key})
    itself = Member(study.version, study.details)
    others = [one for one in members(session, keys) if one.version.study_uid != study.study_uid]
    return _person(session, keys, (itself, *others), found)


def person_of_patient(session: Session, patient_key: str) -> Person:
    """Return all that stands under a patient."""
    keys, found = joining.joined_with_findings(session, [patient_key])
    return _person(session, keys, tuple(members(session, keys)), found)


def _person(
    session: Session, patient_keys: frozenset[str], records: tuple[Member, ...], found: Sequence[Event]
) -> Person:
    return Person(patient_keys, _saying_more(records), confirmed(found), joining.separated(session, found))


def _saying_more(records: tuple[Member, ...]) -> tuple[Member, ...]:
    """Leave out the details first registered where the study that told them still says the same."""
    studies_now = {one.version.study_uid: one.details for one in records}
    return tuple(one for one in records if not one.told_by or studies_now.get(one.told_by) != one.details)


def members(session: Session, patient_keys: Iterable[str]) -> list[Member]:
    """Return the details of every study under these patients, and those under which each was first registered.

    The latter only while the study that told them stands there: it may have been another person's.
    """
    return [
        Member(Version(FIRST_TOLD + key), details_of(*told), uid)
        if key
        else Member(Version(uid, number), details_of(*told))
        for key, uid, number, *told in _MEMBERS.ask(session, keys=list(patient_keys))
    ]


def confirmed(found: Sequence[Event]) -> tuple[frozenset[Version], ...]:
    """Return each pair of records that somebody found to be one person's.

    A finding is of one study: it says that this study is the same person's as each of the others that it names, and
    nothing about those others among each other. Where a study was separated later, that was found to be wrong.
    """
    later = {event.scope.study_uid: event.seq for event in found if isinstance(event.payload, p.StudySeparated)}
    return tuple(
        pair
        for event in found
        if isinstance(event.payload, p.IdentityConfirmed)
        for pair in _pairs(event.scope.study_uid, event.payload)
        if all(later.get(version.study_uid, 0) < event.seq for version in pair)
    )


def _pairs(study_uid: str, found: p.IdentityConfirmed) -> list[frozenset[Version]]:
    versions = [Version(uid, number) for uid, number in found.versions]
    present = max((one for one in versions if one.study_uid == study_uid), key=lambda one: one.number, default=None)
    return [frozenset({present, other}) for other in versions if present is not None and other != present]


def set_aside(session: Session, study: Study, person: Person, events: Iterable[Event]) -> frozenset[str]:
    """Return the ids of the events that open something and may have been said by somebody else (ADR 0139).

    An event of before that rule names no study it was recorded from: it counts for its own number, as long as nobody
    else can have said it (`_is_nobody_elses`).
    """
    opening = [event for event in events if _permits(event)]
    unnamed = [event for event in opening if not _origin(event)]
    is_theirs = bool(unnamed) and _is_nobody_elses(session, study, person)
    counting = {event.id for event in unnamed if is_theirs and event.patient_key == study.patient_key}
    counting |= {event.id for event in opening if _origin(event) and _counts(event, study, person)}
    return frozenset(event.id for event in opening if event.id not in counting)


def _is_nobody_elses(session: Session, study: Study, person: Person) -> bool:
    """Whether all that ever stood under the number agrees: who has left it may have said it (hazard H1)."""
    return person.agrees_throughout(study.study_uid) and not studies.was_left(session, study.patient_key)


def _counts(event: Event, study: Study, person: Person) -> bool:
    return person.is_one_person(Version(_origin(event), event.scope.details_version), study.study_uid)


def _origin(event: Event) -> str:
    return event.scope.recorded_from or event.scope.study_uid


def _permits(event: Event) -> bool:
    if isinstance(event.payload, p.CapacityAssessed):
        return event.payload.capacity.answer is not p.CapacityAnswer.NO
    return event.type in _PERMITTING


def candidates(session: Session, study: Study) -> list[Study]:
    """Return the newest study of each other patient who may be the same person: for a person to decide.

    Same date of birth and a name that agrees, or the same number from another issuer.
    """
    keys = _alike(session, study)
    if not keys:
        return []
    rows = session.scalars(select(StudyRow).where(StudyRow.key.in_(keys)))
    others: dict[str, Study] = {}
    for other in sorted(by_rows(rows), key=lambda one: one.facts.date, reverse=True):
        others.setdefault(other.patient_key, other)
    return list(others.values())


def _alike(session: Session, study: Study) -> list[str]:
    """Return the keys of the other patients' studies, by their columns alone: nearly always there are none."""
    days = date_spellings(study.birth_date) if study.birth_date else []
    ours = list(joining.joined(session, [study.patient_key]))
    return [
        key
        for key, birth_date, name in _ALIKE.ask(session, days=days, keys=ours)
        if not birth_date or (name and agree(study.details, details_of(birth_date, study.details.sex, name)))
    ]
