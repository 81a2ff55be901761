"""The words of the rules that hold an image, read from `rules.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from flask_babel import gettext as _

UNKNOWN = "other"


@dataclass(frozen=True)
class RuleWords:
    """What is said of one rule."""

    name: str
    why: str
    look: str


@cache
def _known() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("consent_portal.web.images").joinpath("rules.toml").read_text(encoding="utf-8"))


def rule_words(rule: str) -> RuleWords:
    """Return the words of a rule; for one that this portal does not know, words that fit any."""
    found = _known().get(rule) or _known()[UNKNOWN]
    return RuleWords(**{name: str(_(text)) for name, text in found.items()})


def method_words(method: str, *, sure: bool) -> str:
    """Return how a place was found, for people: a known place of the device, or found in the picture."""
    known = method.startswith("rule ")
    words = _("a known place of this device") if known else _("looks like writing")
    return str(words if sure else _("%(found)s, not sure", found=words))
