"""Look through the element values: for what is known, and for what looks like an identifier."""

import base64
import binascii
import bisect
import html
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from orthanc_plugin.verify.finding import Finding, Severity
from orthanc_plugin.verify.known.collect import decode, is_maker, kind_of
from orthanc_plugin.verify.known.known import Identifier, Kind, KnownIdentifiers
from orthanc_plugin.verify.known.match import TEXT, Matcher, holds_uid
from orthanc_plugin.verify.known.needles import is_vocabulary
from orthanc_plugin.verify.known.patterns import matching
from orthanc_plugin.verify.reading.icc import ICC_PROFILE, legible
from orthanc_plugin.verify.reading.reading import DATASET_START, Reading
from orthanc_plugin.verify.reading.text import fold
from orthanc_plugin.verify.reading.walk import Buffer, Element, name_place

_MAX_HARMLESS, _LONGEST_HARMLESS = 65536, 4096
_MAX_RUNS = 1024 * 1024
_CODES = frozenset({"pattern-nhs-number", "pattern-phone"})
_WEB = frozenset({"pattern-web-address"})
_EXEMPT: dict[int, frozenset[str]] = {
    0x00080100: _CODES,
    0x00080119: _CODES,
    0x00080120: _CODES | _WEB,
    0x0008010E: _WEB,
}
"""Code values are digits of a terminology, and a coding scheme has an address: neither is a patient's."""
_MAKERS = frozenset({0x00080070, 0x00081090})
"""Manufacturer and model: a vendor's demonstration images name the vendor as the institution."""
_ONE_VALUE = frozenset({b"LT", b"ST", b"UT", b"UR"})
_ANNOUNCED = re.compile(
    r"(?:(?<![^\W_])(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|lady|dame|lord|rev|sister|nurse|consultant|name|surname"
    r"|forename|named|called|signed|by|patient|pt|operator|referrer|radiographer|no|number|id|mrn|nhs)[\s.:=^,#]+|\^)"
    r"([^\W_]+)|[^\W_]+(?=\^)"
)
"""Words that something beside them announces as a name or a number: a title, a label, a caret."""
_WORDS = re.compile(r"[^\W_]+")
_PRINTABLE = re.compile(rb"[\x20-\x7e\x80-\xff]{5,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{12,}={0,2}")
_SPELLED = re.compile(
    r"(?<![^\W_])[^\W_](?:[\W_]{1,3}[^\W_](?![^\W_])){3,}"  # letters and digits one by one
    r"|(?<![^\W_])(?:[A-Za-z]{1,4}[\s./_-]{0,2})?[0-9]+(?:[\s./_-]{1,2}[0-9]+){1,7}(?![^\W_])"  # a number in groups
)
_BROKEN = re.compile(r"(?<=[^\W\d_])-\s*(?=[^\W\d_])")
"""A word that is broken at the end of a line, or was."""
_SHORTEST_NUMBER = 6
_GAPS = re.compile(r"[\W_]+")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){6,}")
_ALWAYS = frozenset({b"PN", b"OB"})
"""A word that is harmless elsewhere is a name in a person-name element; binary values are read by their runs."""
_GRAPHIC_GROUPS = (0x5000, 0x5400, 0x6000, 0x7FE0)


@dataclass(frozen=True, slots=True)
class _Sight:
    """What is to be seen in a value whoever's it is: patterns, and the other forms in which it can be read."""

    patterns: tuple[tuple[str, Severity], ...]
    forms: tuple[bytes, ...]
    announced: frozenset[bytes]

    @property
    def is_harmless(self) -> bool:
        """Whether there is nothing in it that could be anybody's."""
        return not (self.patterns or self.forms or self.announced)


Verdicts = Iterator[tuple[str, Severity]]


