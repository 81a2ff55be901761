"""The normal form of a person's name for comparing: accents, apostrophes, hyphens, case and order fall away.

Pure functions over names as DICOM writes them (PS3.5 6.2.1.2: `family^given^middle^prefix^suffix`, in up to three
groups divided by `=`) and as people type them (`Sample, Gráinne` or `Grainne Sample`). Hazard H1; ADR 0138.
"""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise, product

_APOSTROPHES = dict.fromkeys(map(ord, "'`´ʹʻʼʽˈ‘’‛′＇"))
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "ħ": "h", "ŧ": "t"}
)
"""Letters that Unicode does not take apart into a letter and a mark."""
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "þ": "th", "ð": "dh"})
"""How the same letters are spelled where a keyboard has no marks."""
_TITLES = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "rev"])
_UNKNOWN = frozenset(["unknown", "unidentified", "anonymous", "anonymised", "anon", "nobody"])
_PARTICLES = frozenset(
    ["o", "mc", "mac", "d", "l", "al", "el", "de", "da", "di", "du", "la", "le", "van", "von", "der", "den"]
)
_SOUNDS = {
    letter: digit
    for digit, letters in {"1": "bfpv", "2": "cgjkqsxz", "3": "dt", "4": "l", "5": "mn", "6": "r"}.items()
    for letter in letters
}
_MARKS = (range(0x300, 0x370), range(0x591, 0x5C8), range(0x610, 0x61B), range(0x64B, 0x660), range(0x670, 0x671))
"""Combining marks of Latin, Greek and Cyrillic, and the vowel points of Hebrew and Arabic, which may be left out."""
_UNMARKED = dict.fromkeys(mark for marks in _MARKS for mark in marks)
_DIVIDED = {code: " " for code in range(128) if not chr(code).isalnum()}
"""What divides words in ASCII, where nothing has to be looked up of each letter: most names are written in it."""
_NAME_COMPONENTS = 3
"""Family, given and middle name; prefix and suffix tell nobody apart."""
Words = tuple[str, ...]


def words(text: str) -> Words:
    """Return the words of a name or of what somebody typed, folded, in their order, without titles."""
    split = _split(_folded(text.translate(_APOSTROPHES)))
    return tuple(word for word in split if word not in _TITLES) or tuple(split)


def groups(name: str) -> list[Words]:
    """Return the words of each group of a DICOM name: alphabetic, ideographic, phonetic; unknown ones left out."""
    found = (words(" ".join(group.split("^")[:_NAME_COMPONENTS])) for group in name.split("="))
    return [group for group in found if group and not set(group) <= _UNKNOWN]


def search_key(name: str) -> str:
    """Return every word of a name for the register's search column, each with a space before it, and one at the end."""
    spelled = (word for group in _spellings(name) for word in (*group, *_joined(group)))
    return " ".join(["", *sorted({*spelled}), ""]) if name.strip() else ""


def matches(typed: str, name: str) -> bool:
    """Whether each word that was typed begins a word of the name, in any order and spelling."""
    found = search_key(name)
    ways = ways_typed(typed)
    return not ways or any(all(f" {word}" in found for word in way) for way in ways)


def ways_typed(typed: str) -> list[Words]:
    """Return what was typed as words, with particles joined to their word, and as one word."""
    parts = words(typed.replace("*", " "))
    return list(dict.fromkeys([parts, _joined(parts), ("".join(parts),)])) if parts else []


def sound_key(name: str) -> str:
    """Return how each Latin word of a name sounds, each code with a space before it, and one at the end: only a hint.

    Soundex, as the United States' National Archives define it: the first letter and three digits.
    """
    codes = {_soundex(word) for group in _spellings(name) for word in group}
    return " ".join(["", *sorted(codes - {""}), ""]) if codes - {""} else ""


def sounds_typed(typed: str) -> Words:
    """Return how each word that was typed sounds."""
    return tuple(code for code in map(_soundex, words(typed.replace("*", " "))) if code)


def _soundex(word: str) -> str:
    if not (word.isascii() and word.isalpha()):
        return ""
    kept = word[0] + "".join(letter for letter in word[1:] if letter not in "hw")
    digits = [_SOUNDS.get(letter, "") for letter in kept]
    told = [digit for before, digit in pairwise(digits) if digit and digit != before]
    return (word[0].upper() + "".join(told) + "000")[:4]


def agree(one: str, other: str) -> bool:
    """Whether two DICOM names may be one person's: the same words in any order, one a part of the other, or initials.

    A name that is not known agrees with all; names in scripts that cannot be compared agree with none.
    """
    mine, theirs = _spellings(one), _spellings(other)
    if not mine or not theirs:
        return True
    return any(_same_words(first, second) for first, second in product(mine, theirs))


def is_known(name: str) -> bool:
    """Whether the name tells who somebody is."""
    return bool(groups(name))


def _spellings(name: str) -> list[Words]:
    """Return the groups of a name, also with its letters spelled out (`Müller`, `Mueller`), each once."""
    if name.isascii():
        return list(dict.fromkeys(groups(name)))
    composed = unicodedata.normalize("NFC", name).casefold()
    return list(dict.fromkeys([*groups(name), *groups(composed.translate(_SPELLED_OUT))]))


def _same_words(one: Words, other: Words) -> bool:
    few, many = sorted((_joined(one), _joined(other)), key=len)
    return _contained(few, many) or _run_on(one, other)


def _run_on(one: Words, other: Words) -> bool:
    """Whether two names differ only in where their words are divided (`Smith-Jones`, `Smithjones`)."""
    return _contained_run(one, "".join(other)) or _contained_run(other, "".join(one))


def _contained_run(parts: Words, whole: str) -> bool:
    for part in sorted(parts, key=len, reverse=True):
        if part not in whole:
            return False
        whole = whole.replace(part, "\0", 1)
    return not whole.replace("\0", "")


def _contained(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether each word of `few` stands for another word of `many`; the words written out are matched first."""
    left = list(many)
    for word in sorted(few, key=len, reverse=True):
        match = next((other for other in left if other == word), None) or next(
            (other for other in left if _initial(word, other)), None
        )
        if match is None:
            return False
        left.remove(match)
    return True


def _initial(one: str, other: str) -> bool:
    return min(len(one), len(other)) == 1 and one[0] == other[0]


def _joined(parts: Words) -> Words:
    """Return the words with particles set before the word they belong to: `O Brien` is `OBrien`."""
    made: list[str] = []
    before = ""
    for part in parts:
        if part in _PARTICLES:
            before += part
        else:
            made.append(before + part)
            before = ""
    return tuple([*made, before] if before else made)


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text.casefold()).translate(_UNMARKED)
    return unicodedata.normalize("NFC", bare.translate(_LETTERS)).casefold()


def _split(text: str) -> list[str]:
    if text.isascii():
        return text.translate(_DIVIDED).split()
    return "".join(letter if _is_of_a_word(letter) else " " for letter in text).split()


def _is_of_a_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN"
