"""Every notice that is made, made once for all tests of a worker."""

import copy
import io
import itertools
from dataclasses import dataclass
from functools import cache
from typing import Any

import pikepdf
import pypdfium2

from notices import Site, check, render
from notices.language import languages
from notices.lint import InForce
from notices.outputs import Kind, outputs


@dataclass(frozen=True)
class Wanted:
    """One output in one language and format."""

    language: str
    kind: str
    paper: str
    large_print: bool = False
    easy_read: bool = False

    def __str__(self) -> str:
        formats = [name for name, on in (("large", self.large_print), ("easy", self.easy_read)) if on]
        return "-".join((self.language, self.kind, self.paper, *formats))

    @property
    def one_page(self) -> bool:
        return outputs()[Kind(self.kind)].one_page


_FORMATS = tuple(itertools.product((False, True), repeat=2))
_GROUPS = [
    (language, str(kind), str(paper))
    for language in languages()
    for kind, output in outputs().items()
    if kind != Kind.WEB or language == "en"
    for paper in output.papers
]
_TIGHT = "insert"


def _is_made(number: int, language: str, kind: str, *, large_print: bool, easy_read: bool) -> bool:
    if language == "en":
        return True
    alike = kind != _TIGHT and number % 2 == 1
    return (large_print == easy_read) == alike


EVERY = tuple(
    Wanted(*group, large_print, easy_read)
    for number, group in enumerate(_GROUPS)
    for large_print, easy_read in _FORMATS
    if _is_made(number, *group[:2], large_print=large_print, easy_read=easy_read)
)
"""Every language x output x paper: in English in each of its four formats, in the others in two of them.

Of two, one is in large print and one is not, and one is in Easy Read and one is not. An insert, which has the least
room, is in large print with the long text; of the rest every other one is. The web page is the information sheet again,
so its PDF is made in English only.
"""


@cache
def made(wanted: Wanted) -> bytes:
    """Return the PDF of an output for the example site."""
    return render(
        wanted.kind,
        site=Site.default(),
        language=wanted.language,
        paper=wanted.paper,
        large_print=wanted.large_print,
        easy_read=wanted.easy_read,
    )


def site_with(**changes: Any) -> Site:
    """Return the example site with some settings changed; a dotted name is written with two underscores."""
    data = copy.deepcopy(Site.default().data())
    for name, value in changes.items():
        *path, last = name.split("__")
        node = data
        for part in path:
            node = node.setdefault(part, {})
        node[last] = value
    return Site.parse(data)


NO_RESEARCH = {
    "practice__research": False,
    "privacy__recipients": ["care_providers", "publishers", "trainees"],
    "privacy__conditions": ["health_care", "explicit_consent"],
}
CARE_ALONE = {
    **{f"practice__{name}": False for name in ("teaching", "research", "safety", "planning", "print", "internet")},
    "practice__removed": [],
    "privacy__recipients": ["care_providers"],
    "privacy__conditions": ["health_care"],
    "privacy__rights": ["access"],
}
"""What changes the example site into one that does no research, or nothing with images but care."""


def codes(site: Site, in_force: InForce | None = None, **more: Any) -> dict[str, str]:
    """Return what the lint finds, by its codes."""
    return {one.code: one.message for one in check(site, in_force=in_force, **more)}


def opened(data: bytes) -> pikepdf.Pdf:
    """Open a PDF with pikepdf."""
    return pikepdf.open(io.BytesIO(data))


def picture(data: bytes, page: int = 0, dpi: int = 110):
    """Return a page as a picture."""
    document = pypdfium2.PdfDocument(data)
    try:
        return document[page].render(scale=dpi / 72).to_pil().convert("RGB")
    finally:
        document.close()


def words(data: bytes) -> str:
    """Return what a reader sees, page by page, one line of the page a line."""
    document = pypdfium2.PdfDocument(data)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    lines = [" ".join(line.split()) for page in pages for line in [*page.splitlines(), "-- page --"]]
    return "\n".join(line for line in lines if line) + "\n"