class Looker:
    """Judges values against what is known of the patients.

    Parameters
    ----------
    known
        The identifiers.
    own
        Those of the object's own original.
    matcher
        Their matcher.
    charset
        (0008,0005) of the object as it stands in the file.
    """

    def __init__(self, known: KnownIdentifiers, own: KnownIdentifiers, matcher: Matcher, charset: bytes) -> None:
        self.own_tags = _by_tag(own.identifiers)
        self._uids = known.uids
        self._matcher = matcher
        self._charset = charset
        self.harmless = _harmless(charset)

    def value(self, tag: int, vr: bytes, value: bytes) -> Verdicts:
        """Yield the rules that one element's value breaks by itself, whatever the first look over all bytes said."""
        if tag in self.own_tags and self._is_kept(tag, value):
            yield "kept-unchanged", Severity.QUARANTINE
        if vr in TEXT:
            yield from self._text(value, _EXEMPT.get(tag, frozenset()), vr)
        elif vr == b"OB" and tag >> 16 not in _GRAPHIC_GROUPS:
            yield from self.printable(legible(value) if tag == ICC_PROFILE else value)

    def raw(self, value: bytes, vr: bytes) -> Verdicts:
        """Yield the rules that raw bytes break against what is known."""
        for rule in self._matcher.rules(value, vr):
            yield rule, Severity.QUARANTINE
        if self._uids and holds_uid(value, self._uids):
            yield "known-uid", Severity.QUARANTINE

    def printable(self, value: bytes) -> Verdicts:
        """Yield the rules that the legible runs of a binary value break."""
        for run in _PRINTABLE.findall(value[:_MAX_RUNS].translate(None, b"\0")):
            yield from self.raw(run, b"UN")
            yield from self._text(run, frozenset(), b"UN")

    def text(self, value: bytes) -> Verdicts:
        """Yield the rules that a piece of text breaks, for example a file's name."""
        yield from self.raw(value, b"UT")
        yield from self._text(value, frozenset(), b"UT")

    def binary(self, place: str, value: bytes) -> Iterator[Finding]:
        """Yield what is known and long enough not to be there by chance, in bytes of a form that nobody knows."""
        for rule, severity in self.raw(value, b"OB"):
            yield Finding(place, rule, severity)

    def unstructured(self, place: str, value: bytes) -> Iterator[Finding]:
        """Yield what bytes hold that are no element: a preamble, a JPEG segment, a page."""
        for rule, severity in (*self.raw(value, b"UN"), *self.printable(value)):
            yield Finding(place, rule, severity)

    def _is_kept(self, tag: int, value: bytes) -> bool:
        held = self.own_tags[tag]
        return any(part.strip(" \0")[: 8 if _is_date(tag) else None] in held for part in self._parts(value))

    def _parts(self, value: bytes) -> list[str]:
        return decode(value, self._charset).split("\\")

    def _text(self, value: bytes, exempt: frozenset[str], vr: bytes) -> Verdicts:
        sight = _sight(value, self._charset, vr)
        if sight.is_harmless:
            if b"\\" not in value:  # it means something else in a value that may hold several
                self.harmless.add(value)
            return
        for rule, severity in sight.patterns:
            if rule not in exempt and not (vr == b"PN" and rule == "pattern-name-with-caret"):
                yield rule, severity
        for form in sight.forms:
            yield from self.raw(form, vr)
        for rule in self._matcher.announced(sight.announced):
            yield rule, Severity.QUARANTINE


def findings(reading: Reading, looker: Looker, matcher: Matcher) -> Iterator[Finding]:
    """Yield what the elements, the preamble and the bytes after the end hold."""
    for part, data in ((reading.meta, reading.file), (reading.elements, reading.data)):
        for element in _to_look_at(part, data, looker):
            tag, vr, start, length, parent = element
            if element is not reading.pixels:
                for rule, severity in looker.value(tag, vr, data[start : start + length]):
                    yield Finding(name_place(tag, parent), rule, severity)
    yield from _touched(reading, looker, matcher)
    yield from _outside(reading, looker)


def _to_look_at(elements: list[Element], data: Buffer, looker: Looker) -> list[Element]:
    """Return the elements whose values have to be read: not numbers, and not texts that were harmless before."""
    own, harmless = looker.own_tags, looker.harmless
    return [
        each
        for each in elements
        if each[3]
        and (
            each[0] in own
            or each[1] in _ALWAYS
            or (each[1] in TEXT and data[each[2] : each[2] + each[3]] not in harmless)
        )
    ]


def _touched(reading: Reading, looker: Looker, matcher: Matcher) -> Iterator[Finding]:
    """Judge the elements that the first look over all bytes points at."""
    if reading.inflated:
        yield from _pointed_at(reading.meta, reading.file, matcher.touched(reading.file[:]), looker)
    for offset, surface in reading.surfaces():
        hits = matcher.touched(surface)
        if hits == []:
            continue
        elements = reading.elements if reading.inflated else [*reading.meta, *reading.elements]
        places = None if hits is None or offset is None else [offset + hit for hit in hits]
        yield from _pointed_at([each for each in elements if each is not reading.pixels], reading.data, places, looker)


