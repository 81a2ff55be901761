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
            begins = next((word for word in self.modalities if _begins_with(match.group(), word)), "")
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


def _begins_with(text: str, modality: str) -> bool:
    """Say whether a text begins with a modality: MR BRAIN and MR.BRAIN do, and MR. Brain is a man."""
    rest = text.removeprefix(modality)
    return rest != text and (rest[0] == " " or (rest[0] == "." and rest[1:2].isalpha()))


def _is_described(text: str, at: int) -> bool:
    """Say whether the next word is one that says what was imaged and how."""
    following = _FIRST_WORD.match(text, at)
    if not following or not is_harmless(following[1]):
        return False
    return len(following[1]) > 1 or _is_end(text, following.end()) or _is_described(text, following.end())


def _is_end(text: str, at: int) -> bool:
    """Say whether no word follows: an initial has a name behind it, MR C-spine has the spine."""
    return _FIRST_WORD.match(text, at) is None
