"""The list of letters: a name, a language and a format need in each row (Accessible Information Standard)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from notices.errors import LettersError
from notices.language import languages
from notices.merge.tables import rows
from notices.signs import printable

COLUMNS = ("name", "language", "format")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST_LETTERS = 80
_SPREADSHEET_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!"})
_LARGE = frozenset({"large print", "large-print", "large"})
_EASY = frozenset({"easy read", "easy-read", "easyread", "easy"})
_STANDARD = frozenset({"", "standard", "none", "plain"})
_UNMADE = "that format is not made here; use standard, large print, easy read or both, or meet the need another way."
_TOO_WIDE = "it holds more cells than the first row has names: put a name with a separator in it in quotation marks."
MOST_ROWS = 5_000
"""A list of this length makes a file of about 5 MB in 400 MB of memory, most of it for the tags."""
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff"))
"""Signs that are neither seen nor part of a name, and that lists bring along: taken out."""


@dataclass(frozen=True)
class Letter:
    """One insert to print.

    Attributes
    ----------
    row : int
        Number of its row in the list.
    name : str
        For whom it is; never logged.
    """

    row: int
    name: str
    language: str
    large_print: bool = False
    easy_read: bool = False

    def __repr__(self) -> str:
        return f"Letter(row={self.row}, name=<redacted>, language={self.language!r})"


@dataclass(frozen=True)
class Refused:
    """A row that could not be met, and why; the reason holds nothing of the person."""

    row: int
    reason: str

    def __str__(self) -> str:
        return f"Row {self.row}: {self.reason}"


def read_letters(data: bytes) -> tuple[list[Letter], list[Refused]]:
    """Return the letters of a list and the rows that could not be met.

    Parameters
    ----------
    data : bytes
        A CSV file or an Excel workbook whose first row names the columns ``name``, ``language`` and ``format``.

    Raises
    ------
    LettersError
        When it cannot be read as a list at all.
    """
    table = rows(data)
    header = next(table, None)
    if header is None:
        raise LettersError(f"The list is empty: its first row must name the columns {', '.join(COLUMNS)}.")
    places = _places(header[1])
    letters: list[Letter] = []
    refused: list[Refused] = []
    for number, cells in _filled(table):
        if any(cell.strip() for cell in cells[len(header[1]) :]):
            refused.append(Refused(number, _TOO_WIDE))
            continue
        found = _letter(number, [cells[place] if 0 <= place < len(cells) else "" for place in places])
        (letters if isinstance(found, Letter) else refused).append(found)  # type: ignore[arg-type]
    if not letters and not refused:
        raise LettersError("The list holds no letter: write one row for each below the names of the columns.")
    return letters, refused


def _places(header: list[str]) -> list[int]:
    names = [" ".join(cell.split()).lower() for cell in header]
    if "name" not in names:
        raise LettersError(
            f"The list's first row has no column 'name': it must name the columns {', '.join(COLUMNS)}. Write their "
            "names there, with nothing above them, and first and last names together under 'name'."
        )
    for column in COLUMNS:
        if names.count(column) > 1:
            raise LettersError(f"The list has more than one column '{column}': keep the one that counts.")
        if column not in names and any(word.startswith(column) for name in names for word in name.split()):
            raise LettersError(
                f"The list has a column that seems to be '{column}' under another name: name it '{column}', or what it "
                "asks for would not be met."
            )
    return [names.index(column) if column in names else -1 for column in COLUMNS]


def _filled(table: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for count, (number, cells) in enumerate(table):
        if count >= MOST_ROWS:
            raise LettersError(f"The list has more than {MOST_ROWS:,} rows: split it into several.")
        if any(cell.strip() for cell in cells):
            yield number, cells


def _letter(row: int, cells: list[str]) -> Letter | Refused:
    name, language, needs = (" ".join(cell.translate(_UNSEEN).split()) for cell in cells)
    reason = name_fault(name)
    if reason:
        return Refused(row, reason)
    code = _code(language)
    if code is None:
        known = ", ".join(f"{one.code} ({one.english})" for one in languages().values())
        return Refused(row, f"there is no wording in that language; use one of {known}, or meet the need another way.")
    formats = _formats(needs)
    if formats is None:
        return Refused(row, _UNMADE)
    return Letter(row, name, code, *formats)


def name_fault(name: str) -> str:
    """Return why `name` cannot be printed on a letter, or nothing when it can; the reason does not hold the name."""
    return next((reason for wrong, reason in _FAULTS if wrong(name)), "")


def _garbled(name: str) -> bool:
    """Tell whether a name in UTF-8 was read as Windows-1252 on its way here: *Zoë* as *ZoÃ«*."""
    if name.isascii():
        return False
    try:
        return bool(name.encode("cp1252").decode("utf-8"))
    except UnicodeError:
        return False


def _unnamed(name: str) -> bool:
    return not any(sign.isalpha() for sign in name) or name.upper() in _SPREADSHEET_ERRORS


_FAULTS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda name: not name.strip(), "the name is empty: fill it in."),
    (lambda name: name.startswith(_FORMULA), "the name is a formula, not a name: replace it by its value."),
    (_unnamed, "the name holds no letters of a name: look whether the columns or their sources were mixed up."),
    (lambda name: len(name) > _MOST_LETTERS, f"the name is longer than {_MOST_LETTERS} letters: shorten it."),
    (lambda name: not printable(name), "the name holds signs that cannot be printed: type it again."),
    (_garbled, "the name is garbled (its accents were read in the wrong encoding): save the list as UTF-8 again."),
)


def _code(language: str) -> str | None:
    wanted = language.casefold()
    for one in languages().values():
        if wanted in (one.code, one.english.casefold(), one.native.casefold()) or wanted.startswith(f"{one.code}-"):
            return one.code
    return "en" if not wanted else None


def _formats(needs: str) -> tuple[bool, bool] | None:
    parts = {
        part.strip() for part in needs.lower().replace(" and ", "+").replace(",", "+").replace("/", "+").split("+")
    }
    large, easy = bool(parts & _LARGE) or "both" in parts, bool(parts & _EASY) or "both" in parts
    known = parts <= _LARGE | _EASY | _STANDARD | {"both"}
    return (large, easy) if known else None
