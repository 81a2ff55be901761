"""A language says everything that English says, and nothing else."""

import re
from collections.abc import Iterator

from notices.language import language as language_of
from notices.lint.finding import Finding, Severity
from notices.settings.site import Site
from notices.wording import Wording, wording

_NAMES = re.compile(r"\{(\w+)\}")
_LONG = 24


def translation(site: Site, language: str) -> Iterator[Finding]:
    """Yield every text that is missing, left in English or filled in differently, and the missing signature."""
    words = wording(language)
    yield from compared(wording("en"), words, language)
    if language != "en" and site.review(language, words.fingerprint) is None:
        message = (
            f"the {language_of(language).english} wording awaits a named reviewer; the page says so. Have it read, and "
            f'record the signature under [[reviews]] with wording = "{words.fingerprint}".'
        )
        yield Finding("translation-not-reviewed", Severity.WARNING, f"wording {language}", message, language)


def compared(english: Wording, words: Wording, language: str) -> Iterator[Finding]:
    """Yield what differs between the English texts and those of another language."""
    theirs, here = dict(words.texts()), f"wording {language}, "
    for path, text in english.texts():
        found = theirs.pop(path, "")
        if not found.strip() and text:
            message = "is missing: add it to the language's file, or leave the language out."
            yield Finding("translation-missing", Severity.ERROR, here + path, message, language)
        elif sorted(_NAMES.findall(text)) != sorted(_NAMES.findall(found)):
            message = f"must hold {' and '.join(_NAMES.findall(text)) or 'nothing'} in braces, as English does."
            yield Finding("translation-placeholder", Severity.ERROR, here + path, message, language)
        elif language != "en" and found == text and len(text) > _LONG:
            yield Finding(
                "translation-missing", Severity.ERROR, here + path, "is still English: translate it.", language
            )
    for path in theirs:
        yield Finding("translation-extra", Severity.ERROR, here + path, "is not in English: take it out.", language)
