"""Which version of the notice a page is, as it is printed on every page."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from notices.content import values
from notices.language import Language
from notices.language import language as language_of
from notices.settings.site import Site
from notices.wording import Wording, wording

_MANY = 99
"""More versions than a department publishes in some decades."""


@dataclass(frozen=True)
class Edition:
    """A version of the notice.

    Attributes
    ----------
    number : int, optional
        Number of an approved version; without it the page is a draft.
    approved : date, optional
        Day on which the Caldicott Guardian approved it.
    code : str
        First eight digits of the fingerprint of settings and wording, so that any sheet can be matched to its source.
    """

    code: str
    number: int | None = None
    approved: date | None = None

    def label(self, words: Wording, language: Language) -> str:
        """Return the line that is printed on the page."""
        if self.number is None or self.approved is None:
            return f"{words.footer.draft} ({self.code})"
        return (
            f"{words.footer.version} {self.number}{language.comma} {values.day(self.approved, language)} ({self.code})"
        )


def fingerprint(site: Site, languages: tuple[str, ...]) -> str:
    """Return the SHA-256, in hexadecimal, of everything that decides what the notices of `site` say."""
    settings = json.dumps(site.data(), sort_keys=True, ensure_ascii=False)
    parts = [settings, *(wording(code).fingerprint for code in languages)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def longest(site: Site, language: str) -> Edition:
    """Return an edition whose label is as long as that of any version is likely to be: what must still fit."""
    spoken = language_of(language)
    days = (date(2026, month, 28) for month in range(1, 13))
    return Edition(draft(site, language).code, _MANY, max(days, key=lambda day: len(values.day(day, spoken))))


def draft(site: Site, language: str) -> Edition:
    """Return the edition of a page that nobody has approved yet."""
    return Edition(code=fingerprint(site, (language,))[:8])
