"""What every template may use: dates, words for codes, the navigation of the role."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import get_locale
from flask_security import current_user

from consent_portal.clock import LOCAL, from_text, local_day
from consent_portal.ledger.levels import Level
from consent_portal.settings import Settings
from consent_portal.web.frame import wording
from consent_portal.web.frame.access import ROLE_NAMES, role_of_user, roles_of
from consent_portal.web.frame.navigation import items


def day(value: str | date | None) -> str:
    """Return a date in words, `12 March 2024`; takes ISO or DICOM text, a date, or a moment.

    Of a moment it is the day in the United Kingdom (hazard H7); any other text is left as it is.
    """
    if not value:
        return ""
    if isinstance(value, datetime):
        value = local_day(value)
    if isinstance(value, str):
        if value[10:11] == "T":
            return day(from_text(value))
        text = f"{value[:4]}-{value[4:6]}-{value[6:]}" if len(value) == 8 and value.isdigit() else value
        try:
            value = date.fromisoformat(text[:10])
        except ValueError:
            return text
    return _date_words(value, str(get_locale() or "en_GB"))


@lru_cache(maxsize=4096)
def _date_words(value: date, language: str) -> str:
    return str(format_date(value, "d MMMM y", locale=language))


def moment(value: str | datetime | None) -> str:
    """Return a moment in words, in the time of the United Kingdom: `12 March 2024, 14:05`."""
    if not value:
        return ""
    at = from_text(value) if isinstance(value, str) else value
    return _moment_words(at.astimezone(LOCAL), str(get_locale() or "en_GB"))


@lru_cache(maxsize=4096)
def _moment_words(at: datetime, language: str) -> str:
    return str(format_datetime(at, "d MMMM y, HH:mm", locale=language))


def capitalise(text: str) -> str:
    """Return text with a capital at its beginning and the rest as it is."""
    return text[:1].upper() + text[1:]


def _signed_in() -> dict[str, Any] | None:
    role = role_of_user()
    if role is None:
        return None
    return {"user": current_user.username, "role": ROLE_NAMES[role]}


def export_address(orthanc: str, study: str, purpose: str = "", recipient: str = "") -> str:
    """Return where a study is exported in Orthanc, with what is known of the wish already filled in."""
    wish = urlencode({name: value for name, value in (("purpose", purpose), ("recipient", recipient)) if value})
    return f"{orthanc}/export/new/{quote(study, safe='-')}" + (f"?{wish}" if wish else "")


OPENED_ALL_DAY = (
    "base.html", "pages/dashboard.html", "parts/fields.html", "parts/icons.html", "parts/show.html",
    "releases/table.html", "security/login_user.html", "studies/find.html", "studies/show.html",
)  # fmt: skip


def make_ready(app: Flask) -> None:
    """Compile what people open all day, so that nobody waits for it as the first."""
    for name in OPENED_ALL_DAY:
        app.jinja_env.get_template(name)


def install(app: Flask, settings: Settings) -> None:
    """Give the templates of `app` their filters and words."""
    public = settings.portal.orthanc_public_url.rstrip("/")
    app.jinja_env.filters.update(day=day, moment=moment, capitalise=capitalise)
    app.jinja_env.globals.update(
        outcome_name=wording.outcome_name,
        state_name=wording.state_name,
        state_tone=wording.state_tone,
        purpose_name=wording.purpose_name,
        profile_name=wording.profile_name,
        situation_name=wording.situation_name,
        rule_name=wording.rule_name,
        all_levels=tuple(Level),
        orthanc_export=lambda study, purpose="", recipient="": export_address(public, study, purpose, recipient),
        orthanc_job=lambda job: f"{public}/export/{quote(job, safe='-')}",
        orthanc_study=lambda study: f"{public}/app/explorer.html#study?uuid={quote(study, safe='-')}",
        site_name=settings.site.name,
        idle_minutes=settings.portal.idle_minutes,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    app.jinja_env.globals.update(may_open=lambda endpoint: role_of_user() in roles_of(endpoint, app))

    @app.context_processor
    def of_this_page() -> dict[str, Any]:
        role = role_of_user()
        locale = get_locale()
        return {
            "page_language": str(locale).replace("_", "-") if locale else "en-GB",
            "signed_in_as": _signed_in(),
            "navigation": items(role) if role else (),
        }
