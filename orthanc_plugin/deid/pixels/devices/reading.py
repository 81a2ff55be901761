"""Device rules as they are written: our own file and a site's, with every fault of a file said at once."""

import tomllib
from importlib.resources import files
from pathlib import Path

from orthanc_plugin.deid.pixels.devices.rules import DeviceRule
from orthanc_plugin.deid.pixels.devices.written import Reader

_MOST_BYTES = 2**20


class RulesError(Exception):
    """A file of rules that cannot be used.

    Attributes
    ----------
    faults : tuple of str
        Each names the rule, the line and the next step.
    """

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def load_rules(path: Path | None = None) -> tuple[DeviceRule, ...]:
    """Return the built-in rules, then those of a site's own file.

    Parameters
    ----------
    path : Path, optional
        The site's file, in the form that ``devices.toml`` describes.

    Raises
    ------
    RulesError
        With all faults of the file.
    """
    own = _read((files("orthanc_plugin.deid.pixels.devices") / "devices.toml").read_text("utf-8"), frozenset())
    if path is None:
        return own
    return own + _read(_text(path), frozenset(rule.name for rule in own))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RulesError([f"the rules file cannot be read: {error.strerror}"]) from None
    if len(data) > _MOST_BYTES:
        raise RulesError([f"the rules file is larger than {_MOST_BYTES} bytes; is it the right file?"])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise RulesError(["the rules file is not UTF-8 text; save it as UTF-8"]) from None


def _read(text: str, taken: frozenset[str]) -> tuple[DeviceRule, ...]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError([f"the rules file is not TOML: {error}"]) from None
    written = document.get("rule")
    if not isinstance(written, list) or not all(isinstance(one, dict) for one in written) or len(document) != 1:
        raise RulesError(["the rules file holds something other than rules; begin each rule with [[rule]]"])
    reader = Reader(text, set(taken))
    rules = [reader.rule(number, one) for number, one in enumerate(written)]
    if reader.faults:
        raise RulesError(reader.faults)
    return tuple(rule for rule in rules if rule is not None)
