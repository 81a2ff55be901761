"""HTML of a notice: the one source of its PDF pages, its letter text and its web page."""

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from notices import qr
from notices.content.page import Page
from notices.direction import direction_of
from notices.language import Language
from notices.numbers import parted, settled
from notices.outputs import Kind
from notices.style import stylesheet, web_rules
from notices.wording import wording

_BODIES = {
    Kind.POSTER: "one_page.html.j2",
    Kind.INSERT: "one_page.html.j2",
    Kind.INFORMATION_SHEET: "sheet.html.j2",
    Kind.WEB: "sheet.html.j2",
    Kind.LETTER_PARAGRAPH: "letter.html.j2",
    Kind.RECEPTION_SHEET: "reception.html.j2",
}


_NO_BREAK_SPACE = "\u00a0"
_WORTH_TYING, _MOST_TIED = 4, 22


def tied(text: str, clinging: str = "") -> str:
    """Return `text` with its last two words tied together, so that no line holds one short word alone.

    Parameters
    ----------
    clinging : str
        Words of one letter that are tied to the word after them.
    """
    if clinging:
        text = re.sub(rf"(?<!\S)([{clinging}]) ", rf"\1{_NO_BREAK_SPACE}", text, flags=re.IGNORECASE)
    words = text.split(" ")
    last = _NO_BREAK_SPACE.join(words[-2:])
    return " ".join([*words[:-2], last]) if len(words) >= _WORTH_TYING and len(last) <= _MOST_TIED else text


@pass_context
def _set(context: Context, text: str) -> str:
    """Return `text` as a page shows it: no word alone on the last line, numbers whole and in their order."""
    language = context["page"].language
    return settled(tied(text, language.clinging), rtl=language.direction == "rtl")


@pass_context
def _turned(context: Context, text: str) -> dict[str, str]:
    """Return the attribute that says which way `text` runs, where that is not the page's own way."""
    page = context["page"].language.direction
    way = direction_of(text, page)
    return {} if way == page else {"dir": way}


def bits(address: str) -> list[str]:
    """Return the parts of a web address that stay whole: *images*, *.riverside*, *.example/*, *notices/*, *web*."""
    return re.findall(r"\.?[^./]*/?", address)[:-1]


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("notices"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters |= {"set": _set, "turned": _turned, "bits": bits, "parted": parted}
    return made


def body(page: Page, languages: tuple[tuple[Language, str], ...] = ()) -> str:
    """Return the inside of the page's ``body``.

    Parameters
    ----------
    languages : tuple of (Language, address), optional
        Links to the same page in other languages.
    """
    return _rendered(_BODIES[page.job.kind], page, density="cards", languages=languages)


def document(
    page: Page,
    *,
    density: str = "cards",
    css: str | None = None,
    stylesheet_href: str | None = None,
    languages: tuple[tuple[Language, str], ...] = (),
) -> str:
    """Return the whole page.

    Parameters
    ----------
    density : str
        One of :data:`notices.pdf.fit.LADDERS`.
    css : str, optional
        Style sheet put into the page.
    stylesheet_href : str, optional
        Address of the style sheet, in place of `css`, for a site whose policy forbids styles in pages.
    """
    frame = {"css": css, "stylesheet_href": stylesheet_href, "classes": classes(page), "body": _BODIES[page.job.kind]}
    return _rendered("page.html.j2", page, density=density, languages=languages, **frame)


def _rendered(template: str, page: Page, **more: Any) -> str:
    english = wording("en") if page.job.kind == Kind.RECEPTION_SHEET and page.language.code != "en" else None
    code = qr.uri(page.site.notice_url, page.inks["ink"])
    return _templates().get_template(template).render(page=page, qr_uri=code, english=english, **more)


def classes(page: Page) -> str:
    """Return the classes of the page's ``body``."""
    job = page.job
    size, reading = "large" if job.large_print else "standard", "easy-read" if job.easy_read else "plain"
    return f"paper-{job.paper} {size} {reading}"


def letter_text(page: Page) -> str:
    """Return the letter paragraph as plain text."""
    text = _templates().get_template("letter.txt.j2").render(page=page)
    return settled(text, rtl=page.language.direction == "rtl")


def icons(page: Page) -> frozenset[str]:
    """Return the names of the icons that the page shows."""
    cards = (*page.cards, *((page.lead,) if page.lead else ()))
    return frozenset({*(card.icon for card in cards), *(line.icon for card in cards for line in card.easy)})


def style(page: Page) -> str:
    """Return the page's style sheet, without sizes."""
    return stylesheet(page.job.kind, page.language, page.inks, icons(page))


def web_style(page: Page) -> str:
    """Return the style sheet of the page's web form."""
    return style(page) + web_rules()
