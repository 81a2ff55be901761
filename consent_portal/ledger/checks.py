"""What must be true of a form before it is recorded, and from when it counts."""

from datetime import date, datetime

from consent_portal.clock import EARLIEST, local_day, start_of_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger.levels import SECONDARY, LevelState


class Refusal(Exception):  # noqa: N818  (named for the situation)
    """A rule does not let this be recorded; the text says which, and what to do next."""


def effective(day: date | None) -> datetime:
    """Return from when something said on `day` counts: now for today, else the start of that day (hazard H11).

    Raises
    ------
    Refusal
        For a day that has not come yet, or that nobody can mean.
    """
    now = utc_now()
    if day is None or day == local_day(now):
        return now
    if day > local_day(now):
        raise Refusal("The date lies in the future; consent counts from the day it was given. Check the date.")
    if day < EARLIEST:
        raise Refusal(f"The date lies before {EARLIEST.year}. Check the year.")
    return start_of_day(day)


_ONLY_WITHOUT_CAPACITY = frozenset({p.GrantorKind.LASTING_POWER_OF_ATTORNEY, p.GrantorKind.DEPUTY})
"""They may decide only what the patient cannot decide (Mental Capacity Act 2005, sections 11(7) and 20(1))."""


def check(given: p.Given) -> None:
    """Refuse a form that may not be recorded.

    Raises
    ------
    Refusal
        Without requesting clinician or answer, or where somebody decides who may not.
    """
    if not given.requesting_clinician.strip():
        raise Refusal("Consent cannot be saved without the requesting clinician (R37); give the clinician's name.")
    if not given.levels:
        raise Refusal("No level was answered; name at least one level, or record a refusal.")
    wrong = [state for state in given.levels.values() if state not in ANSWERS]
    if wrong:
        raise Refusal(f"A level can be recorded as accepted, declined, unknown or not asked, not as {wrong[0]}.")
    _check_authority(given)


def _check_authority(given: p.Given) -> None:
    beyond = any(given.levels.get(level) is LevelState.ACCEPTED for level in SECONDARY)
    by_patient = given.grantor.kind is p.GrantorKind.PATIENT
    if beyond and by_patient and given.capacity.answer is not p.CapacityAnswer.YES:
        raise Refusal(
            "A patient who cannot decide cannot agree to more than the record (GMC 28-31); "
            "name who decides for the patient, or record level 1 only and ask again on recovery."
        )
    if beyond and given.grantor.kind in _ONLY_WITHOUT_CAPACITY and given.capacity.answer is p.CapacityAnswer.YES:
        raise Refusal(
            "An attorney or deputy may decide only what the patient cannot (GMC 32); "
            "let the patient decide, or record that the patient cannot."
        )
    if given.valid_from and given.valid_to and given.valid_to < given.valid_from:
        raise Refusal("The consent would end before it begins; check both dates.")


ANSWERS = frozenset(
    {LevelState.ACCEPTED, LevelState.DECLINED, LevelState.UNKNOWN, LevelState.NOT_ASKED, LevelState.NOT_CHOSEN}
)
"""What a form can say of a level; the other states come from other events."""
