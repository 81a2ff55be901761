"""What people do to a consent. Every command adds events and changes none.

All need a writing session (`Database.writing`) and return the event they wrote. They refuse with `Refusal`, whose text
names the thing, the rule and what to do next.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from consent_portal.clock import local_day, start_of_day, utc_now
from consent_portal.ledger import by_name, expiries, store
from consent_portal.ledger import payloads as p
from consent_portal.ledger.checks import Refusal, check, effective
from consent_portal.ledger.events import Draft, Event, EventType
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.rules import earlier, people
from consent_portal.ledger.rules.circumstances import Circumstances, circumstances
from consent_portal.ledger.rules.refusal import refuse_if
from consent_portal.ledger.scope import Scope
from consent_portal.registers import joining, persons, studies
from consent_portal.registers.studies import Study
from consent_portal.services import publication
from consent_portal.tasks import recalls


@dataclass(frozen=True)
class Target:
    """What a command is about: a patient (by random key) and how much of the patient's recordings.

    Attributes
    ----------
    recorded_from : str
        Study Instance UID of the study that was open. What reaches over to others counts only where their details agree
        with its details (ADR 0139); a scope of one study is recorded from that study.
    """

    patient_key: str
    scope: Scope
    recorded_from: str = ""

    @classmethod
    def study(cls, patient_key: str, study_uid: str, accession: str = "") -> "Target":
        """Return one study as the target."""
        return cls(patient_key, Scope.study(study_uid, accession))

    @classmethod
    def from_study(cls, study: Study, scope: Scope) -> "Target":
        """Return something wider, or a part, as the target while that study is open."""
        return cls(study.patient_key, scope, study.study_uid)


def record(session: Session, target: Target, given: p.Given, by: str) -> Event:
    """Record consent as it was given on a form or in words (R37, R42).

    A new record is a whole form: a level that it does not name is "not chosen" from then on, unless it was refused.

    Parameters
    ----------
    given : Given
        `given.discussed_on` is the day it counts from.
    by : str
        User name of who records it.

    Raises
    ------
    Refusal
        Without requesting clinician, or where capacity is missing or absent.
    """
    check(given, known(session, target))
    _check_identity(session, target, given)
    event = _write(session, target, EventType.GIVEN, given, by, _moment(session, target, given.discussed_on))
    return _recalled(session, event, given)


def amend(session: Session, target: Target, given: p.Given, by: str, original: str | None = None) -> Event:
    """Record amended consent from the patient or a representative (R38, S1 L29-31).

    An amendment changes the levels it names and leaves the others as they were. It links to the original, which stays.

    Parameters
    ----------
    original : str, optional
        Id of the event that is amended; by default the last one recorded for the same scope.

    Raises
    ------
    Refusal
        When there is nothing to amend.
    """
    check(given, known(session, target))
    _check_identity(session, target, given)
    found = store.event(session, original) if original else _last_given(session, target)
    if found is None or found.type not in {EventType.GIVEN, EventType.AMENDED}:
        raise Refusal("There is no recorded consent to amend for this; record it first.")
    at = max(_moment(session, target, given.discussed_on), found.effective_at)  # never before what it amends
    return _recalled(session, _write(session, target, EventType.AMENDED, given, by, at, found.id), given)


def refuse(session: Session, target: Target, refused: p.Refused, by: str, day: date | None = None) -> Event:
    """Record that the patient said no when asked; recalls what left under an earlier yes, like a withdrawal."""
    event = _write(session, target, EventType.REFUSED, refused, by, _moment(session, target, day))
    return _asked_back(session, event, refused.levels)


def withdraw(session: Session, target: Target, withdrawn: p.Withdrawn, by: str, day: date | None = None) -> Event:
    """Record that the patient took consent back, as a whole or for some levels (R19, R40).

    Opens a recall task for every release that it covers. Needs no clinician, no capacity answer and no form: taking
    back must never be harder than giving.
    """
    event = _write(session, target, EventType.WITHDRAWN, withdrawn, by, _moment(session, target, day))
    return _asked_back(session, event, withdrawn.levels)


def object_to(session: Session, target: Target, objection: p.Objection, by: str, day: date | None = None) -> Event:
    """Record an objection or an erasure request (R39); recalls what it covers, like a withdrawal."""
    event = _write(session, target, EventType.OBJECTION, objection, by, _moment(session, target, day))
    return _asked_back(session, event, objection.levels)


def invalidate(session: Session, event_id: str, reason: str, by: str) -> Event:
    """Mark an event as entered in error; it stays to be read and no longer counts.

    Raises
    ------
    Refusal
        When there is no such event, no reason is given, the event is no statement about consent, or is marked already.
    """
    found = store.event(session, event_id)
    refuse_if(earlier.of_error(found, reason, _events(session, _target_of(found)) if found else []))
    assert found is not None  # noqa: S101  (refused above)
    marks = [
        Draft(EventType.INVALIDATED, one.patient_key, one.scope, p.Invalidated(reason=reason), utc_now(), by, one.id)
        for one in (found, *_copies(session, found))
    ]
    return store.append_all(session, marks)[0]


def note_expired(session: Session, by: str = "system") -> list[Event]:
    """Write EXPIRED for some of the consents whose last day has passed and that have no such event yet.

    The answer does not wait for it (`projection` looks at the days themselves); it is for whoever reads the history.
    Called until nothing is left, so that each transaction is short however many ended in one night (ADR 0128).
    """
    days = expiries.ended(session, local_day(utc_now()))
    ended = [(event, last) for number, last in days if (event := store.event(session, number)) is not None]
    drafts = [
        Draft(
            EventType.EXPIRED,
            event.patient_key,
            event.scope,
            p.Expired(ended_on=last),
            start_of_day(last + timedelta(days=1)),
            by,
            event.id,
        )
        for event, last in ended
    ]
    expiries.mark(session, [number for number, _ in days])
    return store.append_all(session, drafts)


def review_at_maturity(
    session: Session, target: Target, review: p.ReviewedAtMaturity, by: str, day: date | None = None
) -> Event:
    """Record that the young person was offered the chance to vary or withdraw (GMC 35).

    Raises
    ------
    Refusal
        When nobody decided for the patient, and no review was agreed.
    """
    refuse_if(people.of_review(review, known(session, target), day))
    return _write(session, target, EventType.REVIEWED_AT_MATURITY, review, by, _moment(session, target, day))


def assess_capacity(
    session: Session, target: Target, assessed: p.CapacityAssessed, by: str, day: date | None = None
) -> Event:
    """Record whether the patient can decide this, now (GMC 28-30).

    Raises
    ------
    Refusal
        Without the decision or the assessor.
    """
    refuse_if(people.of_assessment(assessed, known(session, target), day))
    return _write(session, target, EventType.CAPACITY_ASSESSED, assessed, by, _moment(session, target, day))


def add_representative(
    session: Session, target: Target, representative: p.Representative, by: str, day: date | None = None
) -> Event:
    """Record who may decide for the patient, and by what authority (hazard H9).

    Raises
    ------
    Refusal
        Without a name or evidence, or for a parent of somebody grown up.
    """
    refuse_if(people.of_representative_added(representative, known(session, target), day))
    return _write(session, target, EventType.REPRESENTATIVE_ADDED, representative, by, _moment(session, target, day))


def remove_representative(
    session: Session, target: Target, representative: p.Representative, by: str, day: date | None = None
) -> Event:
    """Record that somebody may no longer decide for the patient.

    Raises
    ------
    Refusal
        When nobody of that name decides for the patient.
    """
    refuse_if(people.of_representative_removed(representative, known(session, target)))
    return _write(
        session,
        target,
        EventType.REPRESENTATIVE_REMOVED,
        representative,
        by,
        _not_before_added(session, target, representative, day),
    )


def note_deceased(session: Session, target: Target, noted: p.DeceasedNoted, by: str, day: date | None = None) -> Event:
    """Record that the patient has died (GMC 47-48).

    Raises
    ------
    Refusal
        For a day that has not come yet, or lies before the birth.
    """
    refuse_if(people.of_death(noted, known(session, target), day))
    return _write(session, target, EventType.DECEASED_NOTED, noted, by, _moment(session, target, day))


def attach_form(session: Session, event_id: str, form: p.FormAttached, by: str) -> Event:
    """Record the checksum of a scanned form that belongs to an event.

    Raises
    ------
    Refusal
        When there is no such event, or a form cannot belong to it.
    """
    refuse_if(earlier.of_paper(store.event(session, event_id), "A form"))
    return _about(session, event_id, EventType.FORM_ATTACHED, form, by)


def issue_receipt(session: Session, event_id: str, receipt: p.ReceiptIssued, by: str) -> Event:
    """Record that the patient was given a copy of what an event says.

    Raises
    ------
    Refusal
        When there is no such event, or it says nothing that a receipt could be given for.
    """
    refuse_if(earlier.of_paper(store.event(session, event_id), "A receipt"))
    return _about(session, event_id, EventType.RECEIPT_ISSUED, receipt, by)


def explain(session: Session, target: Target, explained: p.Explained, by: str) -> Event:
    """Record that the making and use of a paragraph-10 recording was explained (R44).

    Raises
    ------
    Refusal
        When nobody explained it.
    """
    refuse_if(people.of_explanation(explained))
    return _write(session, target, EventType.EXPLAINED, explained, by, utc_now())


def publish(session: Session, released_event: str, published: p.Published, by: str) -> Event:
    """Mark a release as published: it cannot be recalled, and the patient was told so on a day.

    Parameters
    ----------
    published : Published
        `where` is needed; without `told_on` the patient has not been told yet, and the day can be added later.

    Raises
    ------
    Refusal
        As `publication.check` says.
    """
    publication.check(session, store.event(session, released_event), published)
    event = _about(session, released_event, EventType.PUBLISHED, published, by)
    recalls.cannot_be_recalled(session, released_event, by)
    return event


def sign_policy(session: Session, signed: p.PolicySigned, by: str) -> Event:
    """Put a policy version and its switches into force; the caller lets only a Guardian do it (R65)."""
    return _write(session, Target("", Scope.patient()), EventType.POLICY_SIGNED, signed, by, utc_now())


def accept_continuity(session: Session, accepted: p.ContinuityAccepted, by: str) -> Event:
    """Record that the Guardian lets the record go on after a loss, or after a clock that was ahead (ADR 0125)."""
    target = Target("", Scope.patient())
    return _write(session, target, EventType.CONTINUITY_ACCEPTED, accepted, by, utc_now())


def note_notice(session: Session, step: p.NoticeStep, by: str) -> Event:
    """Note a step of a version of the notices."""
    return _write(session, Target("", Scope.patient()), EventType.NOTICE_STEP, step, by, utc_now())


def known(session: Session, target: Target) -> Circumstances:
    """Return what the rules need to know of the patient: birth, death, and what is recorded."""
    origin = target.recorded_from or target.scope.study_uid
    study = studies.by_uid(session, origin) if origin else None
    born = (study.birth_date if study else None) or studies.birth_date_of(session, target.patient_key)
    return circumstances(born, _events(session, target))


def _events(session: Session, target: Target) -> list[Event]:
    """Return what is recorded of the person, under each joined number, and of the study."""
    keys = joining.joined(session, [target.patient_key])
    return store.events_about_all(session, keys, [target.scope.study_uid])


def _target_of(event: Event | None) -> Target:
    return Target(event.patient_key, event.scope) if event else Target("", Scope.patient())


_GRANTING = frozenset({EventType.GIVEN, EventType.AMENDED})


def _write(  # noqa: PLR0913, PLR0917  (an event is all of these)
    session: Session,
    target: Target,
    kind: EventType,
    payload: p.Payload,
    by: str,
    at: datetime,
    about: str | None = None,
) -> Event:
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


def _check_identity(session: Session, target: Target, given: p.Given) -> None:
    """Refuse a consent that reaches over to other studies while it is in doubt whose they are (hazard H1)."""
    if not target.scope.is_wide or LevelState.ACCEPTED not in given.levels.values():
        return
    doubt = persons.person_of_patient(session, target.patient_key).doubt
    if doubt:
        raise Refusal(
            f"The recordings under this patient's number disagree in: {', '.join(doubt)}. They may be of two people, "
            "so consent can be recorded for this study only (hazard H1). Choose 'This study', and let medical "
            "illustration settle whose the recordings are, under 'Details disagree'."
        )


def _asked_back(session: Session, event: Event, levels: Iterable[Level]) -> Event:
    """Open recalls for a "no", and write one that covers all recordings into the history of every joined number.

    So it goes on counting for each of them, should the numbers be taken apart again.
    """
    recalls.open_for(session, event, levels)
    others = joining.joined(session, [event.patient_key]) - {event.patient_key} if event.scope.is_wide else ()
    for key in sorted(others):
        again = Draft(event.type, key, event.scope, event.payload, event.effective_at, event.recorded_by)
        recalls.open_for(session, replace(store.append(session, again), id=event.id), levels)
    return event


def _copies(session: Session, event: Event) -> list[Event]:
    """Return the same statement in the histories of the joined numbers (see `_asked_back`).

    It may have been recorded twice, each time with copies of its own; only those written with this one are the same.
    """
    if not event.scope.is_wide:
        return []
    events = store.events_of_patients(session, joining.joined(session, [event.patient_key]), event.type)
    told = (event.scope, event.payload, event.effective_at, event.recorded_by)
    alike = [one for one in events if (one.scope, one.payload, one.effective_at, one.recorded_by) == told]
    return [one for one in _written_with(event, alike) if one.id != event.id]


def _written_with(event: Event, alike: Iterable[Event]) -> list[Event]:
    """Return the run of entries, one after the other and one for each number, that holds the event."""
    run: list[Event] = []
    for one in alike:
        follows = run and one.seq == run[-1].seq + 1 and one.patient_key not in {other.patient_key for other in run}
        if not follows and event in run:
            break
        run = [*run, one] if follows else [one]
    return run


def _moment(session: Session, target: Target, day: date | None) -> datetime:
    """Return from when something said on `day` counts, among what was recorded on that very day (ADR 0105).

    Of an earlier day only the date is known, and midnight would put it before a consent that was recorded at ten. So it
    counts from the last consent of that day: what refuses wins there, and an amendment follows what it amends. One that
    a clock that was ahead wrote is not waited for.
    """
    at, now = effective(day, known(session, target)), utc_now()
    given = [
        event.effective_at
        for event in _events(session, target)
        if event.type in _GRANTING and local_day(event.effective_at) == local_day(at) and event.effective_at <= now
    ]
    return max([at, *given])


def _not_before_added(session: Session, target: Target, removed: p.Representative, day: date | None) -> datetime:
    """Return from when an authority has ended: never before it was given, or it would end nothing (hazard H9)."""
    named = [event for event in _events(session, target) if people.is_added(event, removed.name)]
    return max([_moment(session, target, day), *(event.effective_at for event in named)])


def _recalled(session: Session, event: Event, given: p.Given) -> Event:
    """Open recalls for the levels that a form says no to: declining what was agreed to takes it back."""
    declined = [level for level, said in given.levels.items() if said is LevelState.DECLINED]
    return _asked_back(session, event, declined) if declined or by_name.refused(given) else event


def _about(session: Session, event_id: str, kind: EventType, payload: p.Payload, by: str) -> Event:
    found = store.event(session, event_id)
    if found is None:
        raise Refusal("There is no such event in the ledger.")
    return _write(session, Target(found.patient_key, found.scope), kind, payload, by, utc_now(), found.id)


def _last_given(session: Session, target: Target) -> Event | None:
    events = _events(session, target)
    gone = {event.supersedes for event in events if event.type is EventType.INVALIDATED}
    given = [
        event
        for event in events
        if event.type in {EventType.GIVEN, EventType.AMENDED}
        and event.id not in gone
        and event.scope.reaches(target.scope)
    ]
    return given[-1] if given else None