def _pointed_at(elements: list[Element], data: Buffer, places: list[int] | None, looker: Looker) -> Iterator[Finding]:
    chosen = elements if places is None else _at(elements, places)
    for tag, vr, start, length, parent in chosen:
        value = data[start : start + length]
        for rule, severity in looker.raw(value, vr):
            if not (tag in _MAKERS and (rule == "known-organisation" or is_maker(value))):
                yield Finding(name_place(tag, parent), rule, severity)


def _at(elements: list[Element], places: list[int]) -> list[Element]:
    """Return the elements in whose values the offsets lie."""
    starts = [element[2] for element in elements]
    return [elements[index] for index in {bisect.bisect_right(starts, place) - 1 for place in places} if index >= 0]


def _outside(reading: Reading, looker: Looker) -> Iterator[Finding]:
    """Look at what is no element: the preamble, what could not be read, what follows the end."""
    if not reading.headless and any(preamble := reading.file[: DATASET_START - 4]):
        yield from looker.unstructured("preamble", preamble)
    if reading.fault:
        yield from looker.unstructured("what could not be read", reading.file[:])
        if reading.inflated:
            yield from looker.unstructured("what could not be read", reading.data[:])
    if reading.after_end:
        yield from looker.unstructured("bytes after the end", reading.after_end)


@lru_cache(maxsize=16)
def _harmless(_charset: bytes) -> set[bytes]:
    """Return the texts of a character set in which nothing was seen, whoever's; shared by all objects, and bounded."""
    return _Bounded()


class _Bounded(set[bytes]):
    """A set that starts again when it is full: memory stays flat over a long run."""

    def add(self, value: bytes, /) -> None:
        if len(self) >= _MAX_HARMLESS:
            self.clear()
        if len(value) <= _LONGEST_HARMLESS:
            super().add(value)


@lru_cache(maxsize=256)
def _by_tag(identifiers: frozenset[Identifier]) -> dict[int, frozenset[str]]:
    """Return what stood in which element of the original, to see that it stands there no longer."""
    found: dict[int, set[str]] = {}
    for each in identifiers:
        if each.tag and not (each.kind is Kind.ORGANISATION and is_vocabulary(each.text)):
            found.setdefault(each.tag, set()).add(each.text)
    return {tag: frozenset(texts) for tag, texts in found.items()}


@lru_cache(maxsize=65536)
def _is_date(tag: int) -> bool:
    return kind_of(tag, b"UN") in {Kind.DATE, Kind.BIRTH_DATE}


@lru_cache(maxsize=32768)
def _sight(value: bytes, charset: bytes, vr: bytes) -> _Sight:
    """Read a text value once; most values of a series are the same, so the answer is kept."""
    text = decode(value, charset) if vr in _ONE_VALUE else decode(value, charset).replace("\\", "\n")
    forms = [form for form in _forms(value, text) if form != value]
    readable = [text, *(form.decode("utf-8", "replace") for form in forms)]
    found = {(pattern.rule, pattern.severity) for each in readable for pattern in matching(each)}
    words = _WORDS if vr == b"PN" else _ANNOUNCED
    announced = {word.encode("utf-8") for each in readable for word in words.findall(each.lower())}
    return _Sight(tuple(sorted(found)), tuple(forms), frozenset(announced))


def _forms(value: bytes, text: str) -> Iterator[bytes]:
    """Yield other readings of a value: decoded, without entities, gaps, base64 or hexadecimal."""
    if not value.isascii() or b"\x1b" in value:
        yield text.casefold().encode("utf-8")
        yield fold(text).encode("utf-8")
    if "&" in text and (plain := html.unescape(text)) != text:
        yield plain.encode("utf-8")
    if "%" in text and (plain := urllib.parse.unquote(text)) != text:
        yield plain.encode("utf-8")
    if "-" in text and (whole := _BROKEN.sub("", text)) != text:
        yield whole.encode("utf-8")
    for run in _SPELLED.findall(text):
        joined = _GAPS.sub("", run)
        if not joined.isdigit() or len(joined) >= _SHORTEST_NUMBER:
            yield joined.encode("utf-8")
    for run in _BASE64.findall(value):
        yield from _unbase64(run)
    for run in _HEX.findall(value):
        yield bytes.fromhex(run.decode("ascii"))


def _unbase64(run: bytes) -> Iterator[bytes]:
    bare = run.rstrip(b"=")
    try:
        decoded = base64.b64decode(bare + b"=" * (-len(bare) % 4))
    except binascii.Error:
        return
    if all(32 <= each < 127 or each in b"\r\n\t\0" for each in decoded):
        yield decoded
