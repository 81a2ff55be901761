"""An act of consent from beginning to end, the same whoever calls: page, command or API.

Every act checks its rules, writes its event, opens recalls for what it takes back, closes the questions that it
answers, and tells what of it takes effect. All need a writing session, and refuse with
`consent_portal.ledger.checks.Refusal`.
"""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Event
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.scope import Scope
from consent_portal.ledger.status import ConsentStatus
from consent_portal.policy.model import Policy
from consent_portal.registers import studies as register
from consent_portal.registers.studies import Study
from consent_portal.services import consent, queries
from consent_portal.services.answered_questions import close_answered
from consent_portal.services.consent import Target
from consent_portal.services.effect import Effect, effect
from consent_portal.tasks import recalls
from consent_portal.tasks.asks import Ask
from consent_portal.tasks.recalls import Recall


@dataclass(frozen=True)
class Actor:
    """Who records something, and under which policy what it means is said.

    Attributes
    ----------
    user : str
        User name of the portal, or ``cli:`` and the name on the machine.
    """

    user: str
    policy: Policy


@dataclass(frozen=True)
class Subject:
    """What an act is about: the study from which it is recorded, and how far what was said reaches."""

    study: Study
    scope: Scope

    @classmethod
    def of_study(cls, study: Study) -> "Subject":
        """Return one study, and no more, as the subject."""
        return cls(study, Scope.study(study.study_uid, study.facts.accession))

    @property
    def target(self) -> Target:
        """Return the patient and the scope, as the ledger names them, with the study that was open."""
        return Target.from_study(self.study, self.scope)


@dataclass(frozen=True)
class Act:
    """What an act came to.

    Attributes
    ----------
    status : ConsentStatus
        What stands for the study afterwards.
    effect : Effect
        What of the act takes no effect for the study.
    recalls : tuple of Recall
        The releases that it calls back.
    answered : tuple of Ask
        The questions that it answers.
    """

    event: Event
    status: ConsentStatus
    effect: Effect
    recalls: tuple[Recall, ...]
    answered: tuple[Ask, ...]


def record(session: Session, subject: Subject, given: p.Given, actor: Actor) -> Act:
    """Record consent as it was given (R37, R42).

    Raises
    ------
    Refusal
    """
    _note_episode(session, subject)
    return _whole(session, subject, consent.record(session, subject.target, given, actor.user), actor)


def amend(session: Session, subject: Subject, given: p.Given, actor: Actor) -> Act:
    """Record amended consent; the earlier record stays (R38).

    Raises
    ------
    Refusal
    """
    _note_episode(session, subject)
    return _whole(session, subject, consent.amend(session, subject.target, given, actor.user), actor)


def refuse(session: Session, subject: Subject, refused: p.Refused, actor: Actor, day: date | None = None) -> Act:
    """Record that the patient said no when asked (policy.md, combining rule 2).

    Raises
    ------
    Refusal
    """
    return _whole(session, subject, consent.refuse(session, subject.target, refused, actor.user, day), actor)


def withdraw(session: Session, subject: Subject, withdrawn: p.Withdrawn, actor: Actor, day: date | None = None) -> Act:
    """Record that the patient took consent back (R19, R40).

    Raises
    ------
    Refusal
    """
    return _whole(session, subject, consent.withdraw(session, subject.target, withdrawn, actor.user, day), actor)


def object_to(session: Session, subject: Subject, objection: p.Objection, actor: Actor, day: date | None = None) -> Act:
    """Record an objection or a request for erasure (R39).

    Raises
    ------
    Refusal
    """
    return _whole(session, subject, consent.object_to(session, subject.target, objection, actor.user, day), actor)


def invalidate(session: Session, study: Study, event_id: str, reason: str, actor: Actor) -> Act:
    """Mark what was recorded as entered in error (hazard H1); what left because of it is called back.

    Raises
    ------
    Refusal
        When the event is not of this study's patient, or cannot have been entered in error.
    """
    wrong = _own_event(session, study, event_id)
    event = consent.invalidate(session, event_id, reason, actor.user)
    agreed = [level for level in Level if isinstance(wrong.payload, p.Given) and _accepts(wrong.payload, level)]
    recalls.open_for(session, event, agreed)
    return _whole(session, Subject(study, wrong.scope), event, actor)


