"""The value stays, but only where it is what its VR says: a name in a number's place does not."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import ClassVar, Literal

from orthanc_plugin.deid.actions.base import Action, SequenceAction, values
from orthanc_plugin.deid.actions.context import Context
from orthanc_plugin.deid.actions.dummy import dummy_value
from orthanc_plugin.deid.text.clean import Mode
from orthanc_plugin.deid.text.patterns import without_patterns
from orthanc_plugin.deid.text.words import only_harmless

_DIGITS = re.compile(rb"\d{6}|(?<!\d)[12][089]\d\d-")
_SIZES = {
    "US": 2,
    "SS": 2,
    "OW": 2,
    "US or SS": 2,
    "UL": 4,
    "SL": 4,
    "FL": 4,
    "OF": 4,
    "OL": 4,
    "AT": 4,
    "FD": 8,
    "SV": 8,
    "UV": 8,
    "OD": 8,
    "OV": 8,
}


_TABLES = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "US"})
_SHORTEST_TEXT, _LONGEST_TEXT = 8, 4096  # bytes
_TEXT = re.compile(rb"[\x09\x0a\x0d\x20-\x7e]+[\x20\0]*")
_WORD = re.compile(rb"[A-Za-z]{4,}")
_STEP = 3  # from one letter of a word to the next, on average; the numbers of a curve change less


def is_text(value: bytes) -> bool:
    """Say whether numbers in binary are letters from beginning to end: somebody's words, and no numbers."""
    if not _TEXT.fullmatch(value):
        return False
    steps = [abs(one - next_) for word in _WORD.findall(value) for one, next_ in pairwise(word.lower())]
    return bool(steps) and sum(steps) > _STEP * len(steps)


@dataclass(frozen=True)
class Keep(Action):
    """Kept as it is: pixels, numbers in binary.

    Attributes
    ----------
    count : int
        How many numbers the data dictionary allows; 0 where it does not say.
    pixels : bool
        Whether these are pixels: they alone can spell anything.
    """

    count: int = 0
    pixels: bool = False
    on_sequence: ClassVar[SequenceAction] = "recurse"
    bulk: ClassVar[bool] = True

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes | None:  # noqa: ARG002  the interface of an action
        """Return the value where its length fits the VR, and it is no text."""
        return (
            value if self.fits(vr, len(value)) and not (self.may_be_text(vr, len(value)) and is_text(value)) else None
        )

    def may_be_text(self, vr: str, length: int) -> bool:
        """Say whether a value has to be read to know that it holds numbers."""
        return not self.pixels and vr in _TABLES and _SHORTEST_TEXT <= length <= _LONGEST_TEXT

    def fits(self, vr: str, length: int) -> bool:
        """Say whether a value of this length can be numbers of the VR: a longer one can hold anything."""
        size = _SIZES.get(vr, 1)
        return length % size == 0 and (not self.count or size == 1 or length <= size * self.count)

    def describe(self) -> str:
        """Say what it does."""
        return "kept"


@dataclass(frozen=True)
class Recurse(Keep):
    """A sequence stays; each of its items is treated by the same plan."""

    bulk: ClassVar[bool] = False

    def __call__(self, vr: str, value: bytes, context: Context) -> None:
        """Remove a value that should have been a sequence."""

    def describe(self) -> str:
        """Say what it does."""
        return "kept, its items treated by the same rules"


_ONE = rb"(?:[ ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[ \0]*|[ \0]*)"
_NUMBERS = re.compile(_ONE + rb"(?:\\" + _ONE + rb")*")


@dataclass(frozen=True)
class KeepNumber(Action):
    """A number written as text (DS, IS) stays where it is a number and not a known identifier."""

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes | None:
        """Return the value, or None where one of its parts is no number."""
        if not _NUMBERS.fullmatch(value):
            return None
        longest = 16 if vr == "DS" else 12
        if len(value) > longest and max(len(part.strip(b" \0")) for part in value.split(b"\\")) > longest:
            return None
        return None if context.known.is_number(value) else value

    def describe(self) -> str:
        """Say what it does."""
        return "kept where it is a number"


_AGE = re.compile(rb"(\d{3})([DWMY])[ ]?")


@dataclass(frozen=True)
class KeepAge(Action):
    """An age stays where it is one; ninety years and more become ninety (HIPAA Safe Harbor)."""

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes | None:  # noqa: ARG002  the interface of an action
        """Return the age, capped at ninety years."""
        match = _AGE.fullmatch(value)
        if not match:
            return b"" if not value.strip(b" \0") else None
        return b"090Y" if match[2] == b"Y" and int(match[1]) > 90 else value

    def describe(self) -> str:
        """Say what it does."""
        return "kept; ages above ninety become ninety"


_CODE_STRING = re.compile(r"[A-Z0-9_ ]{0,16}")
_DIRECTION = re.compile(r"[LRAPHF]{1,4}")  # (0020,0020) and others: towards which side of the patient


@cache
def terms() -> frozenset[str]:
    """Return the defined terms and enumerated values of PS3.3 (``text/terms.txt``)."""
    lines = (files("orthanc_plugin.deid.text") / "terms.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@dataclass(frozen=True)
class KeepTerm(Action):
    """A code string (CS) stays where it is a term of the standard; other terms by the profile's way with text."""

    mode: Mode
    on_nothing: Literal["remove", "empty", "dummy"] = "remove"

    def __call__(self, vr: str, value: bytes, context: Context) -> bytes | None:
        """Return the terms that may stay; one that may not leaves its place in a list."""
        parts = values(value)
        kept = [part if self._may_stay(part.decode("latin-1"), context) else b"" for part in parts]
        if kept == parts:
            return value
        new = [part or b"OTHER" for part in kept] if len(parts) > 1 else kept
        if any(kept):
            return b"\\".join(new)
        return {"remove": None, "empty": b"", "dummy": dummy_value(vr)}[self.on_nothing]

    def _may_stay(self, term: str, context: Context) -> bool:
        if term in terms() or _DIRECTION.fullmatch(term):
            return True
        if not _CODE_STRING.fullmatch(term) or _DIGITS.search(term.encode()):
            return False
        if context.known.found_in(term) or without_patterns(term) != term:
            return False
        return self.mode != "allow-list" or only_harmless(term.replace("_", " ")) == term.replace("_", " ")

    def describe(self) -> str:
        """Say what it does."""
        return "kept where it is a term of the standard" + (
            " or of known harmless words" if self.mode == "allow-list" else ""
        )
