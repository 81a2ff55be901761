"""What is told of the patient and of those who decide with them (GMC 28-35, 47-48; R44; hazard H9)."""

from collections.abc import Iterator
from datetime import date

from consent_portal.ledger import payloads as p
from consent_portal.ledger.ages import ADULT
from consent_portal.ledger.events import Event, EventType
from consent_portal.ledger.rules import authority, dates
from consent_portal.ledger.rules.circumstances import Circumstances
from consent_portal.ledger.rules.refusal import RuleFault

YOUNGEST_TO_REVIEW, OLDEST_TO_REVIEW = 12, 25
"""Between them a person may be growing out of what others decided."""


def of_assessment(assessed: p.CapacityAssessed, known: Circumstances, day: date | None) -> Iterator[RuleFault]:
    """Give what is wrong with an assessment of capacity: it is of one decision, and somebody made it (GMC 28-30)."""
    yield from dates.in_life(day, "date", known)
    if not assessed.decision.strip():
        told = "Enter for which decision: capacity is found for one decision at one time (GMC 28-30)."
        yield RuleFault(told, "decision", is_input=True)
    if not assessed.capacity.assessor.strip():
        yield RuleFault("Enter who assessed the patient's capacity.", "capacity_assessor", is_input=True)


def of_representative_added(added: p.Representative, known: Circumstances, day: date | None) -> Iterator[RuleFault]:
    """Give what is wrong with somebody who is to decide for the patient (hazard H9)."""
    yield from dates.in_life(day, "date", known)
    if added.kind is p.GrantorKind.PATIENT:
        yield RuleFault("The patient needs no authority. Choose what the representative decides by.", "grantor")
        return
    yield from authority.of_representative(added.kind, added.name, added.evidence)
    age = known.age(known.today)
    if added.kind is p.GrantorKind.PARENTAL_RESPONSIBILITY and age is not None and age >= ADULT:
        told = "The patient is %(age)d years old. A parent can no longer decide for them."
        yield RuleFault(told, "grantor", {"age": age})


def of_representative_removed(removed: p.Representative, known: Circumstances) -> Iterator[RuleFault]:
    """Give the fault of removing somebody who was never there, or is gone already."""
    name, there = _folded(removed.name), False
    for event in known.history:
        payload = event.payload
        if isinstance(payload, p.Representative) and _folded(payload.name) == name:
            there = event.type is EventType.REPRESENTATIVE_ADDED
        elif isinstance(payload, p.Given) and payload.grantor.kind is not p.GrantorKind.PATIENT:
            there = there or _folded(payload.grantor.name) == name
    if not there:
        told = "Nobody of that name decides for this patient. Look up the name in the history, and write it as there."
        yield RuleFault(told, "grantor_name")


def is_added(event: Event, name: str) -> bool:
    """Say whether an event adds somebody of that name as a representative."""
    payload = event.payload
    if event.type is not EventType.REPRESENTATIVE_ADDED or not isinstance(payload, p.Representative):
        return False
    return _folded(payload.name) == _folded(name)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def of_review(review: p.ReviewedAtMaturity, known: Circumstances, day: date | None) -> Iterator[RuleFault]:
    """Give what is wrong with a review at maturity: nothing to review, or a change that nobody recorded (GMC 35)."""
    yield from dates.in_life(day, "date", known)
    given = [event.payload for event in known.history if isinstance(event.payload, p.Given)]
    own = bool(given) and given[-1].grantor.kind is p.GrantorKind.PATIENT
    if review.outcome == "varied" and not own:
        told = "Record first what the young person changed: an amendment, answered by the patient."
        yield RuleFault(told, "outcome")
    age = known.age(known.today)
    grown = age is not None and YOUNGEST_TO_REVIEW <= age <= OLDEST_TO_REVIEW
    if grown or any(_to_be_reviewed(event.payload) for event in known.history):
        return
    yield RuleFault(
        "There is nothing to review: nobody decided for this patient as a child, and no review was agreed (GMC 35). "
        "Record what the patient says now as a consent or a withdrawal."
    )


def _to_be_reviewed(payload: p.Payload) -> bool:
    if not isinstance(payload, p.Given):
        return False
    return payload.review_age is not None or payload.grantor.kind in {
        p.GrantorKind.PARENTAL_RESPONSIBILITY,
        p.GrantorKind.REPRESENTATIVE,
        p.GrantorKind.OTHER,
    }


def of_death(noted: p.DeceasedNoted, known: Circumstances, told_on: date | None) -> Iterator[RuleFault]:
    """Give what is wrong with a date of death, and with the day on which it was told."""
    yield from dates.of_day(noted.date_of_death, "date_of_death", known)
    yield from dates.of_day(told_on, "date", known)
    if told_on and noted.date_of_death and noted.date_of_death > told_on:
        yield RuleFault("The death cannot have been told of before it happened. Check both days.", "date")


def of_explanation(explained: p.Explained) -> Iterator[RuleFault]:
    """Give the fault of an explanation that nobody gave (R44)."""
    if not explained.explained_by.strip():
        told = "Enter who explained it, or who found that it could not be explained."
        yield RuleFault(told, "explained_by", is_input=True)
