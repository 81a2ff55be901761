"""The allow-list of ``words.txt``: words that say what was imaged and how, and can be no one's name."""

import re
from functools import cache
from importlib.resources import files

from pydicom.datadict import keyword_dict

_WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*", re.UNICODE)
_MEASURE = re.compile(
    r"\d{1,3}(?:\.\d{1,3})?(?:mm|cm|ml|mg|kv|ma|mas|s|ms|hz|t|d|x|hu|kev|mhz|deg|min|sec|bit|%)?", re.IGNORECASE
)
_KERNEL = re.compile(r"[A-Za-z]{1,2}\d{1,2}[a-z]?", re.ASCII)  # B30f, T1, C7, L5, FC08

_NUMBERED = re.compile(r"([A-Za-z]{3,})\d", re.ASCII)
_SHORTEST_KEYWORD = 8


@cache
def words() -> frozenset[str]:
    """Return the list, in lower case."""
    lines = (files("orthanc_plugin.deid.text") / "words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.casefold().split())


def is_harmless(word: str) -> bool:
    """Say whether a word may stay: on the list, a small measure with or without its unit, or a short kernel name."""
    return (
        word.casefold() in words()
        or bool(_MEASURE.fullmatch(word))
        or bool(_KERNEL.fullmatch(word))
        or _is_keyword(word)
        or _is_numbered(word)
    )


def _is_numbered(word: str) -> bool:
    """Say whether a word is a harmless one with its number: PTV1, WINDOW2."""
    found = _NUMBERED.fullmatch(word)
    return found is not None and found[1].casefold() in words()


def _is_keyword(word: str) -> bool:
    """Say whether a word is the keyword of an attribute, of several words run together: ImagePositionPatient."""
    return len(word) >= _SHORTEST_KEYWORD and word in keyword_dict and not word[1:].islower()


def only_harmless(text: str) -> str:
    """Return the text with only its harmless words; the punctuation between two that stay is kept.

    Numbers stay only beside a word that stays: by themselves they could be part of any identifier.
    """
    if not any(is_harmless(word) and not word[0].isdigit() for word in _WORD.findall(text)):
        return ""
    kept: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        end = match.end()
        if is_harmless(match.group()):
            kept += [_joint(between) if kept else "", match.group()]
    return "".join(kept)


def _joint(between: str) -> str:
    """Keep a short separator of ordinary punctuation, else a blank."""
    return (
        between if 0 < len(between) <= 3 and between.isascii() and not between.isalnum() and "^" not in between else " "
    )
