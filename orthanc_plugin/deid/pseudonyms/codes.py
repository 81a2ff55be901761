"""Codes: drawn at random, or typed by a person and then checked for what must not be in them (R15)."""

import re
import secrets
from collections.abc import Collection

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels: no words; no digits: nothing of a number or a date can appear
_LENGTH = 12
_PREFIX = "AOA-"
_SHORTEST_DIGITS, _INITIALS = 4, 2


def random_code() -> str:
    """Return a new code of twelve letters from the operating system's random source (52 bits)."""
    return _PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def faults(code: str, *, name: str, birth_date: str, numbers: Collection[str]) -> list[str]:
    """Return why a code that a person typed must not be used; an empty list where it may.

    Parameters
    ----------
    code : str
        As typed.
    name : str
        ``Family^Given`` or written out.
    birth_date : str
        ``YYYYMMDD``.
    numbers : collection of str
        NHS, H&C and hospital numbers.
    """
    found = []
    digits, letters = re.sub(r"\D", "", code), re.sub(r"[^a-z]", "", code.lower())
    parts = [part.lower() for part in re.findall(r"[^\W\d_]+", name)]
    if any(form in digits for form in _birth_forms(birth_date)):
        found.append("it holds the date of birth")
    if any(len(part) > _INITIALS and part in letters for part in parts):
        found.append("it holds a part of the name")
    initials = "".join(part[0] for part in parts)
    if len(initials) >= _INITIALS and letters in (initials, initials[::-1]):
        found.append("its letters are the patient's initials")
    if any(_shares_digits(digits, re.sub(r"\D", "", number)) for number in numbers):
        found.append("it holds digits of the patient's numbers")
    return found


def _birth_forms(birth_date: str) -> set[str]:
    year, month, day = birth_date[:4], birth_date[4:6], birth_date[6:8]
    if not day:
        return set()
    return {f"{a}{b}{c}" for y in (year, year[2:]) for a, b, c in ((y, month, day), (day, month, y), (month, day, y))}


def _shares_digits(code: str, number: str) -> bool:
    ends = range(len(number) - _SHORTEST_DIGITS + 1)
    return any(number[start : start + _SHORTEST_DIGITS] in code for start in ends)
