"""Rows of a CSV file or an Excel workbook, as text."""

import csv
import io
import zipfile
from collections.abc import Iterator

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from notices.errors import LettersError

MOST_BYTES = 20_000_000
_ZIP = b"PK\x03\x04"
_DAMAGED = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError)


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
        raise LettersError("The list is not a CSV file or an Excel workbook: save it again as one of these.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1)
    except csv.Error as error:
        raise LettersError(f"The list is not a CSV file that can be read ({error}): save it again as CSV.") from None


def _workbook(data: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        found = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    except (*_DAMAGED, IndexError):
        raise LettersError("The workbook is damaged: open it in a spreadsheet and save it again.") from None
    yield from enumerate(found, start=1)
