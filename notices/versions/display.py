"""The display register: what hangs where, since when, and what of it is out of date (R85)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from notices.errors import Fault
from notices.outputs import Kind, Paper, outputs
from notices.signs import printable
from notices.versions.version import State, Version

_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST = 200


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

    @property
    def hangs(self) -> bool:
        """Whether it hangs there still."""
        return self.taken_down is None

    @property
    def _in_words(self) -> bool:
        return printable(self.place) and len(self.place) <= _LONGEST

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What of the entry cannot be so, and what to write instead."""
        found = (
            ("place", not self.place.strip(), "is empty: say where it hangs, so that somebody finds it"),
            (
                "place",
                not printable(self.place) or len(self.place) > _LONGEST,
                "is not one line of words: type it again",
            ),
            ("paper", self.paper not in outputs()[self.kind].papers, f"is not one that a {self.kind} is made on"),
            ("version", self.version < 1, "is not the number of a version: read it at the foot of the page"),
            ("review_by", self.review_by < self.since, "is before it was put up: set a later day"),
            ("taken_down", bool(self.taken_down and self.taken_down < self.since), "is before it was put up"),
            ("photograph", bool(self.photograph and not _DIGEST.fullmatch(self.photograph)), "is not a SHA-256"),
        )
        return tuple(Fault(field, message) for field, wrong, message in found if wrong)


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
        if one.hangs:
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
