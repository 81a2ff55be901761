"""What must be true of a form before it is recorded, and from when it counts."""

from collections.abc import Iterator
from datetime import date, datetime

from consent_portal.clock import start_of_day, utc_now
from consent_portal.ledger import payloads as p
from consent_portal.ledger.levels import LevelState
from consent_portal.ledger.rules import authority, dates, hearing
from consent_portal.ledger.rules.circumstances import UNKNOWN, Circumstances
from consent_portal.ledger.rules.refusal import Refusal, RuleFault, refuse_if

__all__ = ["ANSWERS", "Refusal", "check", "effective", "faults_of"]

ANSWERS = frozenset(
    {LevelState.ACCEPTED, LevelState.DECLINED, LevelState.UNKNOWN, LevelState.NOT_ASKED, LevelState.NOT_CHOSEN}
)
"""What a form can say of a level; the other states come from other events."""


def effective(day: date | None, known: Circumstances = UNKNOWN) -> datetime:
    """Return from when something said on `day` counts: now for today, else the start of that day (hazard H11).

    Raises
    ------
    Refusal
        For a day that has not come yet, or that nobody can mean.
    """
    if day is None or day == known.today:
        return utc_now()
    refuse_if(dates.of_day(day, "date", known))
    return start_of_day(day)


def check(given: p.Given, known: Circumstances = UNKNOWN) -> None:
    """Refuse a form that may not be recorded.

    Raises
    ------
    Refusal
        Without requesting clinician or answer, where somebody decides who may not, or for days that cannot be meant.
    """
    refuse_if(faults_of(given, known))


def faults_of(given: p.Given, known: Circumstances) -> Iterator[RuleFault]:
    """Give everything that is wrong with a form."""
    if not given.requesting_clinician.strip():
        told = "Consent cannot be saved without the requesting clinician (R37); give the clinician's name."
        yield RuleFault(told, "clinician", is_input=True)
    if not given.levels:
        told = "No level was answered; name at least one level, or record a refusal."
        yield RuleFault(told, "levels", is_input=True)
    for state in sorted({state for state in given.levels.values() if state not in ANSWERS}):
        told = "A level can be recorded as accepted, declined, unknown or not asked, not as %(state)s."
        yield RuleFault(told, "levels", {"state": str(state)})
    opened = [level for level, state in given.levels.items() if state is LevelState.ACCEPTED]
    yield from authority.of_consent(opened, given.grantor, given.capacity, given.discussed_on, known)
    if opened:
        yield from hearing.of_consent(given.received, given.taken_by, given.manner)
    yield from dates.of_consent(dates.Span(given.discussed_on, given.valid_from, given.valid_to), known)
