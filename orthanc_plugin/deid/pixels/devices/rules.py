"""Device rules: which pictures a rule is for, and which places it names."""

import re
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from pydicom import Dataset
from pydicom.multival import MultiValue

from orthanc_plugin.rendering import faults_of

TEXTS = (
    "Manufacturer", "ManufacturerModelName", "SoftwareVersions", "Modality", "SOPClassUID", "ImageType",
    "ConversionType",
)  # fmt: skip
"""Attributes that a rule may ask for by text."""

SIZES = ("Rows", "Columns")


class Does(StrEnum):
    """What becomes of a rule's areas."""

    BLANK = "blank"
    SEARCH = "search"


class Place(StrEnum):
    """A place that the object itself tells."""

    OUTSIDE_ULTRASOUND_REGIONS = "outside-ultrasound-regions"
    MARGINS = "margins"


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Where: in stored pixels, or in fractions of the picture; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float
    in_pixels: bool


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place by name; `depth` of a margin is a fraction of the side that it lies along."""

    place: Place
    depth: float = 0.0


@dataclass(frozen=True, slots=True)
class DeviceRule:
    """One rule.

    Attributes
    ----------
    name : str
        Of this rule alone.
    origin : str
        A public source, or what it was measured on.
    does : Does
        Whether its areas go or are searched harder.
    texts : tuple of (str, tuple of str)
        Keyword and patterns; each keyword has to be met by one of its patterns.
    sizes : tuple of (str, int)
        Keyword (Rows, Columns) and value.
    where : tuple of Rectangle or KnownPlace
        Its places.
    """

    name: str
    origin: str
    does: Does
    texts: tuple[tuple[str, tuple[str, ...]], ...]
    sizes: tuple[tuple[str, int], ...]
    where: tuple[Rectangle | KnownPlace, ...]

    def matches(self, facts: "DeviceFacts") -> bool:
        """Return whether the rule is for an object with these facts."""
        return all(
            any(fnmatchcase(value, _plain(pattern)) for value in facts.text(keyword) for pattern in patterns)
            for keyword, patterns in self.texts
        ) and all(facts.size(keyword) == value for keyword, value in self.sizes)


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What rules ask about an object: its device, kind and size, and nothing of the patient."""

    texts: tuple[tuple[str, tuple[str, ...]], ...]
    rows: int
    columns: int

    @classmethod
    def of(cls, dataset: Dataset) -> "DeviceFacts":
        """Return the facts of an object; a size that is no number is 0.

        Raises
        ------
        UnrenderableError
            When the header is broken.
        """
        with faults_of("its header"):
            texts = tuple((keyword, _values(dataset.get(keyword))) for keyword in TEXTS)
            return cls(texts, _whole(dataset.get("Rows")), _whole(dataset.get("Columns")))

    def text(self, keyword: str) -> tuple[str, ...]:
        """Return the values of an attribute, lower-cased, with single spaces."""
        return dict(self.texts)[keyword]

    def size(self, keyword: str) -> int:
        """Return Rows or Columns."""
        return self.rows if keyword == "Rows" else self.columns


def matching(rules: tuple[DeviceRule, ...], facts: DeviceFacts) -> tuple[DeviceRule, ...]:
    """Return the rules that are for an object with these facts, in their order."""
    return tuple(rule for rule in rules if rule.matches(facts))


def _values(value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    return tuple(_plain(str(one)) for one in (value if isinstance(value, MultiValue | list) else [value]))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
