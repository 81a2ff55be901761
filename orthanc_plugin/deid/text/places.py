"""The words by which a place is told from others: a hospital's saint, a ward's flower, a village."""

import re
from collections.abc import Iterable
from functools import cache

from orthanc_plugin.deid import standard
from orthanc_plugin.deid.text.words import words

_DISCIPLINE = re.compile(r"(?:ology|iatry|iatrics|surgery|therapy|scopy|graphy|metry)$")
_WORD = re.compile(r"[^\W\d_]{5,}")


def own_words(places: Iterable[str], ordinary: frozenset[str]) -> frozenset[str]:
    """Return the words of places that say which one is meant.

    Parameters
    ----------
    places : iterable of str
        Institutions, departments, addresses.
    ordinary : frozenset of str
        Words that many places have in their names.

    Returns
    -------
    frozenset of str
        In lower case: none that medicine itself uses, in the meanings of PS3.16 or the harmless words.
    """
    found = {word for place in places for word in _WORD.findall(place.lower())}
    return frozenset(word for word in found if not any(form in ordinary or _is_medical(form) for form in _forms(word)))


def _forms(word: str) -> set[str]:
    """Return a word as it is, in American spelling as in the standard, and either without the s of a plural."""
    spelled = {word, word.replace("ae", "e").replace("oe", "e").replace("our", "or")}
    return spelled | {each.removesuffix("s") for each in spelled}


def _is_medical(word: str) -> bool:
    return bool(_DISCIPLINE.search(word)) or word in words() or word in _of_the_standard()


@cache
def _of_the_standard() -> frozenset[str]:
    return frozenset(word for meaning in standard.codes()[1] for word in _WORD.findall(meaning.lower()))
