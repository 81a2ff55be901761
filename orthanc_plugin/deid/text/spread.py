"""What is written with gaps: a name letter by letter, broken over a line, or with a sign that nobody sees in it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from orthanc_plugin.deid.text.words import words

Span = tuple[int, int]

_SHORTEST = 6  # letters and digits; what is shorter could stand over the gap between two other words
_GAPS = re.compile(r"[\W_]+")
_ONE_BY_ONE = re.compile(r"(?<![^\W_])[^\W\d_](?:[\W_]{1,3}[^\W\d_](?![^\W_])){2,}")
_SHORTEST_NAME_OF_LETTERS = 3


def solid(term: str) -> str:
    """Return a term's letters and digits alone, in lower case."""
    return _GAPS.sub("", term).lower()


def over_gaps(text: str, terms: Iterable[str]) -> Iterator[Span]:
    """Yield where a term stands in a text with anything but letters and digits between its parts.

    Parameters
    ----------
    text : str
        To search.
    terms : iterable of str
        Each as `solid` makes it; of these, the short ones are not looked for.
    """
    bare = solid(text)
    if len(bare) < _SHORTEST:
        return
    found = [term for term in terms if len(term) >= _SHORTEST and term in bare]
    if not found:
        return
    places = [place for place, letter in enumerate(text) if letter.isalnum() for _ in letter.lower()]
    bare = "".join(letter.lower() for letter in text if letter.isalnum())
    for term in found:
        at = bare.find(term)
        while at >= 0:
            start, end = places[at], places[at + len(term) - 1] + 1
            if _is_apart(text, start, end):
                yield start, end
            at = bare.find(term, at + 1)


def _is_apart(text: str, start: int, end: int) -> bool:
    """Say whether a stretch begins and ends where words do: "smart infusion" is no Martin."""
    return not (start and text[start - 1].isalnum()) and not (end < len(text) and text[end].isalnum())


def letter_by_letter(text: str, terms: Iterable[str]) -> Iterator[Span]:
    """Yield where single letters in a row spell one of the terms."""
    runs = [(match.span(), solid(match.group())) for match in _ONE_BY_ONE.finditer(text)]
    if runs:
        names = [term for term in terms if len(term) >= _SHORTEST_NAME_OF_LETTERS]
        yield from (span for span, spelled in runs if any(name in spelled for name in names))


def without_letters(text: str, most: int) -> str:
    """Return the text without runs of more than `most` single letters, but for those that spell a harmless word."""
    return _ONE_BY_ONE.sub(lambda run: run.group() if _may_stay(solid(run.group()), most) else " ", text)


def _may_stay(spelled: str, most: int) -> bool:
    return len(spelled) <= most or spelled in words()


def plain(text: str) -> str:
    """Return the text as a keyboard has it: no accents, no wide letters, no signs that are not seen."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text)
    seen = (sign for sign in parts if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFC", "".join(seen))
