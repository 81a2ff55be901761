"""The display register: what hangs where, since when, and what of it is out of date (R85)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from notices.outputs import Kind, Paper
from notices.versions.version import State, Version


@dataclass(frozen=True)
class Display:
    """One notice in one place.

    Attributes
    ----------
    place : str
        Where it hangs or lies, in words.
    photograph : str, optional
        SHA-256 of the photograph that shows it there.
    taken_down : date, optional
        Since when it no longer hangs there.
    """

    place: str
    kind: Kind
    paper: Paper
    language: str
    version: int
    since: date
    review_by: date
    large_print: bool = False
    easy_read: bool = False
    photograph: str | None = None
    taken_down: date | None = None


@dataclass(frozen=True)
class OutOfDate:
    """A display that needs a visit, and why."""

    display: Display
    reason: str


def out_of_date(displays: Iterable[Display], versions: Iterable[Version], today: date) -> Iterator[OutOfDate]:
    """Yield every display that still hangs and should be changed or looked at."""
    known = {one.number: one for one in versions}
    current = max((one.number for one in known.values() if one.state == State.PUBLISHED), default=None)
    for one in displays:
        if one.taken_down is None:
            reason = _reason(one, known, current, today)
            if reason:
                yield OutOfDate(one, reason)


def _reason(one: Display, known: dict[int, Version], current: int | None, today: date) -> str:
    version = known.get(one.version)
    if version is None or version.state != State.PUBLISHED:
        return f"version {one.version} is not published: take it down."
    if current is not None and one.version < current:
        return f"version {one.version} hangs there and version {current} is published: put up the new one."
    if one.language not in version.languages:
        return f"version {one.version} has no {one.language!r}: take it down."
    if one.review_by < today:
        return f"it was to be looked at by {one.review_by.isoformat()}: visit the place and set a new date."
    return ""
