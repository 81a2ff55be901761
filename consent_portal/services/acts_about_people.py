"""Acts about the patient, and those who decide with them, from beginning to end. See `acts`."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from consent_portal.ledger import payloads as p
from consent_portal.ledger.levels import SECONDARY
from consent_portal.services import about_people, no_longer_permitted
from consent_portal.services.acts import Act, Actor, Subject, whole, withdraw
from consent_portal.services.record_head import check_seen


def review_at_maturity(
    session: Session, subject: Subject, review: p.ReviewedAtMaturity, actor: Actor, day: date | None = None
) -> Act:
    """Record that the young person was offered the chance to vary or withdraw (GMC 35).

    What they took back is written as a withdrawal as well: a no is never said by a note alone.

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    event = about_people.review_at_maturity(session, subject.target, review, actor.user, day)
    if review.outcome != "withdrawn":
        return whole(session, subject, event, actor)
    taken_back = p.Withdrawn(levels=SECONDARY, reason=review.note or "Taken back at the review at maturity")
    return replace(withdraw(session, replace(subject, expected_head=None), taken_back, actor, day), event=event)


def assess_capacity(
    session: Session, subject: Subject, assessed: p.CapacityAssessed, actor: Actor, day: date | None = None
) -> Act:
    """Record whether the patient can decide this, now (GMC 28-30).

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    return whole(
        session, subject, about_people.assess_capacity(session, subject.target, assessed, actor.user, day), actor
    )


def add_representative(
    session: Session, subject: Subject, representative: p.Representative, actor: Actor, day: date | None = None
) -> Act:
    """Record who may decide for the patient, and by what authority (hazard H9).

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    event = about_people.add_representative(session, subject.target, representative, actor.user, day)
    return whole(session, subject, event, actor)


def remove_representative(
    session: Session, subject: Subject, representative: p.Representative, actor: Actor, day: date | None = None
) -> Act:
    """Record that somebody may no longer decide for the patient (hazard H9).

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    event = about_people.remove_representative(session, subject.target, representative, actor.user, day)
    no_longer_permitted.recall(session, event, [event.patient_key])
    return whole(session, subject, event, actor)


def note_deceased(
    session: Session, subject: Subject, noted: p.DeceasedNoted, actor: Actor, day: date | None = None
) -> Act:
    """Record that the patient has died (GMC 47-48).

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    return whole(session, subject, about_people.note_deceased(session, subject.target, noted, actor.user, day), actor)


def explain(session: Session, subject: Subject, explained: p.Explained, actor: Actor) -> Act:
    """Record that the making and use of a paragraph-10 recording was explained (R44).

    Raises
    ------
    Refusal
    """
    check_seen(session, subject.study, subject.expected_head)
    return whole(session, subject, about_people.explain(session, subject.target, explained, actor.user), actor)
