"""Read the file that says who the patients are: JSON or CSV, as a request workbook or a PACS list gives it."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from orthanc_plugin.verify.known.known import KnownIdentifiers

_HEADINGS = {
    "names": r"names?|patient'?s?\s*names?|clinician|referrer|consultant|gp",
    "name_parts": r"surname|forenames?|first\s*names?|given\s*names?|middle\s*names?|family\s*names?|last\s*names?",
    "ids": r"ids?|patient\s*ids?|(?:hospital|nhs|h&c|hcn|chi|mrn|unit|case)\s*(?:no|num(?:ber)?s?|id)?|accession.*",
    "birth_dates": r"birth[ _]?dates?|d\.?o\.?b\.?|date\s*of\s*birth|born",
    "addresses": r"address(?:es)?|post\s*codes?|street|town",
    "phones": r"(?:tele)?phones?|tel\.?|mobile|contact",
    "emails": r"e-?mails?",
    "organisations": r"organisations?|hospital|institution|site|trust",
    "uids": r"uids?|(?:study|series|sop)\s*\w*\s*uid",
}
_UK_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class KnownFileError(ValueError):
    """The file of known identifiers cannot be used; says which part and what to do, never a value."""


def load(path: Path) -> KnownIdentifiers:
    """Return the identifiers that a file lists.

    JSON: an object, or a list of objects, with any of ``names ids birth_dates addresses phones emails organisations
    uids``, each a text or a list of texts. CSV: a heading line with such names (or "NHS number", "Surname", "DOB" ...).

    Raises
    ------
    KnownFileError
        When the file is neither, or lists nothing.
    """
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text("cp1252", errors="replace")
    rows = _json(text) if text.lstrip()[:1] in {"{", "["} else _csv(text)
    known = KnownIdentifiers().merge(*(_known(row) for row in rows))
    if not len(known):
        raise KnownFileError(
            f"{path.name} lists no identifier. Give it columns or keys such as names, ids, birth_dates."
        )
    return known


def _json(text: str) -> Iterator[dict[str, list[str]]]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise KnownFileError(f"the JSON breaks off at line {error.lineno}, column {error.colno}") from error
    for number, entry in enumerate(content if isinstance(content, list) else [content], 1):
        if not isinstance(entry, dict):
            raise KnownFileError(f"entry {number} of the JSON is no object; each patient is one")
        yield _sorted((key, value if isinstance(value, list) else [value]) for key, value in entry.items())


def _csv(text: str) -> Iterator[dict[str, list[str]]]:
    sample = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t|", key=sample.count)
    for row in csv.DictReader(io.StringIO(text), delimiter=delimiter):
        if None in row:
            raise KnownFileError("a line of the CSV has more fields than its heading")
        yield _sorted((heading, [value]) for heading, value in row.items())


def _sorted(pairs: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for heading, values in pairs:
        kind = _kind(str(heading))
        found.setdefault(kind, []).extend(str(value).strip() for value in values if value is not None)
    return found


def _kind(heading: str) -> str:
    plain = heading.strip().lower().replace("_", " ")
    for kind, regex in _HEADINGS.items():
        if re.fullmatch(regex, plain) or plain == kind.replace("_", " "):
            return kind
    raise KnownFileError(f"the column or key {heading!r} is not known. Use one of: {', '.join(_HEADINGS)}")


def _known(row: dict[str, list[str]]) -> KnownIdentifiers:
    row = {**row, "birth_dates": [_iso(text) for text in row.get("birth_dates", [])]}
    parts = "^".join(part for part in row.pop("name_parts", []) if part)
    return KnownIdentifiers.from_record(**{**row, "names": [*row.get("names", []), parts]})


def _iso(text: str) -> str:
    """Return a birth date as YYYYMMDD; a British date is read day first."""
    if match := _UK_DATE.fullmatch(text.strip()):
        day, month, year = match.groups()
        return f"{year}{int(month):02d}{int(day):02d}"
    return text.strip()[:10]
