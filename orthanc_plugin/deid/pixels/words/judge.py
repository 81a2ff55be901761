"""The verdict on one line that was read in a picture, by the table of words ``words.toml``."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from orthanc_plugin.deid.pixels.words.likeness import is_like

Verdict = Literal["device", "identifier", "unknown"]


@dataclass(frozen=True, slots=True)
class Word:
    """What a line of writing is: ``device`` may stay, ``identifier`` and ``unknown`` are covered.

    Attributes
    ----------
    verdict : str
        One of the three.
    reason : str
        The rule that decided, in words without what was read.
    """

    verdict: Verdict
    reason: str

    @property
    def stays(self) -> bool:
        """Say whether the line may be left in the picture."""
        return self.verdict == "device"


def judge(text: str, confidence: float, known: Sequence[str]) -> Word:
    """Return whether a line that was read may stay in a picture.

    Parameters
    ----------
    text : str
        What the recogniser read; empty where it read nothing.
    confidence : float
        How sure it is, 0 to 1.
    known : sequence of str
        What is known of the patient and of the staff: names, numbers, dates, in any form.
    """
    line = " ".join(text.split())
    if not line:
        return Word("unknown", "nothing was read")
    if is_like(line, known):
        return Word("identifier", "like something known of the patient")
    reason = _personal(line)
    if reason:
        return Word("identifier", reason)
    if confidence < _table()["reading"]["least_confidence"]:
        return Word("unknown", "not read surely")
    if len(line) <= _table()["reading"]["longest"] and _device().fullmatch(line):
        return Word("device", "made of the device's words alone")
    return Word("unknown", "not among the device's words")


_DATE = re.compile(
    r"\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}"
    r"|\d{1,2}\s?[.\s-]?\s?(?:jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zäé]*\.?\s?[.\s-]?\s?\d{2,4}",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d{1,2}\s?[:hH]\s?\d{2}(?!\s?\d*\s?[A-Za-z%])")
_NUMBER = re.compile(r"\d(?:[\s./-]?\d){5,}|\d{5,}")
_NAME = re.compile(r"[^\W\d_]{2,}\s*[,^]\s*[^\W\d_]+|\b(?:mr|mrs|ms|miss|dr|prof|herr|frau)\b\.?", re.IGNORECASE)


def _personal(line: str) -> str:
    """Return why a line looks like something personal, or nothing."""
    forms = (("a date", _DATE), ("a time", _TIME), ("a long number", _NUMBER), ("a name", _NAME))
    return next((f"it has the form of {what}" for what, form in forms if form.search(line)), "")


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((files("orthanc_plugin.deid.pixels.words") / "words.toml").read_text("utf-8"))


@cache
def _device() -> re.Pattern[str]:
    """Return the form of a line that is made of the device's words, or is one short number."""
    table = _table()
    number = r"[-+]?\d{{1,{}}}(?:[.,]\d{{1,2}})?"
    units, labels = _any(table["measurement"]["units"]), _any(table["labelled"]["labels"])
    measured = rf"{number.format(table['measurement']['most_digits'])}\s?{units}"
    labelled = rf"{labels}[\s:=]*{number.format(table['labelled']['most_digits'])}(?:\s?{units})?"
    words = _any(word for entry in table["words"] for word in entry["list"])
    item = rf"(?:{measured}|{labelled}|{words})"
    signs = rf"[\s{re.escape(table['signs']['list'])}]"
    between = rf"(?:{signs}+|(?<=[^\W\d])(?=\d))"
    tick = rf"[-+]?\d{{1,{table['tick']['most_digits']}}}(?:[.,]\d{{1,{table['tick']['decimals']}}})?"
    return re.compile(rf"{signs}*(?:{item}(?:{between}{item})*|{tick}){signs}*", re.IGNORECASE)


def _any(words: Any) -> str:
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return rf"(?:{'|'.join(map(re.escape, ordered))})"
