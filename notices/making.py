"""What the command line, the portal and a letter system call to make a notice."""

from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from notices import edition as editions
from notices import markup
from notices.content.page import Page, page
from notices.edition import Edition
from notices.language import Language, languages
from notices.outputs import Kind, Paper, job
from notices.settings.site import Site


class Choices(TypedDict, total=False):
    """How a notice is made; everything may be left out."""

    language: str
    paper: Paper | str | None
    large_print: bool
    easy_read: bool
    print_ready: bool
    edition: Edition | None
    for_person: str | None


@dataclass(frozen=True)
class WebPage:
    """The web form of a notice, in parts.

    Attributes
    ----------
    fragment : str
        The inside of ``body``, for a site that has its own frame.
    css : str
        The style sheet; its pictures are ``data:`` addresses, so a content security policy needs ``img-src data:``.
    direction : str
        ``ltr`` or ``rtl``.
    """

    title: str
    language: str
    direction: str
    fragment: str
    css: str


def render(kind: Kind | str, *, site: Site, **choices: Unpack[Choices]) -> bytes:
    """Return a notice as PDF.

    Parameters
    ----------
    kind : Kind
        ``poster``, ``insert``, ``information-sheet``, ``letter-paragraph``, ``web`` or ``reception-sheet``.
    site : Site
        For whom it speaks.
    language : str
        Code of the language, English by default.
    paper : Paper, optional
        The kind's first paper by default.
    large_print, easy_read, print_ready : bool
        The format.
    edition : Edition, optional
        The version that is printed; a draft by default.
    for_person : str, optional
        Name printed on an insert.

    Raises
    ------
    NoticeError
        When it cannot be made; nothing is made by halves.
    """
    from notices.pdf import pdf  # noqa: PLC0415  (a second, which the web page and the portal's own process never need)

    return pdf(prepared(kind, site, choices))


def must_fit(kind: Kind | str, site: Site, choices: Choices) -> None:
    """Lay a poster or an insert out, without making the PDF.

    Raises
    ------
    DoesNotFitError
        When its words do not fit on one side of its paper.
    """
    from notices.pdf.fit import fitted  # noqa: PLC0415  (as above)

    fitted(prepared(kind, site, choices))


def render_text(kind: Kind | str = Kind.LETTER_PARAGRAPH, *, site: Site, **choices: Unpack[Choices]) -> str:
    """Return the letter paragraph as plain text."""
    return markup.letter_text(prepared(kind, site, choices))


def render_html(
    kind: Kind | str = Kind.WEB,
    *,
    site: Site,
    stylesheet_href: str | None = None,
    links: dict[str, str] | None = None,
    **choices: Unpack[Choices],
) -> str:
    """Return a notice as a whole web page.

    Parameters
    ----------
    stylesheet_href : str, optional
        Address at which the caller serves :attr:`WebPage.css`; without it the rules stand in the page.
    links : dict of str to str, optional
        Addresses of the same page in other languages, by code.
    """
    one = prepared(kind, site, choices)
    css = None if stylesheet_href else markup.web_style(one)
    return markup.document(one, css=css, stylesheet_href=stylesheet_href, languages=_named(links or {}))


def web_page(
    kind: Kind | str = Kind.WEB, *, site: Site, links: dict[str, str] | None = None, **choices: Unpack[Choices]
) -> WebPage:
    """Return the parts of a notice's web page, for a caller that frames it."""
    one = prepared(kind, site, choices)
    fragment = markup.body(one, languages=_named(links or {}))
    return WebPage(one.title, one.language.code, one.language.direction, fragment, markup.web_style(one))


def prepared(kind: Kind | str, site: Site, choices: Choices) -> Page:
    """Return everything that the notice says."""
    wanted: dict[str, Any] = dict(choices)
    edition, person = wanted.pop("edition", None), wanted.pop("for_person", None)
    code = wanted.pop("language", "en")
    made = job(kind, code, wanted.pop("paper", None), **wanted)
    return page(made, site, edition or editions.draft(site, code), for_person=person)


def _named(links: dict[str, str]) -> tuple[tuple[Language, str], ...]:
    return tuple((one, links[code]) for code, one in languages().items() if code in links)
