"""What the archive tells of a study, entered in the register; told otherwise than before, it is looked at again.

A corrected birth date, sex, name or number may make it another person's study than the one who agreed (hazards H1 and
H12; ADR 0161). So the change is an event, a no to all recordings goes with the study to its new number, and what left
and would not be permitted any more is asked back, as after a withdrawal.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from consent_portal.clock import utc_now
from consent_portal.contract import Subject
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.levels import Level
from consent_portal.ledger.scope import Scope
from consent_portal.ledger.timekeeping import refuses, refuses_something
from consent_portal.registers import joining, studies
from consent_portal.registers.identity import Detail, Details, differences
from consent_portal.registers.studies import Study
from consent_portal.tasks import recalls

ARCHIVE = "archive"
"""Who is said to have recorded it."""


def tell(session: Session, subject: Subject) -> Study:
    """Enter the study as the archive tells of it, and follow up where it told otherwise before.

    Needs a writing session.
    """
    before = studies.by_uid(session, subject.study_uid)
    study = studies.register(session, subject)
    if before is not None and _may_be_anothers(before, study):
        _follow_up(session, before, study)
    return study


def _may_be_anothers(before: Study, study: Study) -> bool:
    """Whether the study moved, contradicts what was told, or says for the first time what can contradict others."""
    is_moved = before.patient_key != study.patient_key
    is_contradicted = before.details_version != study.details_version
    return is_moved or is_contradicted or bool(_filled_in(before.details, study.details))


def _filled_in(before: Details, now: Details) -> tuple[str, ...]:
    told = {
        Detail.BIRTH_DATE: (before.birth_date, now.birth_date),
        Detail.SEX: (before.sex, now.sex),
        Detail.NAME: (before.name, now.name),
    }
    return tuple(str(detail) for detail, (old, new) in told.items() if new and not old)


def _follow_up(session: Session, before: Study, study: Study) -> None:
    from consent_portal.services import no_longer_permitted  # noqa: PLC0415  (it decides, and who decides tells)

    event = _note(session, before, study)
    if before.patient_key != study.patient_key:
        _carry_every_no(session, before.patient_key, study)
    no_longer_permitted.recall(session, event, {before.patient_key, study.patient_key})


def _note(session: Session, before: Study, study: Study) -> Event:
    """Write the change into each history that it concerns, and return the one of the patient whose it is now."""
    now, old = study.patient_key, before.patient_key
    pairs = [(now, "")] if now == old else [(now, old), (old, now)]
    return store.append_all(session, [_noted(before, study, key, other) for key, other in pairs])[0]


def _noted(before: Study, study: Study, key: str, other: str) -> Draft:
    changed = map(str, differences(before.details, study.details))
    payload = p.DetailsChanged(
        details=(*changed, *_filled_in(before.details, study.details)),
        details_version=study.details_version,
        other_patient=other,
    )
    scope = Scope.study(study.study_uid, study.facts.accession)
    return Draft(EventType.DETAILS_CHANGED, key, scope, payload, utc_now(), ARCHIVE)


def _carry_every_no(session: Session, before: str, study: Study) -> None:
    """Write what was refused of all recordings from this study into the history of whose it is now.

    Whoever said so while the study stood under a wrong number meant their recordings, and those stand here.
    """
    said = [event for event in _noes(session, [before]) if event.scope.recorded_from == study.study_uid]
    for key in sorted(joining.joined(session, [study.patient_key])):
        known = [_told(event) for event in _noes(session, [key])]
        for event in (one for one in said if _told(one) not in known):
            again = Draft(event.type, key, event.scope, event.payload, event.effective_at, event.recorded_by)
            recalls.open_for(session, store.append(session, again), _refused(event))


def _noes(session: Session, patient_keys: Iterable[str]) -> list[Event]:
    events = store.events_about_all(session, patient_keys)
    gone = {event.supersedes for event in events if event.type is EventType.INVALIDATED}
    wide = (event for event in events if event.scope.is_wide and event.id not in gone)
    return [event for event in wide if refuses_something(event.payload)]


def _told(event: Event) -> tuple[object, ...]:
    return event.type, event.scope, event.payload, event.effective_at, event.recorded_by


def _refused(event: Event) -> list[Level]:
    return [level for level in Level if refuses(event.payload, level)]
