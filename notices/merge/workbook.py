"""Rows of an Excel workbook, as text; a formula stays as it is written."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from notices.errors import LettersError

_MOST_UNPACKED = 200_000_000
_MOST_CELLS = (100_001, 100)
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*\bhidden=["'](?:1|true)["']""")
_DAMAGED = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, TypeError, AttributeError,
    OSError, EOFError, NotImplementedError,
)  # fmt: skip
"""What openpyxl and the parts under it raise on a file that is not what it says."""


def cells(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each row of the first sheet that is shown, from 1, and its cells as text.

    Raises
    ------
    LettersError
        When it is damaged, holds rows that are hidden, or unpacks to more than a list of letters can hold.
    """
    most_rows, most_columns = _MOST_CELLS
    try:
        _check_size(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet: Any = next(one for one in book.worksheets if one.sheet_state == "visible")
        _check_shown(data, sheet._worksheet_path)
        rows = sheet.iter_rows(values_only=True, max_row=most_rows, max_col=most_columns)
        found = [[_text(cell) for cell in row] for row in rows]
    except (*_DAMAGED, StopIteration):
        raise LettersError(
            "The workbook is damaged or no Excel workbook (.xlsx): open it in a spreadsheet and save it again as one, "
            "or as CSV."
        ) from None
    yield from enumerate(found, start=1)


def _text(cell: object) -> str:
    """Return a cell as text; what openpyxl makes of the rarer formulae is one as well."""
    if isinstance(cell, ArrayFormula | DataTableFormula):
        return "=formula"
    return "" if cell is None else str(cell)


def _check_shown(data: bytes, path: str) -> None:
    """Refuse a sheet some of whose rows are hidden, as a filter does: nobody sees that letters go to those too."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if _HIDDEN_ROW.search(packed.read(path)):
            raise LettersError(
                "The workbook's sheet has rows that are hidden or filtered out: show all of them, or copy those that "
                "are meant to a new workbook."
            )


def _check_size(data: bytes) -> None:
    """Refuse a workbook that unpacks to more than a list can hold, before it is unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(one.file_size for one in packed.infolist()) > _MOST_UNPACKED:
            raise LettersError("The workbook holds more than a list of letters: save that sheet alone, as CSV.")
