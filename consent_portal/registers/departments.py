"""Which departments a study is of, by what its images say of where they were made (ADR 0153).

Pure: the rules come from the settings, the marks from the archive. PS3.3 C.7.5.1 (equipment) and C.7.3.1 (series) hold
them; the calling AE title is what the archive noted when the images came in.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

UNKNOWN = "?"
"""In place of departments: the archive has no such study, so nobody can say whose it is. No department has this key."""
KINDS = ("department", "modality", "station", "ae_title")
"""What a rule can name: InstitutionalDepartmentName, Modality, StationName, and the AE title it was sent from."""


def folded(text: str) -> str:
    """Return a value in the one form in which it is compared: no accents, no capitals, words parted by one space."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = (" " if not char.isalnum() else char for char in plain if not unicodedata.combining(char))
    return " ".join("".join(letters).split())


@dataclass(frozen=True)
class Marks:
    """What one series says of where it was made, each value folded; empty where it says nothing."""

    department: str = ""
    modality: str = ""
    station: str = ""
    ae_title: str = ""


@dataclass(frozen=True)
class Rule:
    """What a series must say to be a department's: one of the values of each kind that is named."""

    values: Mapping[str, frozenset[str]]

    def fits(self, marks: Marks) -> bool:
        """Whether a series says so."""
        return all(getattr(marks, kind) in values for kind, values in self.values.items())


@dataclass(frozen=True)
class Departments:
    """The departments of the site, each with the rules of which one is enough; empty where none are switched on."""

    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether departments are switched on."""
        return bool(self.rules)

    @property
    def version(self) -> str:
        """Return a fingerprint of the rules: what was found by others has to be found again."""
        told = {
            key: [{kind: sorted(values) for kind, values in rule.values.items()} for rule in rules]
            for key, rules in self.rules.items()
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def needs_ae_title(self) -> bool:
        """Whether any rule names an AE title, which costs the archive a question more."""
        return any("ae_title" in rule.values for rules in self.rules.values() for rule in rules)

    def of(self, series: Iterable[Marks]) -> frozenset[str]:
        """Return the departments that a study is of: of each that one of its series is of. None: it is everybody's."""
        told = list(series)
        return frozenset(
            key for key, rules in self.rules.items() if any(rule.fits(marks) for rule in rules for marks in told)
        )


NONE = Departments()
"""Departments are not switched on."""


def packed(keys: Iterable[str]) -> str:
    """Return departments as one text for a column."""
    return " ".join(sorted(keys))


def unpacked(text: str) -> frozenset[str]:
    """Return the departments that a column names."""
    return frozenset(text.split())
