"""What became of an object that is not released: `Excluded`, `Held` or `Failed`.

Outside the engine two words say so, ``excluded`` and ``quarantined`` (docs/interfaces.md). They are written and read
here and nowhere else in the engine (docs/decisions/0172).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_EXCLUDED, _QUARANTINED = "excluded", "quarantined"


@dataclass(frozen=True)
class Excluded:
    """It is no part of this release: its kind, its format, gone from Orthanc, or withheld by a person."""

    reason: str


@dataclass(frozen=True)
class Held:
    """It waits for a person, who can let it pass; `rule` says by which rule it is held."""

    reason: str
    rule: str


@dataclass(frozen=True)
class Failed:
    """It cannot be read, or the verifier found something in it: nobody can let it pass in this export."""

    reason: str


NotReleased = Excluded | Held | Failed
ByPosition = dict[int, NotReleased]
"""What is not released of a job, by the object's position, which counts from 1."""

Recorded = list[tuple[int, str, str, str]]
"""`ByPosition` as a step's result is recorded: position, the outside's word, reason, rule; nothing of the object."""


def outside_word(what: NotReleased) -> str:
    """Return what became of an object in the outside's word."""
    return _EXCLUDED if isinstance(what, Excluded) else _QUARANTINED


def not_released(word: str, reason: str, rule: str = "") -> NotReleased:
    """Return what became of an object of which a word of the outside was said; `rule` where a person can decide."""
    if word == _EXCLUDED:
        return Excluded(reason)
    return Held(reason, rule) if rule else Failed(reason)


def counts(found: Iterable[NotReleased]) -> dict[str, int]:
    """Return how many objects are not released, by the outside's words."""
    words = [outside_word(what) for what in found]
    return {word: words.count(word) for word in (_EXCLUDED, _QUARANTINED)}


def counts_of(state: Mapping[str, Any]) -> dict[str, int]:
    """Return what the state of a job says of `counts`."""
    return {word: state[word] for word in counts(())}


def recorded(found: ByPosition) -> Recorded:
    """Return what is recorded of objects that are not released, in the order of their positions."""
    return [
        (position, outside_word(what), what.reason, what.rule if isinstance(what, Held) else "")
        for position, what in sorted(found.items(), key=lambda pair: pair[0])
    ]


def read_recorded(told: Iterable[Sequence[Any]]) -> ByPosition:
    """Return what was recorded, by this version of the engine or the one before."""
    return {position: not_released(word, reason, rule) for position, word, reason, rule in told}
