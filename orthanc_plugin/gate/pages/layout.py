"""What all pages of the gate share: their frame, their reasons, and the headers that keep anything foreign out."""

import tomllib
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from orthanc_plugin.gate.answers import Answer
from orthanc_plugin.gate.pages.markup import Markup, el, joined

_FOLDER = Path(__file__).parent
WORDING: Mapping[str, Any] = tomllib.loads((_FOLDER / "wording.toml").read_text(encoding="utf-8"))
# A sign beside the words, so that nothing is told by colour alone (WCAG 1.4.1).
SIGNS = {"yes": "✓", "no": "✕", "open": "?"}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_CSS = "text/css; charset=utf-8"
_ASSETS = {"gate.css": _CSS, "explorer.css": _CSS, "gate.js": "text/javascript; charset=utf-8"}


def page(
    status: int,
    title: str,
    *content: Markup | None,
    head: Markup | None = None,
    script: bool = False,
    faulty: bool = False,
) -> Answer:
    """Return a whole page.

    Parameters
    ----------
    title
        The first heading, and the window's title.
    faulty
        Whether the window's title says so first, for who only hears the page.
    head
        More for the head.
    script
        Whether the page gains from `gate.js`; it works without.
    """
    html = el(
        "html",
        el(
            "head",
            el("meta", charset="utf-8"),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("title", f"{'Error: ' if faulty else ''}{title} – Anonymise or Ask"),
            el("link", rel="stylesheet", href="/export/assets/gate.css"),
            el("script", src="/export/assets/gate.js", defer=True) if script else None,
            head,
        ),
        el(
            "body",
            el("header", el("p", "Anonymise or Ask", class_="product")),
            el("main", el("h1", title), *content),
        ),
        lang="en-GB",
    )
    headers = {"Content-Security-Policy": _POLICY}
    return Answer(status, b"<!DOCTYPE html>\n" + html.encode(), "text/html; charset=utf-8", headers)


def asset(name: str) -> Answer:
    """Return one of the gate's own style and script files."""
    if name not in _ASSETS:
        return Answer(HTTPStatus.NOT_FOUND, b"There is no such file.", "text/plain; charset=utf-8")
    return Answer(HTTPStatus.OK, (_FOLDER / name).read_bytes(), _ASSETS[name], {"Cache-Control": "no-cache"})


def mark(words: str, kind: str) -> Markup:
    """Return `words` with their sign; `kind` is yes, no or open."""
    return el("span", el("span", SIGNS[kind], aria_hidden="true"), f" {words}", class_=f"mark {kind}")


def reasons(rows: Iterable[Mapping[str, Any]]) -> Markup | None:
    """Return the reasons of a decision as a list, each with its source."""
    items = [
        el("li", str(row.get("text", "")), " ", el("small", f"({row.get('source', '')}, {row.get('rule', '')})"))
        for row in rows
    ]
    return el("ul", *items, class_="reasons") if items else None


def link(text: str, href: str, *, main: bool = False) -> Markup:
    """Return a paragraph with one link, as a button where it is the `main` thing to do."""
    return el("p", el("a", text, href=href, class_="button" if main else None))


def back_to(study: str | None) -> Markup | None:
    """Return the way back to the study's page in Orthanc Explorer."""
    return link("Back to the study", f"/app/explorer.html#study?uuid={study}") if study else None


def wants_html(headers: Mapping[str, str]) -> bool:
    """Return whether a browser asks: programs of ours and others ask for JSON or for anything."""
    accept = headers.get("accept", "")
    return "text/html" in accept and not accept.startswith("application/json")


__all__ = ["SIGNS", "WORDING", "asset", "back_to", "joined", "link", "mark", "page", "reasons", "wants_html"]
