"""The words and numbers that an object itself says identify, so that they are found again in its free text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_NAME_PARTS = re.compile(r"[\w'’-]+", re.UNICODE)
_SHORTEST_NAME, _SHORTEST_NUMBER, _LONG_NUMBER = 2, 3, 5


def _pattern(terms: Iterable[str]) -> re.Pattern[str] | None:
    """Return one pattern for all terms, longest first, that ignores case and does not start inside a word."""
    escaped = [re.escape(term) for term in sorted(terms, key=len, reverse=True)]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(escaped)})(?![^\W_])", re.IGNORECASE) if escaped else None


@dataclass(frozen=True, slots=True)
class KnownTerms:
    """Terms to remove wherever they stand. Compare and hash by the terms; printing shows only how many there are."""

    terms: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = field(default=None, compare=False)
    numbers: frozenset[bytes] = field(default=frozenset(), compare=False)

    def __repr__(self) -> str:
        return f"KnownTerms(<{len(self.terms)} terms>)"

    @classmethod
    def gather(cls, names: Iterable[str], numbers: Iterable[str], phrases: Iterable[str] = ()) -> "KnownTerms":
        """Collect terms.

        Parameters
        ----------
        names : iterable of str
            Person names: each part of two letters or more counts by itself.
        numbers : iterable of str
            Identifiers: each counts as a whole, with and without its separators.
        phrases : iterable of str
            Institutions, addresses: each counts as a whole.
        """
        found = {part for name in names for part in _NAME_PARTS.findall(name) if len(part) >= _SHORTEST_NAME}
        for number in (number.strip() for number in numbers):
            found |= {form for form in _number_forms(number) if len(form) >= _SHORTEST_NUMBER}
        found |= {phrase.strip() for phrase in phrases if len(phrase.strip()) >= _SHORTEST_NUMBER}
        found = {form for term in found for form in (term.lower(), term.casefold())}
        digits = (term.encode() for term in found if term.isascii() and term.isdigit() and len(term) >= _LONG_NUMBER)
        return cls(frozenset(found), _pattern(found), frozenset(digits))

    def found_in(self, text: str) -> bool:
        """Say whether any term stands in the text."""
        return bool(self.pattern and self.pattern.search(text))

    def is_number(self, value: bytes) -> bool:
        """Say whether one part of a raw value is a known number."""
        return not self.numbers.isdisjoint(part.strip(b" \0") for part in value.split(b"\\"))

    def removed_from(self, text: str) -> str:
        """Return the text without the terms."""
        return self.pattern.sub(" ", text) if self.pattern else text


def _number_forms(number: str) -> set[str]:
    """Return a number as written, without separators, and in the groups of NHS and H&C numbers."""
    bare = re.sub(r"[\s./-]", "", number)
    forms = {number, bare}
    if bare.isdecimal() and len(bare) == 10:
        forms |= {f"{bare[:3]} {bare[3:6]} {bare[6:]}", f"{bare[:3]}-{bare[3:6]}-{bare[6:]}"}
    return forms
