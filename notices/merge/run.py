"""Making a letter run: each insert once for each language and format, then every person's name on it (ADR 0074)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from pikepdf import Pdf

from notices.edition import Edition
from notices.errors import LettersError, NoticeError
from notices.making import Choices, prepared
from notices.merge.letters import Letter, Refused
from notices.merge.names import Strip, drawn
from notices.merge.sheet import HOLDER, Sheet, sheet_of
from notices.merge.tags import Tree
from notices.outputs import Kind, Paper
from notices.pdf.mend import saved
from notices.settings.site import Site

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
        self.tree = Tree(self.pdf)
        self.printed: list[Letter] = []
        self.refused: list[Refused] = []

    def add(self, letters: list[Letter], how: Choices) -> None:
        """Print `letters`, which all have the same language and format."""
        named: Choices = {"for_person": HOLDER} if self.kind == Kind.INSERT else {}
        try:
            sheet = sheet_of(prepared(self.kind, self.site, {**self.common, **how, **named}), self.pdf)
        except NoticeError as error:
            self.refused += [Refused(letter.row, str(error)) for letter in letters]
            self._tell()
            return
        if sheet.strip is None:
            self._add_unnamed(sheet, letters)
        else:
            self._add_named(sheet, sheet.strip, letters)

    def _add_unnamed(self, sheet: Sheet, letters: list[Letter]) -> None:
        copies = sheet.copies(self.pdf, self.tree, {})
        for letter in letters:
            copies.add()
            self.printed.append(letter)
            self._tell()

    def _add_named(self, sheet: Sheet, strip: Strip, letters: list[Letter]) -> None:
        left = iter(letters)
        for own, drawings in drawn(self.pdf, [letter.name for letter in letters], strip):
            copies = sheet.copies(self.pdf, self.tree, own)
            for drawing, letter in zip(drawings, left, strict=False):  # the next drawings take up where these end
                if drawing.fault:
                    self.refused.append(Refused(letter.row, drawing.fault))
                else:
                    copies.add(drawing)
                    self.printed.append(letter)
                self._tell()

    def _tell(self) -> None:
        self.progress(len(self.printed) + len(self.refused), self.count)
