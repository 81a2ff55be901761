"""The normal form of a patient's number: the same wherever it comes from, for registering, finding and deciding.

Scanners, forms and people write one number in many ways: `943 476 5919`, `943-476-5919`, full-width digits. Pure
functions (R59, hazards H1 and H15; ADR 0138).
"""

import hashlib
import unicodedata
from enum import StrEnum
from typing import NamedTuple

from nhs_number.validate import is_valid

NHS_ISSUER = "NHS"
"""Stands for the health service: its numbers mean the same person whoever issued the record."""
LONGEST = 64
"""Letters of a number (DICOM's LO); also those of a SHA-256."""
_DIGITS = 10
_CHI = range(101_000_000, 3_113_000_000)
_HEALTH_AND_CARE = range(3_200_000_010, 4_000_000_000)
_SEPARATORS = frozenset({"Cc", "Cf", "Pd", "Zs", "Zl", "Zp"})
"""Control and direction marks, hyphens and spaces of every kind: what groups a number, and says nothing."""
_UNGROUPED = {code: None for code in range(128) if unicodedata.category(chr(code)) in _SEPARATORS}
"""The same in ASCII, in which most numbers are written: nothing has to be looked up of each letter."""


_NOBODYS = frozenset(
    [
        "UNKNOWN",
        "UNKNOWNPATIENT",
        "NOTKNOWN",
        "UNIDENTIFIED",
        "ANONYMOUS",
        "ANONYMISED",
        "ANONYMIZED",
        "ANON",
        "NONE",
        "NIL",
        "NULL",
        "N/A",
        "NONUMBER",
        "NOID",
    ]
)
"""What archives write where there is no number, in its normal form."""


class NumberKind(StrEnum):
    """Who gives out numbers of this form (NHS Data Dictionary, NHS NUMBER)."""

    NHS = "NHS number"
    HEALTH_AND_CARE = "Health and Care number"
    CHI = "CHI number"
    HOSPITAL = "Hospital number"


class Identifier(NamedTuple):
    """A number in its normal form, and who issued it; an empty value identifies nobody."""

    value: str
    issuer: str


def normal(text: str) -> str:
    """Return the number without what only groups it: digits of any script as ASCII, letters in upper case."""
    if text.isascii():
        return text.translate(_UNGROUPED).upper()
    kept = (letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) not in _SEPARATORS)
    return "".join(_digit(letter) for letter in kept).upper()


def is_health_service_number(text: str) -> bool:
    """Whether it is an NHS, Health and Care or CHI number: ten digits, a right check digit, not one digit repeated.

    `0000000000` passes the check and stands for "not known" in many an archive.
    """
    value = normal(text)
    ten_digits = len(value) == _DIGITS and value.isascii() and value.isdigit()
    return ten_digits and len(set(value)) > 1 and is_valid(value)


def is_placeholder(text: str) -> bool:
    """Whether it stands for "not known" (`UNKNOWN`, `0000000000`): as a number it would lump strangers together."""
    value = normal(text)
    is_one_digit = len(set(value)) == 1 and value.isdigit() and (len(value) == _DIGITS or value[0] == "0")
    return value in _NOBODYS or is_one_digit


def kind_of(text: str) -> NumberKind:
    """Return the kind of a number."""
    if not is_health_service_number(text):
        return NumberKind.HOSPITAL
    number = int(normal(text))
    if number in _HEALTH_AND_CARE:
        return NumberKind.HEALTH_AND_CARE
    return NumberKind.CHI if number in _CHI else NumberKind.NHS


def identifier(text: str, issuer: str) -> Identifier:
    """Return number and issuer as the register keeps and compares them; two numbers are never cut to be alike."""
    value = normal(text)
    if is_health_service_number(value):
        return Identifier(value, NHS_ISSUER)
    kept = value if len(value) <= LONGEST else hashlib.sha256(value.encode()).hexdigest()
    return Identifier(kept, issuer_name(issuer))


def issuer_name(text: str) -> str:
    """Return the issuer's name in its normal form: one space between words, in upper case."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cc")
    name = " ".join(plain.split()).upper()
    return name if len(name) <= LONGEST else hashlib.sha256(name.encode()).hexdigest()


def in_groups(text: str) -> str:
    """Return the number as people read it: health service numbers in groups of 3, 3 and 4, others as they are."""
    value = normal(text)
    return f"{value[:3]} {value[3:6]} {value[6:]}" if is_health_service_number(value) else text


def archive_pattern(text: str) -> str:
    """Return the DICOM wild card that finds every way of writing the number (PS3.4 C.2.2.2.4), and more besides."""
    return "*".join(normal(text).replace("*", "").replace("?", "").replace("\\", ""))


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)
