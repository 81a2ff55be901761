"""Values of the settings, written in the notice's language."""

from datetime import date, time, timedelta

from babel.dates import format_date, format_time, format_timedelta, get_day_names
from babel.lists import format_list

from notices.language import Language
from notices.settings.site import Hours, Practice, Retention
from notices.wording import Wording

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBER = {"england": "nhs_number", "wales": "nhs_number", "scotland": "chi_number", "northern-ireland": "hc_number"}
USES = ("teaching", "research", "safety", "planning")


def uses(practice: Practice, words: Wording) -> list[str]:
    """Return what images are used for beyond care."""
    return [words.lists.uses[name] for name in USES if getattr(practice, name)]


def removed(practice: Practice, words: Wording) -> list[str]:
    """Return what is taken off an image, with the patient number's name in the site's nation."""
    keys = (_NUMBER[practice.nation] if name == "national_number" else name for name in practice.removed)
    return [words.lists.removed[key] for key in keys]


def levels(practice: Practice, words: Wording) -> list[str]:
    """Return the choices that a patient is offered; keeping a picture for one's own care is always one."""
    names = ["record", *(name for name in ("teaching", "print", "internet") if getattr(practice, name))]
    return [words.lists.levels[name] for name in names]


def joined(parts: list[str], language: Language) -> str:
    """Join `parts` as the language does: commas, and a word for *and*."""
    text = format_list(parts, locale=language.locale)
    before, found, last = text.partition(" a(c) ")
    return f"{before.removesuffix(',')} {_welsh_and(last)}" if found else text


def _welsh_and(word: str) -> str:
    """Return *and* with the word after it, as Welsh joins them: *ac* before a vowel, *a* with the aspirate mutation."""
    if word[:1].lower() in "aeiouwyâêîôûŵŷ":
        return f"ac {word}"
    if word[:2].lower() in ("ch", "ph", "th"):
        return f"a {word}"
    return f"a {word[:1]}h{word[1:]}" if word[:1].lower() in ("c", "p", "t") else f"a {word}"


def years(retention: Retention, words: Wording, language: Language) -> list[tuple[str, str]]:
    """Return what is kept and for how long."""
    kept = ((name, count) for name, count in retention.model_dump().items() if count is not None)
    return [(words.details.retention[name], _years(count, language)) for name, count in kept]


def _years(count: int, language: Language) -> str:
    if language.years:
        return dict(language.years)[language.locale.plural_form(count)].format(count)
    return str(format_timedelta(timedelta(days=366 * count), granularity="year", locale=language.locale))


def opening(hours: Hours, language: Language) -> str:
    """Return one line of opening hours, such as *Monday–Friday, 08:30–17:00*."""
    names = _day_names(language)
    days = [names[_DAYS.index(day)] for day in (hours.first, hours.last) if day]
    opens, closes = (_clock(text, language) for text in (hours.opens, hours.closes))
    return f"{_sentence_case(_span(days))}{language.comma} {opens}–{closes}"


def _day_names(language: Language) -> dict[int, str]:
    """Return the names of the days, Monday first.

    The form *format* is held by each language; *stand-alone* is borrowed from it, and Babel 2.18 keeps what one
    language borrowed for all that ask later, so that a Bengali page showed Urdu days.
    """
    return dict(get_day_names("wide", context="format", locale=language.locale))


def _span(days: list[str]) -> str:
    """Join the first and the last day: the dash stands apart where a name holds a space or a hyphen."""
    return (" – " if any(mark in day for day in days for mark in " -") else "–").join(days)


def _clock(text: str, language: Language) -> str:
    return str(format_time(time.fromisoformat(text), "HH:mm", locale=language.locale))


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def day(value: date, language: Language) -> str:
    """Return a date in words."""
    return str(format_date(value, "long", locale=language.locale))
