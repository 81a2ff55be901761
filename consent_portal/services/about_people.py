"""What is recorded of the patient and of those who decide with them. See `consent` for what all of these share."""

from datetime import date

from sqlalchemy.orm import Session

from consent_portal.clock import utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.rules import people
from consent_portal.ledger.rules.refusal import refuse_if
from consent_portal.services.target import Target
from consent_portal.services.writing import known, moment, not_before_added, write


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
    return write(session, target, EventType.REVIEWED_AT_MATURITY, review, by, moment(session, target, day))


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
    return write(session, target, EventType.CAPACITY_ASSESSED, assessed, by, moment(session, target, day))


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
    return write(session, target, EventType.REPRESENTATIVE_ADDED, representative, by, moment(session, target, day))


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
    return write(
        session,
        target,
        EventType.REPRESENTATIVE_REMOVED,
        representative,
        by,
        not_before_added(session, target, representative, day),
    )


def note_deceased(session: Session, target: Target, noted: p.DeceasedNoted, by: str, day: date | None = None) -> Event:
    """Record that the patient has died (GMC 47-48).

    Raises
    ------
    Refusal
        For a day that has not come yet, or lies before the birth.
    """
    refuse_if(people.of_death(noted, known(session, target), day))
    return write(session, target, EventType.DECEASED_NOTED, noted, by, moment(session, target, day))


def explain(session: Session, target: Target, explained: p.Explained, by: str) -> Event:
    """Record that the making and use of a paragraph-10 recording was explained (R44).

    Raises
    ------
    Refusal
        When nobody explained it.
    """
    refuse_if(people.of_explanation(explained))
    return write(session, target, EventType.EXPLAINED, explained, by, utc_now())
