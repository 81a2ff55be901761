"""The second checklist: the 18 categories of HIPAA's Safe Harbor (R82)."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pydicom.datadict import tag_for_keyword

from orthanc_plugin.verify.finding import Finding
from orthanc_plugin.verify.known.collect import is_placeholder
from orthanc_plugin.verify.known.patterns import patterns
from orthanc_plugin.verify.reading.reading import Reading
from orthanc_plugin.verify.reading.walk import dictionary_vr

_AGE, _MODALITY = 0x00101010, 0x00080060


@dataclass(frozen=True, slots=True)
class Category:
    """One category: what opens it, and what a person has to look at."""

    letter: str
    title: str
    rules: frozenset[str]
    tags: frozenset[int]
    vrs: frozenset[bytes]
    ages_over: int
    look: str
    modalities: frozenset[str]

    def is_open(self, reading: Reading, findings: Iterable[Finding]) -> bool:
        """Whether an object may still hold something of this category."""
        return any(each.rule in self.rules for each in findings) or any(
            self._concerns(tag, vr) and self._says(tag, vr, reading.data[start : start + length])
            for tag, vr, start, length, _ in reading.elements
            if length
        )

    def _concerns(self, tag: int, vr: bytes) -> bool:
        known = dictionary_vr(tag)
        return tag in self.tags or (known if known != b"UN" else vr) in self.vrs or (self.ages_over > 0 and tag == _AGE)

    def _says(self, tag: int, vr: bytes, value: bytes) -> bool:
        text = value.decode("latin-1").strip(" \0")
        if tag == _AGE:
            return text[:3].isdigit() and text.endswith("Y") and int(text[:3]) > self.ages_over
        if vr in {b"DA", b"DT"}:
            return text[4:8] not in {"", "0101"}  # a year alone, or its first day, tells no more than the year
        return bool(text) and not is_placeholder(text)


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """Return the categories of `data/hipaa.toml`, each with the patterns that belong to it."""
    text = files("orthanc_plugin.verify").joinpath("data/hipaa.toml").read_text("utf-8")
    return tuple(_category(entry) for entry in tomllib.loads(text)["category"])


def _category(entry: dict[str, object]) -> Category:
    letter = str(entry["letter"])
    own = {pattern.rule for pattern in patterns() if pattern.hipaa == letter}
    return Category(
        letter,
        str(entry["title"]),
        frozenset(_list(entry, "rules")) | own,
        frozenset(tag for keyword in _list(entry, "elements") if (tag := tag_for_keyword(keyword)) is not None),
        frozenset(vr.encode() for vr in _list(entry, "vrs")),
        int(str(entry.get("ages_over", 0))),
        str(entry.get("look", "")),
        frozenset(_list(entry, "modalities")),
    )


def _list(entry: dict[str, object], key: str) -> Sequence[str]:
    value = entry.get(key, [])
    return [str(each) for each in value] if isinstance(value, list) else []


def checklist(reading: Reading, findings: Sequence[Finding]) -> dict[str, str]:
    """Return each category's letter with ``open``, ``look`` (a person has to look at the pictures) or ``closed``."""
    modality = reading.top().get(_MODALITY)
    shown = reading.value(modality).decode("latin-1").strip(" \0") if modality else ""
    return {each.letter: _state(each, reading, findings, shown) for each in categories()}


def _state(category: Category, reading: Reading, findings: Sequence[Finding], modality: str) -> str:
    if category.is_open(reading, findings):
        return "open"
    return "look" if modality in category.modalities else "closed"
