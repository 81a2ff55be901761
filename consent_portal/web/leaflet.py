"""The site's notices: whose they are, in which languages, as page, picture and PDF."""

import io
from functools import lru_cache
from importlib.resources import files
from typing import Any

import pypdfium2
from flask import current_app

from consent_portal.settings import Settings
from notices import Kind, Paper, Site, WebPage, languages, render, render_html, web_page

NATIONS = {"england", "wales", "scotland", "northern-ireland"}
SHARPNESS = 1.6
"""Pixels of the preview for each point of the paper (1/72 inch)."""
EXTENSION = "aoa_notices"


def site_of(settings: Settings) -> Site:
    """Return the site that the notices speak for: `[site.notices]`, or the example with this site's name and nation.

    Raises
    ------
    notices.SiteError
        Naming every fault of `[site.notices]`.
    """
    own: Any = getattr(settings.site, "notices", None)
    if isinstance(own, dict):
        return Site.parse(own)
    data = Site.default().data()
    data["organisation"]["name"] = settings.site.name
    data["notice_url"] = f"{settings.portal.public_url.rstrip('/')}/notices/web"
    nation = settings.site.nation.lower().replace(" ", "-")
    if nation in NATIONS:
        data["practice"]["nation"] = nation
    return Site.parse(data)


def site() -> Site:
    """Return the site of the app that handles the present request."""
    found: Site = current_app.extensions[EXTENSION]
    return found


@lru_cache(maxsize=1)
def spoken() -> dict[str, str]:
    """Return the languages that have wording, by code, each in its own words."""
    worded = files("notices.wording")
    return {code: one.native for code, one in languages().items() if worded.joinpath(f"{code}.toml").is_file()}


def page(language: str, stylesheet: str, links: dict[str, str]) -> str:
    """Return the web form of the notice."""
    return render_html(Kind.WEB, site=site(), language=language, stylesheet_href=stylesheet, links=links)


def css(language: str) -> str:
    """Return the style sheet of the notice's web form."""
    found: WebPage = web_page(Kind.WEB, site=site(), language=language)
    return found.css


def pdf(kind: Kind, paper: Paper, language: str, *, large_print: bool, easy_read: bool) -> bytes:
    """Return a notice as PDF.

    Raises
    ------
    NoticeError
        When it cannot be made so, for example because it does not fit on its paper.
    """
    return render(kind, site=site(), paper=paper, language=language, large_print=large_print, easy_read=easy_read)


def picture(document: bytes) -> bytes:
    """Return the first page of a PDF as PNG."""
    opened = pypdfium2.PdfDocument(document)
    try:
        image = opened[0].render(scale=SHARPNESS).to_pil()
    finally:
        opened.close()
    held = io.BytesIO()
    image.save(held, "PNG", optimize=True)
    return held.getvalue()
