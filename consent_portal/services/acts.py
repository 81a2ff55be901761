"""An act of consent from beginning to end, the same whoever calls: page, command or API.

Every act checks its rules, writes its event, opens recalls for what it takes back, closes the questions that it
answers, and tells what of it takes effect. All need a writing session, and refuse with
`consent_portal.ledger.checks.Refusal`.
"""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from consent_portal.contract import Patient
from consent_portal.ledger import payloads as p
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import Event
from consent_portal.ledger.rules.refusal import RuleFault
from consent_portal.ledger.scope import Scope, ScopeKind
from consent_portal.ledger.status import ConsentStatus
from consent_portal.policy.model import Policy
from consent_portal.registers import joining, numbers
from consent_portal.registers import studies as register
from consent_portal.registers.studies import Study
from consent_portal.services import consent, no_longer_permitted, queries, record_head
from consent_portal.services.answered_questions import close_answered
from consent_portal.services.earlier_event import own_event
from consent_portal.services.effect import Effect, effect
from consent_portal.services.record_head import check_seen
from consent_portal.services.target import Target
from consent_portal.tasks import recalls
from consent_portal.tasks.asks import Ask
from consent_portal.tasks.recalls import Recall


@dataclass(frozen=True)
class Actor:
    """Who records something, and under which policy what it means is said.

    Attributes
    ----------
    user : str
        User name of the portal; ``cli:`` and the name on the machine, or ``api:`` and the user name of the portal.
    """

    user: str
    policy: Policy


@dataclass(frozen=True)
class Subject:
    """What an act is about: the study from which it is recorded, and how far what was said reaches.

    Attributes
    ----------
    expected_head : int or None
        The `head` of the record that whoever acts has seen; None where nobody looked.
    """

    study: Study
    scope: Scope
    expected_head: int | None = None

    @classmethod
    def of_study(cls, study: Study) -> "Subject":
        """Return one study, and no more, as the subject."""
        return cls(study, Scope.study(study.study_uid, study.facts.accession))

    @classmethod
    def of_number(cls, session: Session, number: str, issuer: str = "", birth_date: date | None = None) -> "Subject":
        """Return all recordings of the patient of that number, also where none is there yet (needs a writing session).

        Raises
        ------
        Refusal
            Without a number, or with one that several patients have: what was said must not go to a new patient.
        """
        if not numbers.normal(number) or numbers.is_placeholder(number):
            raise Refusal(faults=[RuleFault("Enter the patient's number.", "number", is_input=True)])
        if register.is_of_several(session, number, issuer):
            told = (
                "Several patients have this number, from different issuers. Enter who issued it; nothing is recorded."
            )
            raise Refusal(faults=[RuleFault(told, "issuer", is_input=True)])
        born = birth_date.strftime("%Y%m%d") if birth_date else ""
        patient = Patient(id=number.strip(), issuer=issuer.strip(), name="", birth_date=born, sex="")
        return cls(register.without_study(session, patient), Scope.patient())

    def having_seen(self, head: int | None) -> "Subject":
        """Return the same, by whoever has seen that `head` of the record; None where nobody looked."""
        return replace(self, expected_head=head)

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


def head(session: Session, study: Study) -> int:
    """Return the head of the record that a page shows, for `Subject.expected_head`."""
    return record_head.head(session, study)


def record(session: Session, subject: Subject, given: p.Given, actor: Actor) -> Act:
    """Record consent as it was given (R37, R42).

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    _note_episode(session, subject)
    return whole(session, subject, consent.record(session, subject.target, given, actor.user), actor)


def amend(session: Session, subject: Subject, given: p.Given, actor: Actor) -> Act:
    """Record amended consent; the earlier record stays (R38).

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    _note_episode(session, subject)
    return whole(session, subject, consent.amend(session, subject.target, given, actor.user), actor)


def refuse(session: Session, subject: Subject, refused: p.Refused, actor: Actor, day: date | None = None) -> Act:
    """Record that the patient said no when asked (policy.md, combining rule 2).

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    return whole(session, subject, consent.refuse(session, subject.target, refused, actor.user, day), actor)


def withdraw(session: Session, subject: Subject, withdrawn: p.Withdrawn, actor: Actor, day: date | None = None) -> Act:
    """Record that the patient took consent back (R19, R40).

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    return whole(session, subject, consent.withdraw(session, subject.target, withdrawn, actor.user, day), actor)


def object_to(session: Session, subject: Subject, objection: p.Objection, actor: Actor, day: date | None = None) -> Act:
    """Record an objection or a request for erasure (R39).

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    return whole(session, subject, consent.object_to(session, subject.target, objection, actor.user, day), actor)


def invalidate(session: Session, study: Study, event_id: str, reason: str, actor: Actor) -> Act:
    """Mark what was recorded as entered in error (hazard H1); what left and is not permitted without it is called back.

    Raises
    ------
    Refusal
        When the event is not of this study's patient, or cannot have been entered in error.
    """
    wrong = own_event(session, study, event_id)
    event = consent.invalidate(session, wrong.id, reason, actor.user)
    no_longer_permitted.recall(session, event, [wrong.patient_key, study.patient_key])
    return whole(session, Subject(study, wrong.scope), event, actor)


def found(session: Session, subject: Subject, event: Event, actor: Actor) -> Act:
    """Return what a finding about numbers came to: what stands for the study now, and which questions it answers."""
    return whole(session, subject, event, actor)


def whole(session: Session, subject: Subject, event: Event, actor: Actor) -> Act:
    """Return what an event came to, having closed the questions that it answers."""
    answered = [
        ask
        for study in _concerned(session, event, subject.study)
        for ask in close_answered(session, study, event, actor.policy)
    ]
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


def _concerned(session: Session, event: Event, study: Study) -> list[Study]:
    """Return the studies whose questions may be answered: all of the patient, where that was said of all."""
    if event.scope.kind is not ScopeKind.PATIENT:
        return [study]
    person = register.of_patients(session, joining.joined(session, [study.patient_key]))
    others = [one for one in person if one.key != study.key]
    return [*([study] if study.key else []), *others]


def _note_episode(session: Session, subject: Subject) -> None:
    """Put the study in the episode that the form names: Orthanc tells of none, and an unknown one covers nothing."""
    number = subject.scope.episode
    if number and not register.put_in_episode(session, subject.study.key, number):
        raise Refusal(
            "This study is noted under another episode of care. Check the number, or choose what else this covers."
        )
