"""Removal by form: numbers, dates, addresses, titles with names; the list is ``patterns.toml``."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Pattern:
    """One form, and what it is in words."""

    what: str
    regex: re.Pattern[str]
    needs: frozenset[str]  # one of these characters must be in a text; empty: always tried


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return the forms of ``patterns.toml``, compiled."""
    text = (files("orthanc_plugin.deid.text") / "patterns.toml").read_text("utf-8")
    return tuple(
        Pattern(entry["what"], re.compile(entry["regex"], re.IGNORECASE), frozenset(entry.get("needs", "")))
        for entry in tomllib.loads(text)["pattern"]
    )


def without_patterns(text: str) -> str:
    """Return the text with a blank in place of everything that has one of the forms."""
    present = frozenset(text)  # removing only takes characters away
    for pattern in patterns():
        if not pattern.needs or not pattern.needs.isdisjoint(present):
            text = pattern.regex.sub(" ", text)
    return text
