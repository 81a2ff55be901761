"""Rows of a CSV file or an Excel workbook, as text."""

import csv
import io
import re
from collections.abc import Iterator

from notices.errors import LettersError

MOST_BYTES = 20_000_000
_SAVE_AGAIN = "The list is not a CSV file or an Excel workbook: save it again as one of these."
_ZIP = b"PK\x03\x04"
_SEPARATOR = re.compile(r'"?sep=([,;\t])"?\s*', re.IGNORECASE)
"""The line by which a CSV tells Excel its separator; Excel shows it nowhere and counts from the line after it."""


def rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each row, from 1 as a spreadsheet counts, and its cells; a formula stays as it is written.

    Raises
    ------
    LettersError
        When the file is neither a CSV nor an Excel workbook, or larger than 20 MB.
    """
    if len(data) > MOST_BYTES:
        raise LettersError(f"The list is larger than {MOST_BYTES // 1_000_000} MB: split it into several.")
    if data.startswith(_ZIP):
        from notices.merge.workbook import cells  # noqa: PLC0415 - 10 MB and a fifth of a second that few lists need

        yield from cells(data)
    else:
        yield from _csv(_decoded(data))


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
    first, _, rest = text.partition("\n")
    told = _SEPARATOR.fullmatch(first)
    text, delimiter = (rest, told[1]) if told else (text, max(",;\t", key=first.count))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error:
        raise LettersError(
            f"The list is not a CSV file that can be read: a quotation mark in line {reader.line_num} or above it has "
            "no partner or stands inside a cell. Open the list in a spreadsheet and save it again as CSV."
        ) from None
