"""What the patient reads on the tablet, in one language: the notices' wording, and the few words of this page."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from consent_portal.ledger.levels import SECONDARY, Level
from notices import languages
from notices.wording import wording


@dataclass(frozen=True)
class TabletWords:
    """The words of the page.

    Attributes
    ----------
    direction : str
        ``ltr`` or ``rtl``.
    levels : dict
        What is asked, by level.
    phrases : dict
        The page's own words, by the keys of ``words.toml``.
    """

    language: str
    native: str
    direction: str
    headline: str
    rights: tuple[str, ...]
    levels: dict[Level, str]
    phrases: dict[str, str]


@cache
def _own_words() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("consent_portal.web.tablet").joinpath("words.toml").read_text(encoding="utf-8"))


def offered() -> dict[str, str]:
    """Return the languages a patient can be asked in, by code, each in English and in its own words."""
    known = languages()
    return {code: f"{known[code].english} ({known[code].native})" for code in _own_words()}


@cache
def words_in(language: str) -> TabletWords:
    """Return the words of one of the offered languages."""
    notice, known = wording(language), languages()[language]
    asked = notice.lists.levels
    return TabletWords(
        language=language,
        native=known.native,
        direction=known.direction,
        headline=" ".join(notice.notice.headline),
        rights=notice.blocks["no"].easy,
        levels={level: asked[str(level)] for level in SECONDARY},
        phrases=_own_words()[language],
    )
