"""The site's notices: whose they are, in which languages, as page and on paper.

Patients are shown the version that is published; until one is, the notice that comes with the programme.
"""

from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from consent_portal.clock import local_day
from consent_portal.parts import parts
from consent_portal.publishing import settings as saved_settings
from consent_portal.publishing import versions
from consent_portal.publishing.rows import PageRow
from consent_portal.settings import Settings
from consent_portal.web.frame.templating import day
from notices import Kind, Site, WebPage, languages, render_html, web_page
from notices.versions import State, Version

EXTENSION = "aoa_notices"


def site_of(settings: Settings) -> Site:
    """Return the site that the notices speak for: `[site.notices]`, or the example with this site's name and nation.

    Raises
    ------
    notices.SiteError
        Naming every fault of `[site.notices]`.
    """
    if settings.site.notices is not None:
        return Site.parse(settings.site.notices)
    data = Site.default().data()
    data["organisation"]["name"] = settings.site.name
    data["notice_url"] = _address(settings)
    data["practice"]["nation"] = settings.site.nation.lower().replace(" ", "-")
    return Site.parse(data)


def _address(settings: Settings) -> str:
    return f"{settings.portal.public_url.rstrip('/')}/notices/{Kind.WEB.value}"


def public_address() -> str:
    """Return where patients read the notice on the web."""
    return _address(parts().settings)


def built_in() -> Site:
    """Return the site that the notices speak for until somebody saves settings in the portal."""
    found: Site = current_app.extensions[EXTENSION]
    return found


def site(session: Session) -> Site:
    """Return the settings as they were saved last: what the next version will say."""
    return saved_settings.saved(session) or built_in()


def published() -> Version | None:
    """Return the version that patients are given, as it was approved; None while none is published.

    Raises
    ------
    NotPrintable
    """
    with parts().database.reading() as session:
        found = versions.in_force(session)
    return versions.as_approved(found) if found else None


def given() -> dict[str, tuple[str, date]]:
    """Return what may have been given to a patient, by what a consent record says: words, and the day it appeared."""
    with parts().database.reading() as session:
        known = versions.were_published(session)
    return {one.label: (_leaflet_words(one), _published_on(one)) for one in known}


def _published_on(version: Version) -> date:
    step = next(step for step in version.steps if step.state is State.PUBLISHED)
    return local_day(datetime.fromisoformat(step.at))


def _leaflet_words(version: Version) -> str:
    return str(_("Version %(label)s, published %(day)s", label=version.label, day=day(_published_on(version))))


@lru_cache(maxsize=1)
def spoken() -> dict[str, str]:
    """Return the languages that have wording, by code, each in its own words."""
    worded = files("notices.wording")
    return {code: one.native for code, one in languages().items() if worded.joinpath(f"{code}.toml").is_file()}


def page(language: str, stylesheet: str, links: dict[str, str]) -> str:
    """Return the web form of the notice that comes with the programme."""
    return render_html(Kind.WEB, site=built_in(), language=language, stylesheet_href=stylesheet, links=links)


def css(language: str) -> str:
    """Return the style sheet of the built-in notice's web form."""
    found: WebPage = web_page(Kind.WEB, site=built_in(), language=language)
    return found.css


def pages_of(version: Version) -> list[PageRow]:
    """Return the web pages of an approved version, to be kept with it."""
    links = {code: url_for("notices.public", kind=Kind.WEB.value, language=code) for code in version.languages}
    return [_page(version, code, links if len(links) > 1 else {}) for code in version.languages]


def _page(version: Version, language: str, links: dict[str, str]) -> PageRow:
    speaks, edition = version.site, version.edition()
    stylesheet = url_for("notices.style", kind=Kind.WEB.value, language=language, version=version.number)
    html = render_html(
        Kind.WEB, site=speaks, language=language, edition=edition, stylesheet_href=stylesheet, links=links
    )
    css = web_page(Kind.WEB, site=speaks, language=language, edition=edition).css
    return PageRow(version=version.number, language=language, html=html, css=css)