def review_at_maturity(session: Session, subject: Subject, review: p.ReviewedAtMaturity, actor: Actor) -> Act:
    """Record that the young person was offered the chance to vary or withdraw (GMC 35)."""
    return _whole(session, subject, consent.review_at_maturity(session, subject.target, review, actor.user), actor)


def assess_capacity(session: Session, subject: Subject, assessed: p.CapacityAssessed, actor: Actor) -> Act:
    """Record whether the patient can decide this, now (GMC 28-30)."""
    return _whole(session, subject, consent.assess_capacity(session, subject.target, assessed, actor.user), actor)


def add_representative(session: Session, subject: Subject, representative: p.Representative, actor: Actor) -> Act:
    """Record who may decide for the patient, and by what authority (hazard H9)."""
    event = consent.add_representative(session, subject.target, representative, actor.user)
    return _whole(session, subject, event, actor)


def remove_representative(session: Session, subject: Subject, representative: p.Representative, actor: Actor) -> Act:
    """Record that somebody may no longer decide for the patient (hazard H9)."""
    event = consent.remove_representative(session, subject.target, representative, actor.user)
    return _whole(session, subject, event, actor)


def note_deceased(session: Session, subject: Subject, noted: p.DeceasedNoted, actor: Actor) -> Act:
    """Record that the patient has died (GMC 47-48)."""
    return _whole(session, subject, consent.note_deceased(session, subject.target, noted, actor.user), actor)


def explain(session: Session, subject: Subject, explained: p.Explained, actor: Actor) -> Act:
    """Record that the making and use of a paragraph-10 recording was explained (R44)."""
    return _whole(session, subject, consent.explain(session, subject.target, explained, actor.user), actor)


def attach_form(session: Session, study: Study, event_id: str, form: p.FormAttached, actor: Actor) -> Act:
    """Record the checksum of a scanned form that belongs to an event (GMC 24).

    Raises
    ------
    Refusal
        When the event is not of this study's patient.
    """
    about = _own_event(session, study, event_id)
    event = consent.attach_form(session, event_id, form, actor.user)
    return _whole(session, Subject(study, about.scope), event, actor)


def issue_receipt(session: Session, study: Study, event_id: str, receipt: p.ReceiptIssued, actor: Actor) -> Act:
    """Record that the patient was given a copy of what an event says (GMC 25).

    Raises
    ------
    Refusal
        When the event is not of this study's patient.
    """
    about = _own_event(session, study, event_id)
    event = consent.issue_receipt(session, event_id, receipt, actor.user)
    return _whole(session, Subject(study, about.scope), event, actor)


def publish(session: Session, study: Study, released_event: str, published: p.Published, actor: Actor) -> Act:
    """Mark a release as published: it cannot be recalled (combining rule 7).

    Raises
    ------
    Refusal
        When the event is not of this study's patient.
    """
    about = _own_event(session, study, released_event)
    event = consent.publish(session, released_event, published, actor.user)
    return _whole(session, Subject(study, about.scope), event, actor)


def _own_event(session: Session, study: Study, event_id: str) -> Event:
    found = {event.id: event for event in queries.history(session, study)}.get(event_id)
    if found is None:
        raise Refusal("There is no such event in the history of this study or its patient. Open the history again.")
    return found


def _accepts(given: p.Given, level: Level) -> bool:
    return given.levels.get(level) is LevelState.ACCEPTED


def _whole(session: Session, subject: Subject, event: Event, actor: Actor) -> Act:
    answered = close_answered(session, subject.study, actor.user, actor.policy)
    present = register.by_key(session, subject.study.key) or subject.study
    status = queries.status(session, present)
    found = effect(event, status)
    return Act(
        event=event,
        status=status,
        # A form for less than the study opens less on purpose.
        effect=found if event.scope.covers(present.item) else replace(found, not_opened=()),
        recalls=tuple(recalls.opened_by(session, event.id)),
        answered=tuple(answered),
    )


def _note_episode(session: Session, subject: Subject) -> None:
    """Put the study in the episode that the form names: Orthanc tells of none, and an unknown one covers nothing."""
    number = subject.scope.episode
    if number and not register.put_in_episode(session, subject.study.key, number):
        raise Refusal(
            "This study is noted under another episode of care. Check the number, or choose what else this covers."
        )
