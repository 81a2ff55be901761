"""Search bytes for what is known, and judge each hit by what stands around it."""

import re
from collections.abc import Iterator
from functools import lru_cache

from ahocorasick_rs import BytesAhoCorasick, Implementation

from orthanc_plugin.verify.known.known import Identifier
from orthanc_plugin.verify.known.needles import Certainty, Needle, english, needles_for
from orthanc_plugin.verify.reading.text import squeeze

MIN_IN_BINARY = 6
_MOST_QUICK = 100_000
"""Bytes of all needles up to which the automaton that is quickest and largest is used."""
EVENT_DATE = "known-date"
_DAYS = frozenset({EVENT_DATE, "known-birth-date"})
TEXT = frozenset({b"LO", b"SH", b"LT", b"ST", b"UT", b"UC", b"UR", b"PN", b"CS", b"AE", b"UN"})
_BINARY = frozenset(
    {b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"FL", b"FD", b"SL", b"SS", b"UL", b"US", b"SV", b"UV", b"AT"}
)
_NUMBERS = frozenset({b"DS", b"IS", b"TM", b"AS"})
_DATES = frozenset({b"DA", b"DT"})
_LETTERS_BEFORE = re.compile(rb"[a-z\x80-\xff]*$")
_LETTERS_AFTER = re.compile(rb"^[a-z\x80-\xff]*")
_ALNUM = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
_DIGITS = frozenset(b"0123456789")


class Matcher:
    """Looks for one set of needles.

    Parameters
    ----------
    identifiers
        What is known.
    uid_roots
        How the known UIDs begin, so that the first look sees them too.
    """

    def __init__(self, identifiers: frozenset[Identifier], uid_roots: frozenset[bytes] = frozenset()) -> None:
        strongest: dict[bytes, Needle] = {}
        for identifier in identifiers:
            for needle in needles_for(identifier):
                held = strongest.get(needle.form)
                if held is None or _rank(held) < _rank(needle):
                    strongest[needle.form] = needle
        self._announced = {form: each.rule for form, each in strongest.items() if each.certainty is Certainty.CONTEXT}
        self._needles = [needle for needle in strongest.values() if needle.certainty > Certainty.CONTEXT]
        forms = [needle.form for needle in self._needles]
        self._automaton = BytesAhoCorasick(forms, implementation=Implementation.ContiguousNFA)
        quick = sum(map(len, forms)) <= _MOST_QUICK
        fastest = Implementation.DFA if quick else Implementation.ContiguousNFA
        self._first_look = BytesAhoCorasick([*forms, *uid_roots], implementation=fastest)

    def announced(self, words: frozenset[bytes]) -> Iterator[str]:
        """Yield the rules of names that are short or common, among words that announce themselves as names."""
        return (self._announced[word] for word in words & self._announced.keys())

    def touched(self, surface: bytes) -> list[int] | None:
        """Return where a surface may hold something: the quick first look.

        Returns
        -------
        list of int or None
            Offsets into `surface`, mostly none; None when something is there that only shows without the NUL bytes of
            UTF-16, so that no offset can be told.
        """
        shown = self._first_look.find_matches_as_indexes(squeeze(surface), overlapping=True)
        if not shown:
            return []
        plain = self._first_look.find_matches_as_indexes(surface.lower(), overlapping=True)
        # Needles hold no NUL, so each plain hit is also a hit without NUL: equal counts mean equal hits.
        return [start for _, start, _ in plain] if len(plain) == len(shown) else None

    def rules(self, value: bytes, vr: bytes) -> Iterator[str]:
        """Yield the rules that a value breaks.

        Parameters
        ----------
        value
            Raw bytes of one element, or of a part of the file that is no element.
        vr
            Two letters; ``UN`` for what is no element.
        """
        if not self._needles:
            return
        text = squeeze(value)
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            needle = self._needles[index]
            if _counts(needle, text, start, end, vr):
                yield needle.rule


def _rank(needle: Needle) -> tuple[int, bool]:
    """Of two needles with the same bytes the surer one speaks, and a birth date before another date."""
    return needle.certainty, needle.rule != EVENT_DATE


def _counts(needle: Needle, text: bytes, start: int, end: int, vr: bytes) -> bool:  # noqa: PLR0911 - one rule a line
    """Whether a hit is one: ADR 0040 gives the reasons."""
    if needle.rule in _DAYS and vr not in TEXT and (vr in _DATES or needle.rule == EVENT_DATE):
        return False  # a newborn is examined on the day of birth: in a date element only `kept-unchanged` can tell
    if vr in _BINARY:
        return end - start >= MIN_IN_BINARY
    digits = needle.form.isdigit()
    if digits and _goes_on(text, start, end, _DIGITS):
        return needle.certainty is Certainty.ANYWHERE and vr not in _NUMBERS
    if vr in _NUMBERS | _DATES or (vr == b"UI" and digits):
        return end - start >= MIN_IN_BINARY and not _is_decimal(text, start, end, vr)
    if needle.certainty is Certainty.ANYWHERE:
        return True
    if needle.certainty is Certainty.STEM:
        return not _inside_a_word(text, start, end)
    return not _goes_on(text, start, end, _ALNUM)


def _goes_on(text: bytes, start: int, end: int, more: frozenset[int]) -> bool:
    return (start > 0 and text[start - 1] in more) or (end < len(text) and text[end] in more)


def _is_decimal(text: bytes, start: int, end: int, vr: bytes) -> bool:
    """Whether digits are only part of a number: 12.3456789 is no hospital number."""
    return vr == b"DS" and (text[start - 1 : start] in {b".", b"e", b"-"} or text[end : end + 1] in {b".", b"e"})


def _inside_a_word(text: bytes, start: int, end: int) -> bool:
    before = _LETTERS_BEFORE.search(text[max(0, start - 40) : start])
    after = _LETTERS_AFTER.search(text[end : end + 40])
    word = (before[0] if before else b"") + text[start:end] + (after[0] if after else b"")
    return len(word) > end - start and word.decode("latin-1") in english()


@lru_cache(maxsize=64)
def matcher_for(identifiers: frozenset[Identifier], uid_roots: frozenset[bytes]) -> Matcher:
    """Return the matcher of one set of identifiers; the objects of a series share it."""
    return Matcher(identifiers, uid_roots)


_ROOT = 12
_UID_RUN = re.compile(rb"[0-9]+(?:\.[0-9]+){2,}")


@lru_cache(maxsize=256)
def roots(uids: frozenset[str]) -> frozenset[bytes]:
    """Return how known UIDs begin. A study's UIDs share few beginnings, however many there are."""
    return frozenset(uid[:_ROOT].encode("ascii", "replace") for uid in uids)


def holds_uid(value: bytes, uids: frozenset[str]) -> bool:
    """Whether a value holds an original UID, whole or with something appended.

    The cost is that of the value, however many UIDs are known.
    """
    runs = (run[0].decode("ascii") for run in _UID_RUN.finditer(squeeze(value)))
    return any(run in uids or any(run[: dot.start()] in uids for dot in re.finditer(r"\.", run)) for run in runs)
