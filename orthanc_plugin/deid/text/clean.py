"""Cleaning one text value: forms first, then known terms, then, where the profile says so, the allow-list of words."""

import re
from typing import Literal

from orthanc_plugin.deid.text.known import KnownTerms
from orthanc_plugin.deid.text.patterns import without_patterns
from orthanc_plugin.deid.text.spread import plain, without_letters
from orthanc_plugin.deid.text.words import only_harmless

Mode = Literal["allow-list", "known-and-patterns", "kept"]

_BLANKS = re.compile(r"[ \t]{2,}")
_LONELY = " \t\r\n\u00a0-_,;:/&+.()[]"
_LETTERS: dict[Mode, int] = {"allow-list": 3, "known-and-patterns": 4}
"""How many single letters may follow each other, C/A/P say, before they are taken for a word that is spelled out."""


def cleaned(text: str, known: KnownTerms, mode: Mode) -> str:
    """Return what of a text may stay; the text itself where nothing had to go.

    Parameters
    ----------
    text : str
        One value, without its padding.
    known : KnownTerms
        What the object itself says identifies.
    mode : {"allow-list", "known-and-patterns", "kept"}
        The first keeps only words known to be harmless (D3), the second all that is not known to identify (D1, D2),
        the third everything but the known terms: attributes that an option of PS3.15 retains.
    """
    left = _left(text, known, mode)
    if not left.isascii():  # what is found without accents and signs that nobody sees goes too
        bare = plain(left)
        left_of_bare = _left(bare, known, mode)
        left = left if left_of_bare == bare else left_of_bare
    return left


def _left(text: str, known: KnownTerms, mode: Mode) -> str:
    left = known.removed_from(text) if mode == "kept" else _until_still(text, known, mode)
    if mode == "allow-list" and (harmless := only_harmless(left)) != left:
        left = _until_still(harmless, known, mode)
    return text if left == text else _BLANKS.sub(" ", left).strip(_LONELY)


def _until_still(text: str, known: KnownTerms, mode: Mode) -> str:
    """Remove again what removing brought together, until nothing more is found."""
    most = _LETTERS[mode]
    for _ in range(8):
        left = known.removed_from(without_letters(without_patterns(text), most))  # forms first: half an e-mail has none
        if left == text:
            return left
        text = _BLANKS.sub(" ", left).strip(_LONELY)
    return ""
