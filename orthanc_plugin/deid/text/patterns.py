"""Removal by form: numbers, dates, addresses, titles with names; the list is ``patterns.toml``."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from orthanc_plugin.deid.text.words import is_harmless

_FIRST_WORD = re.compile(r"[\s^,.:=]*([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One form, and what it is in words."""

    what: str
    regex: re.Pattern[str]
    needs: frozenset[str]  # one of these characters must be in a text; empty: always tried
    modalities: frozenset[str] = frozenset()  # beginnings that are none before a harmless word: MR BRAIN, by CT

    def removed_from(self, text: str) -> str:
        """Return the text with a blank in place of everything that has the form and is no modality."""
        kept, at, searched = [], 0, 0
        while match := self.regex.search(text, searched):
            begins = next((word for word in self.modalities if match.group().startswith(f"{word} ")), "")
            if begins and _is_described(text, match.start() + len(begins)):
                searched = match.start() + len(begins)
                continue
            kept.append(text[at : match.start()])
            at = searched = match.end()
        return " ".join([*kept, text[at:]])


@cache
def patterns() -> tuple[Pattern, ...]:
    """Return the forms of ``patterns.toml``, compiled."""
    text = (files("orthanc_plugin.deid.text") / "patterns.toml").read_text("utf-8")
    return tuple(
        Pattern(
            entry["what"],
            re.compile(entry["regex"], re.IGNORECASE),
            frozenset(entry.get("needs", "")),
            frozenset(entry.get("modalities", ())),
        )
        for entry in tomllib.loads(text)["pattern"]
    )


def without_patterns(text: str) -> str:
    """Return the text with a blank in place of everything that has one of the forms."""
    present = frozenset(text)  # removing only takes characters away
    for pattern in patterns():
        if not pattern.needs or not pattern.needs.isdisjoint(present):
            text = pattern.removed_from(text) if pattern.modalities else pattern.regex.sub(" ", text)
    return text


def _is_described(text: str, at: int) -> bool:
    """Say whether the next word is one that says what was imaged and how."""
    following = _FIRST_WORD.match(text, at)
    return bool(following and is_harmless(following[1]))
