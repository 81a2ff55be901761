"""Who may decide for whom (GMC 28-34, Mental Capacity Act 2005, hazard H9; ADR 0107)."""

from collections.abc import Collection, Iterator
from datetime import date

from consent_portal.ledger.ages import ADULT, MATURITY
from consent_portal.ledger.levels import SECONDARY, Level
from consent_portal.ledger.payload import Capacity, CapacityAnswer, Grantor, GrantorKind
from consent_portal.ledger.rules.circumstances import Circumstances
from consent_portal.ledger.rules.refusal import RuleFault

_ONLY_WITHOUT_CAPACITY = frozenset({GrantorKind.LASTING_POWER_OF_ATTORNEY, GrantorKind.DEPUTY})
"""They may decide only what the patient cannot decide (Mental Capacity Act 2005, sections 11(7) and 20(1))."""


def of_consent(
    opened: Collection[Level],
    grantor: Grantor | None,
    capacity: Capacity | None,
    day: date | None,
    known: Circumstances,
) -> Iterator[RuleFault]:
    """Give what is wrong with who agrees; None for what is not answered yet.

    Parameters
    ----------
    opened : collection of Level
        What is agreed to. A form that agrees to nothing is never held up.
    day : date or None
        When it was said.
    """
    if not opened or grantor is None:
        return
    if grantor.kind is not GrantorKind.PATIENT:
        yield from of_representative(grantor.kind, grantor.name, grantor.evidence)
        yield from _of_age(grantor.kind, capacity, day, known)
    if capacity is not None:
        yield from _of_capacity(opened, grantor.kind, capacity)


def of_representative(kind: GrantorKind, name: str, evidence: str) -> Iterator[RuleFault]:
    """Give what is not known of somebody who decides for the patient."""
    if kind is not GrantorKind.PATIENT and not name.strip():
        yield RuleFault("Enter the name of the person who gave this answer.", "grantor_name", is_input=True)
    if kind is not GrantorKind.PATIENT and not evidence.strip():
        yield RuleFault("Enter the evidence that this person may decide for the patient.", "evidence", is_input=True)


def _of_age(
    kind: GrantorKind, capacity: Capacity | None, day: date | None, known: Circumstances
) -> Iterator[RuleFault]:
    age = known.age(day)
    if kind is not GrantorKind.PARENTAL_RESPONSIBILITY or age is None:
        return
    if age >= ADULT or (age >= MATURITY and capacity is not None and capacity.answer is CapacityAnswer.YES):
        told = "The patient was %(age)d years old on that day. A parent can no longer decide for them."
        yield RuleFault(told, "grantor", {"age": age})


def _of_capacity(opened: Collection[Level], kind: GrantorKind, capacity: Capacity) -> Iterator[RuleFault]:
    able = capacity.answer is CapacityAnswer.YES
    if kind is GrantorKind.PATIENT and not able and set(opened) & set(SECONDARY):
        yield RuleFault(
            "A patient who cannot decide cannot agree to more than the record (GMC 28-31); "
            "name who decides for the patient, or record level 1 only and ask again on recovery.",
            "capacity",
        )
    if kind in _ONLY_WITHOUT_CAPACITY and able:
        yield RuleFault(
            "An attorney or deputy may decide only what the patient cannot (GMC 32); "
            "let the patient decide, or record that the patient cannot.",
            "capacity",
        )
    yield from of_assessor(capacity)


def of_assessor(capacity: Capacity) -> Iterator[RuleFault]:
    """Give the fault of a finding that nobody made (GMC 28-31)."""
    if capacity.answer is not CapacityAnswer.YES and not capacity.presumed and not capacity.assessor.strip():
        yield RuleFault("Enter who assessed the patient's capacity.", "capacity_assessor", is_input=True)


def presumed(opened: Collection[Level], kind: GrantorKind, age: int | None) -> Capacity | None:
    """Return what of capacity goes without saying (ADR 0141); None where somebody has to answer.

    A patient of 16 or more is taken to be able to decide unless somebody finds otherwise (Mental Capacity Act 2005,
    section 1(2)); for a child, somebody with authority decides; and to say no, nobody needs capacity.
    """
    by_patient = kind is GrantorKind.PATIENT
    child = age is not None and age < MATURITY
    if not opened or (by_patient and not child):
        return Capacity(answer=CapacityAnswer.YES if by_patient else CapacityAnswer.NO, presumed=True)
    if child and kind in {GrantorKind.PARENTAL_RESPONSIBILITY, GrantorKind.REPRESENTATIVE}:
        return Capacity(answer=CapacityAnswer.NO, presumed=True)
    return None


CAPACITY_NEEDED = RuleFault(
    "Answer whether the patient could make this decision, and who assessed it: it goes without saying only for a "
    "patient of 16 or more who answers, and for a child for whom somebody with authority answers.",
    "capacity",
    is_input=True,
)
