"""What can be measured of the look: contrast, the code that phones read, and whether the words fit."""

from collections.abc import Iterator
from ipaddress import ip_address
from itertools import product
from urllib.parse import urlsplit

import segno

from notices.edition import longest
from notices.errors import DoesNotFitError, FontError
from notices.language import language as language_of
from notices.lint.finding import Finding, Severity
from notices.making import Choices, must_fit, render
from notices.outputs import Kind, Paper, outputs
from notices.settings.site import Site
from notices.style import QR_MM

LEAST_MODULE_MM = 0.38
"""The smallest square that phones read well from print (GS1 General Specifications: 0.396 mm less tolerance)."""


def contrast(site: Site) -> Iterator[Finding]:
    """Yield every pair of colours whose contrast is too low."""
    for name, ratio, needed, what in site.theme.contrasts():
        if ratio < needed:
            message = f"{what} is {ratio:.1f} to 1 and must be at least {needed:.1f} to 1: choose another colour."
            yield Finding("contrast", Severity.ERROR, f"theme.{name}", message)


def code(site: Site, public: str = "") -> Iterator[Finding]:
    """Yield what keeps a phone from reading the QR code, or from reaching the public page.

    Parameters
    ----------
    public : str
        Where the portal shows the page, when that is known.
    """
    host = urlsplit(site.notice_url).hostname or ""
    if not site.notice_url.startswith("https://"):
        message = "the code leads to an address without https: patients' phones will warn them. Use https."
        yield Finding("qr-unsafe", Severity.WARNING, "notice_url", message)
    if _unreachable(host):
        message = "the code leads to an address that only this machine or its network knows: use the public one."
        yield Finding("qr-unreachable", Severity.WARNING, "notice_url", message)
    if public and not site.notice_url.startswith(public.rstrip("/")):
        message = "the code does not lead to the page that the portal shows: use that page's address."
        yield Finding("qr-elsewhere", Severity.WARNING, "notice_url", message)
    modules = segno.make(site.notice_url, error="m", micro=False).symbol_size(border=4)[0]
    small = min(QR_MM.values()) / modules
    if small < LEAST_MODULE_MM:
        message = f"the address is so long that the code's squares are {small:.2f} mm: use a shorter address."
        yield Finding("qr-too-fine", Severity.ERROR, "notice_url", message)


def _unreachable(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host


def fit(site: Site, language: str) -> Iterator[Finding]:
    """Yield every poster and insert whose words do not fit on one side of its paper, in any format, once published.

    A version's number and day take more room than the word *draft*: an insert that was measured as a draft was approved
    and could then not be printed.
    """
    published = longest(site, language)
    papers = [(kind, paper) for kind, output in outputs().items() if output.one_page for paper in output.papers]
    for (kind, paper), large, easy in product(papers, (False, True), (False, True)):
        choices = Choices(language=language, paper=paper, large_print=large, easy_read=easy, edition=published)
        where = _name(kind, paper, large=large, easy=easy)
        try:
            must_fit(kind, site, choices)
        except DoesNotFitError as error:
            yield Finding("does-not-fit", Severity.ERROR, where, str(error), language)
        else:
            if kind == Kind.INSERT and large:  # in small letters a line for the name always finds room
                yield from _named(site, choices, where)


def _named(site: Site, choices: Choices, where: str) -> Iterator[Finding]:
    """Yield that an insert has no room for the name of the person that it is for."""
    try:
        must_fit(Kind.INSERT, site, {**choices, "for_person": "A"})
    except DoesNotFitError:
        message = "fits without a person's name, and not with one: letter runs hold it back. Use larger paper for them."
        yield Finding("no-room-for-a-name", Severity.WARNING, where, message, choices["language"])


def letters(site: Site, language: str) -> Iterator[Finding]:
    """Yield the font that is missing, when the longest notice is set in one that was not chosen."""
    try:
        render(Kind.INFORMATION_SHEET, site=site, language=language)
    except FontError as error:
        yield Finding("font-missing", Severity.ERROR, str(Kind.INFORMATION_SHEET), str(error), language)
    except DoesNotFitError as error:
        yield Finding("does-not-fit", Severity.ERROR, str(Kind.INFORMATION_SHEET), str(error), language)


def _name(kind: str, paper: Paper, *, large: bool, easy: bool) -> str:
    formats = [name for name, on in (("large print", large), ("easy read", easy)) if on]
    return ", ".join((f"{kind} {paper}", *formats))


def local(site: Site, language: str) -> Iterator[Finding]:
    """Yield every text of the site that is not given in the notice's language."""
    texts = {"department.name": site.department.name, "department.place": site.department.place}
    for name, text in texts.items():
        if language != "en" and text is not None and not text.has(language):
            message = f"is not given in {language_of(language).english}: add {language!r} so that all of the page is."
            yield Finding("text-not-translated", Severity.WARNING, name, message, language)
