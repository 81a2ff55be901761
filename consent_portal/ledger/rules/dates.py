"""Days that cannot be meant: before birth, after death, in the future, or beyond any life (hazards H7, H11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from consent_portal.clock import EARLIEST
from consent_portal.ledger.rules.circumstances import Circumstances
from consent_portal.ledger.rules.refusal import RuleFault

LONGEST_LIFE = 130
"""Years; nobody has lived so long."""
LONGEST_CONSENT = 100
"""Years from the discussion, where the date of birth is not known."""


@dataclass(frozen=True)
class Span:
    """The days of a consent: when it was said, and from when until when it counts."""

    said: date | None
    valid_from: date | None = None
    valid_to: date | None = None


def of_consent(span: Span, known: Circumstances) -> Iterator[RuleFault]:
    """Give what is wrong with the days of a consent."""
    yield from in_life(span.said, "date", known)
    yield from _of_life(span.valid_from, "valid_from", known)
    yield from _of_end(span, known)


def of_day(day: date | None, field: str, known: Circumstances) -> Iterator[RuleFault]:
    """Give what is wrong with a day on which something was said or done."""
    if day is None:
        return
    if day > known.today:
        yield RuleFault("The date lies in the future; consent counts from the day it was given. Check the date.", field)
    if day < EARLIEST:
        yield RuleFault("The date lies before %(year)d. Check the year.", field, {"year": EARLIEST.year})
    elif known.born is not None and day < known.born:
        yield RuleFault(_BEFORE_BIRTH, field)


def in_life(day: date | None, field: str, known: Circumstances) -> Iterator[RuleFault]:
    """Give what is wrong with a day on which somebody decided, or was found able to decide: it lies in their life."""
    yield from of_day(day, field, known)
    yield from _of_life(day, field, known)


def _of_life(day: date | None, field: str, known: Circumstances) -> Iterator[RuleFault]:
    if day is None:
        return
    if field == "valid_from" and known.born is not None and day < known.born:
        yield RuleFault(_BEFORE_BIRTH, field)
    if known.died is not None and day > known.died:
        yield RuleFault(
            "The patient had died by that day, and what they are known to have wished is followed (GMC 47-48). "
            "Check the date; if it is right, ask the Caldicott Guardian.",
            field,
        )


def _of_end(span: Span, known: Circumstances) -> Iterator[RuleFault]:
    start, end = span.valid_from or span.said, span.valid_to
    if end is None or start is None:
        return
    if end < start:
        yield RuleFault("The consent would end before it begins; check both dates.", "valid_to")
    last = known.born.year + LONGEST_LIFE if known.born else start.year + LONGEST_CONSENT
    if end.year > last:
        yield RuleFault(
            "The consent would last longer than anybody lives. Leave the last day empty if no end was agreed.",
            "valid_to",
        )


_BEFORE_BIRTH = "The date lies before the patient was born. Check the date, and that it is the right patient."
