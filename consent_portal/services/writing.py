"""How an event about a target is written: from which study, from when it counts, and what is known by then."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from consent_portal.clock import local_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.checks import Refusal, effective
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.rules import people
from consent_portal.ledger.rules.circumstances import Circumstances, circumstances
from consent_portal.ledger.scope import Scope
from consent_portal.registers import joining, studies
from consent_portal.services.target import Target


def known(session: Session, target: Target) -> Circumstances:
    """Return what the rules need to know of the patient: birth, death, and what is recorded."""
    origin = target.recorded_from or target.scope.study_uid
    study = studies.by_uid(session, origin) if origin else None
    born = (study.birth_date if study else None) or studies.birth_date_of(session, target.patient_key)
    return circumstances(born, events_of(session, target))


def events_of(session: Session, target: Target) -> list[Event]:
    """Return what is recorded of the person, under each joined number, and of the study."""
    keys = joining.joined(session, [target.patient_key])
    return store.events_about_all(session, keys, [target.scope.study_uid])


def target_of(event: Event | None) -> Target:
    """Return what an event is about."""
    return Target(event.patient_key, event.scope) if event else Target("", Scope.patient())


_GRANTING = frozenset({EventType.GIVEN, EventType.AMENDED})


def write(  # noqa: PLR0913, PLR0917  (an event is all of these)
    session: Session,
    target: Target,
    kind: EventType,
    payload: p.Payload,
    by: str,
    at: datetime,
    about: str | None = None,
) -> Event:
    """Write an event, with the study it was recorded from and the details that this study bore."""
    scope = _with_origin(session, target)
    return store.append(session, Draft(kind, target.patient_key, scope, payload, at, by, about))


def _with_origin(session: Session, target: Target) -> Scope:
    """Return the scope with the study it was recorded from, and which details that study bore."""
    origin = target.recorded_from or target.scope.study_uid
    if not origin or target.scope.recorded_from:
        return target.scope
    study = studies.by_uid(session, origin)
    noted: dict[str, object] = {"details_version": study.details_version if study else 0}
    if target.scope.is_wide:
        noted["recorded_from"] = origin
    return target.scope.model_copy(update=noted)


def moment(session: Session, target: Target, day: date | None) -> datetime:
    """Return from when something said on `day` counts, among what was recorded on that very day (ADR 0105).

    Of an earlier day only the date is known, and midnight would put it before a consent that was recorded at ten. So it
    counts from the last consent of that day: what refuses wins there, and an amendment follows what it amends. One that
    a clock that was ahead wrote is not waited for.
    """
    at, now = effective(day, known(session, target)), utc_now()
    given = [
        event.effective_at
        for event in events_of(session, target)
        if event.type in _GRANTING and local_day(event.effective_at) == local_day(at) and event.effective_at <= now
    ]
    return max([at, *given])


def not_before_added(session: Session, target: Target, removed: p.Representative, day: date | None) -> datetime:
    """Return from when an authority has ended: never before it was given, or it would end nothing (hazard H9)."""
    named = [event for event in events_of(session, target) if people.is_added(event, removed.name)]
    return max([moment(session, target, day), *(event.effective_at for event in named)])


def about_event(session: Session, event_id: str, kind: EventType, payload: p.Payload, by: str) -> Event:
    """Write an event that belongs to an earlier one."""
    found = store.event(session, event_id)
    if found is None:
        raise Refusal("There is no such event in the ledger.")
    return write(session, Target(found.patient_key, found.scope), kind, payload, by, utc_now(), found.id)
