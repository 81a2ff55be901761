"""Rows of a CSV file or an Excel workbook, as text."""

import csv
import io
from collections.abc import Iterator

from notices.errors import LettersError

MOST_BYTES = 20_000_000
_SAVE_AGAIN = "The list is not a CSV file or an Excel workbook: save it again as one of these."
_ZIP = b"PK\x03\x04"


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
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1)
    except csv.Error as error:
        raise LettersError(f"The list is not a CSV file that can be read ({error}): save it again as CSV.") from None
