"""Rows of a CSV file or an Excel workbook, as text."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from notices.errors import LettersError

MOST_BYTES = 20_000_000
_MOST_UNPACKED = 200_000_000
_MOST_CELLS = (100_001, 100)
_SAVE_AGAIN = "The list is not a CSV file or an Excel workbook: save it again as one of these."
_ZIP = b"PK\x03\x04"
_DAMAGED = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, TypeError, AttributeError,
    OSError, EOFError, NotImplementedError,
)  # fmt: skip
"""What openpyxl and the parts under it raise on a file that is not what it says."""


def rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each row, from 1 as a spreadsheet counts, and its cells; a formula stays as it is written.

    Raises
    ------
    LettersError
        When the file is neither a CSV nor an Excel workbook, or larger than 20 MB.
    """
    if len(data) > MOST_BYTES:
        raise LettersError(f"The list is larger than {MOST_BYTES // 1_000_000} MB: split it into several.")
    yield from _workbook(data) if data.startswith(_ZIP) else _csv(_decoded(data))


def _decoded(data: bytes) -> str:
    """Return the text of a CSV: UTF-8 or UTF-16 as it says so itself, else Windows-1252 as Excel saves it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data:
        return _unmarked_utf16(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _unmarked_utf16(data: bytes) -> str:
    """Return UTF-16 that does not say so, known by the empty half of each letter of its first column's name."""
    for encoding, empty in (("utf-16-le", data[1:8:2]), ("utf-16-be", data[0:8:2])):
        if len(empty) >= 3 and not any(empty):
            return data.decode(encoding, errors="replace")
    raise LettersError(_SAVE_AGAIN)


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1)
    except csv.Error as error:
        raise LettersError(f"The list is not a CSV file that can be read ({error}): save it again as CSV.") from None


def _workbook(data: bytes) -> Iterator[tuple[int, list[str]]]:
    most_rows, most_columns = _MOST_CELLS
    try:
        _check_size(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        cells = book.worksheets[0].iter_rows(values_only=True, max_row=most_rows, max_col=most_columns)
        found = [[_text(cell) for cell in row] for row in cells]
    except (*_DAMAGED, IndexError):
        raise LettersError("The workbook is damaged: open it in a spreadsheet and save it again.") from None
    yield from enumerate(found, start=1)


def _text(cell: object) -> str:
    """Return a cell as text; what openpyxl makes of the rarer formulae is one as well."""
    if isinstance(cell, ArrayFormula | DataTableFormula):
        return "=formula"
    return "" if cell is None else str(cell)


def _check_size(data: bytes) -> None:
    """Refuse a workbook that unpacks to more than a list can hold, before it is unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(one.file_size for one in packed.infolist()) > _MOST_UNPACKED:
            raise LettersError("The workbook holds more than a list of letters: save that sheet alone, as CSV.")
