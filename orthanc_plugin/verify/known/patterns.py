"""What looks like an identifier, whoever's it is: the patterns of `data/patterns.toml`."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from nhs_number.validate import is_valid

from orthanc_plugin.verify.finding import Severity
from orthanc_plugin.verify.known.needles import vocabulary

_PHONE_DIGITS = range(10, 14)


def _is_health_number(value: str) -> bool:
    return bool(is_valid(value.replace(" ", "").replace("-", "")))


def _is_no_vocabulary(value: str) -> bool:
    words = re.findall(r"[a-z]{2,}", value.lower())
    return not words or any(word not in vocabulary() for word in words)


def _is_phone(value: str) -> bool:
    return sum(each.isdigit() for each in value) in _PHONE_DIGITS


_CHECKS: dict[str, Callable[[str], bool]] = {
    "none": bool,
    "nhs-number": _is_health_number,
    "not-vocabulary": _is_no_vocabulary,
    "phone-length": _is_phone,
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern with the test that a hit must pass."""

    rule: str
    about: str
    regex: re.Pattern[str]
    check: Callable[[str], bool]
    hipaa: str
    severity: Severity

    def matches(self, text: str) -> bool:
        """Whether `text` holds one."""
        named = "value" in self.regex.groupindex
        return any(self.check(hit["value"] if named else hit[0]) for hit in self.regex.finditer(text))


@lru_cache(maxsize=1)
def patterns() -> tuple[Pattern, ...]:
    """Return the patterns as the TOML file lists them."""
    text = files("orthanc_plugin.verify").joinpath("data/patterns.toml").read_text("utf-8")
    return tuple(_pattern(entry) for entry in tomllib.loads(text)["pattern"])


def _pattern(entry: dict[str, str]) -> Pattern:
    return Pattern(
        rule=entry["rule"],
        about=entry["about"],
        regex=re.compile(entry["regex"]),
        check=_CHECKS[entry.get("check", "none")],
        hipaa=entry["hipaa"],
        severity=Severity(entry["severity"]),
    )


def matching(text: str) -> Iterator[Pattern]:
    """Yield the patterns that `text` holds."""
    return (pattern for pattern in patterns() if pattern.matches(text))
