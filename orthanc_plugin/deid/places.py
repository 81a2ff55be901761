"""The words by which a place is told from others: a hospital's saint, a ward's flower, a village."""

import re
from collections.abc import Iterable
from functools import cache

from orthanc_plugin.deid import standard
from orthanc_plugin.deid.text.words import words

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
    return frozenset(found - ordinary - words() - _of_the_standard()) if found else frozenset()


@cache
def _of_the_standard() -> frozenset[str]:
    return frozenset(word for meaning in standard.codes()[1] for word in _WORD.findall(meaning.lower()))
