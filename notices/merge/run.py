"""Making a letter run: each insert once for each language and format, then every person's name on it (ADR 0074)."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import pikepdf
from pikepdf import Pdf

from notices.content.page import Page
from notices.edition import Edition
from notices.errors import LettersError, NoticeError
from notices.making import Choices, prepared
from notices.merge.letters import Letter, Refused
from notices.merge.names import Strip, page_of, stamped
from notices.outputs import Kind, Paper
from notices.pdf import fonts
from notices.pdf.fit import fitted
from notices.pdf.layout import Laid
from notices.pdf.make import pdf as pdf_of
from notices.pdf.mend import saved
from notices.settings.site import Site
from notices.style import EDGE_MM

_PT = 72 / 25.4
_HOLDER = "\u00a0"
Progress = Callable[[int, int], None]
"""Called with the number of letters that are done and the number of all."""


def _silent(done: int, of: int) -> None:
    """Say nothing of the progress."""


@dataclass(frozen=True)
class Result:
    """A letter run.

    Attributes
    ----------
    pdf : bytes
        One file, in the order of `letters`; empty when no row could be met.
    letters : tuple of Letter
        Those that were printed, sorted for the printer: by format, then language, then as in the list.
    refused : tuple of Refused
        Rows that could not be met, in the order of the list.
    """

    pdf: bytes
    letters: tuple[Letter, ...]
    refused: tuple[Refused, ...]
    pages: int = 0


def merge(  # noqa: PLR0913 - what a letter run is made of
    kind: Kind | str,
    letters: Sequence[Letter],
    refused: Sequence[Refused] = (),
    *,
    site: Site,
    paper: Paper | str | None = None,
    edition: Edition | None = None,
    progress: Progress = _silent,
) -> Result:
    """Print one notice for each letter into one file.

    Parameters
    ----------
    kind : Kind
        An insert carries the person's name; other kinds are the same for everybody.
    refused : sequence of Refused
        Rows that could not be read, to be reported with those that could not be printed.

    Raises
    ------
    LettersError
        When no letter could be printed.
    NoticeError
        When that kind is not made on that paper.
    """
    run = _Run(Kind(kind), site, Choices(paper=paper, edition=edition), progress, len(letters))
    for (large, easy, language), group in groupby(sorted(letters, key=_order), key=_sheet):
        run.add(list(group), Choices(large_print=large, easy_read=easy, language=language))
    every = (*refused, *run.refused)
    if not run.printed:
        raise LettersError("No letter could be printed.\n" + "\n".join(f"  {one}" for one in every[:20]))
    rows = tuple(sorted(every, key=lambda one: one.row))
    return Result(saved(run.pdf), tuple(run.printed), rows, len(run.pdf.pages))


def _sheet(letter: Letter) -> tuple[bool, bool, str]:
    return letter.large_print, letter.easy_read, letter.language


def _order(letter: Letter) -> tuple[bool, bool, str, int]:
    return (*_sheet(letter), letter.row)


class _Run:
    """One letter run while it is made."""

    def __init__(self, kind: Kind, site: Site, common: Choices, progress: Progress, count: int) -> None:
        self.kind, self.site, self.common = kind, site, common
        self.progress, self.count = progress, count
        self.pdf = Pdf.new()
        self.printed: list[Letter] = []
        self.refused: list[Refused] = []

    def add(self, letters: list[Letter], how: Choices) -> None:
        """Print `letters`, which all have the same language and format."""
        try:
            self._print(letters, {**self.common, **how})
        except NoticeError as error:
            self.refused += [Refused(letter.row, str(error)) for letter in letters]
        self.progress(len(self.printed) + len(self.refused), self.count)

    def _print(self, letters: list[Letter], choices: Choices) -> None:
        if self.kind != Kind.INSERT:
            self._print_unnamed(letters, choices)
            return
        page = prepared(self.kind, self.site, {**choices, "for_person": _HOLDER})
        laid = fitted(page)
        strip, corner = _room(page, laid)
        base = self._base(laid)
        for letter, stamp in zip(letters, stamped(self.pdf, [letter.name for letter in letters], strip), strict=True):
            if stamp is None:
                self.refused.append(Refused(letter.row, "the name is wider than its line on this paper: shorten it."))
            else:
                page_of(self.pdf, base, stamp, corner)
                self.printed.append(letter)
            self.progress(len(self.printed) + len(self.refused), self.count)

    def _base(self, laid: Laid) -> pikepdf.Object:
        with Pdf.open(io.BytesIO(laid.document.write_pdf())) as one:
            fonts.check(one)
            return self.pdf.copy_foreign(one.pages[0].as_form_xobject())

    def _print_unnamed(self, letters: list[Letter], choices: Choices) -> None:
        page = prepared(self.kind, self.site, choices)
        with Pdf.open(io.BytesIO(pdf_of(page))) as one:
            for letter in letters:
                self.pdf.pages.extend(one.pages)
                self.printed.append(letter)


def _room(page: Page, laid: Laid) -> tuple[Strip, tuple[float, float]]:
    """Return the room that a name has beside its label, and its lower left corner in points from the sheet's own."""
    left, top, width, height = laid.place_of("person")
    start, _, holder, _ = laid.place_of("person-name")
    across, down = page.job.paper.millimetres
    edge = left + EDGE_MM[page.job.paper]
    ends = (edge, start + holder) if page.language.direction == "rtl" else (start, across - edge)
    del width
    strip = Strip(ends[1] - ends[0], height, laid.letter_points("person"), page.language.direction)
    return strip, (ends[0] * _PT, (down - top - height) * _PT)
