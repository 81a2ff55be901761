"""The words and numbers that an object itself says identify, so that they are found again in its free text."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from orthanc_plugin.deid.text.spread import Span, letter_by_letter, over_gaps, solid

_NAME_PARTS = re.compile(r"[\w'’-]+", re.UNICODE)
_TITLES = frozenset({
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "lady", "lord", "rev", "md", "mbbs",
    "mbchb", "phd", "frcr", "frcs", "frcp", "mrcp", "bsc", "msc", "rn", "rgn", "jr", "sr", "ii", "iii", "esq",
})  # fmt: skip
_SHORTEST_NAME, _SHORTEST_NUMBER, _LONG_NUMBER = 2, 3, 5
_SHORTEST_SURNAME = 4  # nobody is called MR or DR; who types Mr^Smith means the title
_LONG_DIGITS = re.compile(r"\d{6,}")
_UNMISTAKABLE = 6  # letters; a name as long is no part of another word by chance
# Scripts that put no blank between words: Thai and Lao, kana, Han, Hangul.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"})


def _pattern(terms: Iterable[str]) -> re.Pattern[str] | None:
    """Return one pattern for all terms, longest first, that ignores case.

    A term counts as a word of its own, also with an s at its end; a long name counts inside a word as well.
    """
    ordered = sorted(terms, key=len, reverse=True)
    if not ordered:
        return None
    either = "|".join(map(re.escape, ordered))
    parts = [re.escape(term) for term in ordered if term.isalpha() and _counts_inside_a_word(term)]
    parts.append(rf"(?<![^\W_])(?:{either})(?:['’]?s)?(?![^\W_])")
    return re.compile("|".join(parts), re.IGNORECASE)


def _counts_inside_a_word(term: str) -> bool:
    return len(term) >= _UNMISTAKABLE or bool(_UNSPACED.search(term))


def _word_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a name to the word that it stands in, as in a double-barrelled name; a number stays as it is."""
    if not text[start].isalpha():
        return start, end
    while start and _joins(text[start - 1]):
        start -= 1
    while end < len(text) and _joins(text[end]):
        end += 1
    return start, end


def _without(text: str, spans: list[Span]) -> str:
    """Return the text with a blank in place of each stretch, widened to the words that it stands in."""
    if not spans:
        return text
    kept, at = [], 0
    for start, end in sorted(_word_around(text, *span) for span in spans):
        if end > at:
            kept.append(text[at : max(start, at)])
            at = end
    return " ".join([*kept, text[at:]])


def _joins(letter: str) -> bool:
    return letter.isalnum() or letter in "'’-" or bool(unicodedata.combining(letter))


@dataclass(frozen=True, slots=True)
class KnownTerms:
    """Terms to remove wherever they stand. Compare and hash by the terms; printing shows only how many there are."""

    terms: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = field(default=None, compare=False)
    numbers: frozenset[bytes] = field(default=frozenset(), compare=False)
    solid: frozenset[str] = field(default=frozenset(), compare=False)

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
        names = list(names)
        parts = {part for name in names for part in _NAME_PARTS.findall(name) if _names_somebody(part)}
        parts |= {family for name in names for family in _surname_like_a_title(name)}
        found = {form for part in parts for form in _name_forms(part)}
        for number in (number.strip() for number in numbers):
            found |= {form for form in _number_forms(number) if len(form) >= _SHORTEST_NUMBER}
        found |= {phrase.strip() for phrase in phrases if len(phrase.strip()) >= _SHORTEST_NUMBER}
        found = {form for term in found for form in (term.lower(), term.casefold())}
        digits = (term.encode() for term in found if term.isascii() and term.isdigit() and len(term) >= _LONG_NUMBER)
        return cls(frozenset(found), _pattern(found), frozenset(digits), frozenset(map(solid, found)) - {""})

    def found_in(self, text: str) -> bool:
        """Say whether any term stands in the text, with gaps or without."""
        return bool(self.pattern and self.pattern.search(text)) or any(self._with_gaps(text))

    def is_number(self, value: bytes) -> bool:
        """Say whether one part of a raw value is a known number."""
        return not self.numbers.isdisjoint(part.strip(b" \0") for part in value.split(b"\\"))

    def removed_from(self, text: str) -> str:
        """Return the text without the terms, and without the words that hold a name."""
        if not self.pattern:
            return text
        text = _without(text, [match.span() for match in self.pattern.finditer(text)])
        return _without(text, list(self._with_gaps(text)))

    def _with_gaps(self, text: str) -> Iterator[Span]:
        yield from over_gaps(text, self.solid)
        yield from letter_by_letter(text, self.solid)


def _name_forms(name: str) -> Iterator[str]:
    """Yield a name as written, without its accents, and as it is spelled where a keyboard has none."""
    yield name
    yield "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    yield unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS)


def _names_somebody(part: str) -> bool:
    """Say whether a part of a name is one: a title or degree names nobody, and MR is a kind of image."""
    return len(part) >= _SHORTEST_NAME and part.casefold() not in _TITLES


def _surname_like_a_title(name: str) -> list[str]:
    """Return the family name of ``Family^Given`` where it is a title elsewhere, such as Lord."""
    family, given, _ = name.partition("^")
    family = family.strip()
    return [family] if given and len(family) >= _SHORTEST_SURNAME and family.casefold() in _TITLES else []


def _number_forms(number: str) -> set[str]:
    """Return a number as written, without separators and prefixes, and in the groups of NHS and H&C numbers."""
    bare = re.sub(r"[\s./-]", "", number)
    forms = {number, bare, *_LONG_DIGITS.findall(number)}
    if bare.isdecimal() and len(bare) == 10:
        forms |= {f"{bare[:3]} {bare[3:6]} {bare[6:]}", f"{bare[:3]}-{bare[3:6]}-{bare[6:]}"}
    return forms
