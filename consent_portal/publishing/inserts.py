"""One insert for one letter, as a letter system asks for it; by the same rules as a row of a letter run."""

import csv
import io

from consent_portal.publishing.press.paper import Sheet
from consent_portal.services.faults import BadRequest, Fault
from notices.errors import UnknownOutputError
from notices.merge import Letter, read_letters
from notices.outputs import Kind, Paper, job
from notices.versions import Version

FIELDS = ("name", "language", "format")
_FIRST_ROW = 2


def insert(version: Version, name: str, language: str, form: str, paper: str | None) -> bytes:
    """Return the insert of `version` for one person, as tagged PDF.

    Raises
    ------
    BadRequest
        Naming each field that cannot be met, and never the person.
    NoticeError, PressAway
        When it cannot be set.
    """
    letter, faults = _letter(name, language, form)
    if not faults and letter.language not in version.languages:
        offered = ", ".join(version.languages)
        faults.append(Fault("language", f"version {version.number} is not published in that language; use {offered}."))
    try:
        on = job(Kind.INSERT, "en", paper).paper
    except UnknownOutputError as error:
        faults.append(Fault("paper", str(error)))
    if faults:
        raise BadRequest(faults)
    return _sheet(version, letter, on).pdf(letter.name)


def _sheet(version: Version, letter: Letter, paper: Paper) -> Sheet:
    return Sheet(
        version.site, Kind.INSERT, paper, letter.language, letter.large_print, letter.easy_read, version.edition()
    )


def _letter(name: str, language: str, form: str) -> tuple[Letter, list[Fault]]:
    """Read each field as a row of its own, so that each fault names its field."""
    held = io.StringIO()
    rows = ((name, "", ""), ("Name", language, ""), ("Name", "", form))
    csv.writer(held).writerows((FIELDS, *rows))
    letters, refused = read_letters(held.getvalue().encode())
    faults = [Fault(FIELDS[one.row - _FIRST_ROW], one.reason) for one in refused]
    if not name.strip():  # a row of nothing is passed over in a list; here it is a fault
        faults.insert(0, Fault("name", "the name is empty: fill it in."))
    if faults:
        return Letter(0, "", ""), faults
    named, spoken, made = letters
    return Letter(0, named.name, spoken.language, made.large_print, made.easy_read), []
