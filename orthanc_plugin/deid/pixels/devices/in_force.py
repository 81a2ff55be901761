"""The device rules of this process: those built in and, where the site has named its own, these too."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from orthanc_plugin.deid.pixels.devices.reading import load_rules
from orthanc_plugin.deid.pixels.devices.rules import DeviceRule


@dataclass(frozen=True, slots=True)
class InForce:
    """Rules, and the fingerprint of the site's own: 64 hexadecimal characters, empty where it has none."""

    rules: tuple[DeviceRule, ...]
    site: str = ""


_now: list[InForce] = []


def use_rules_of(path: Path | None) -> None:
    """Take a site's file of rules into force, beside those built in; for a process as it starts.

    Raises
    ------
    RulesError
        With all faults of the file; the rules in force stay as they were.
    """
    rules = load_rules(path)
    _now[:] = [InForce(rules, sha256(repr(rules).encode()).hexdigest() if path else "")]


def in_force() -> InForce:
    """Return the rules in force; those built in where the site has named none."""
    if not _now:
        use_rules_of(None)
    return _now[0]
