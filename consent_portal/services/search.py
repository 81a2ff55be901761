"""Finds a study: in Orthanc by wild cards that leave accents and spelling open, and in the portal's own register.

Orthanc compares letter by letter, but for case; what it returns too much is compared again here (ADR 0138). The
register also knows what Orthanc no longer has, and answers alone when Orthanc is away: a withdrawal cannot wait.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from consent_portal.contract import Subject
from consent_portal.database import Database
from consent_portal.orthanc import OrthancAway, OrthancClient
from consent_portal.registers import finding, names, numbers, unchanged
from consent_portal.registers import studies as register
from consent_portal.registers.departments import NONE, Departments
from consent_portal.registers.finding import WILD, Criteria
from consent_portal.registers.studies import Study
from consent_portal.services.departments import find_out
from consent_portal.services.telling import tell

ARCHIVE_LIMIT = 500
"""How many studies one pattern may bring from Orthanc; what is beyond is told of, never left out in silence."""
MOST_FOUND_OUT = 100
"""Of how many new studies a search finds out the departments; the others are found by a later one."""
MAY_CARRY_A_MARK = frozenset("aeiouyclnsz")
"""Letters that many names write with a mark: Orthanc may hold either, so the pattern leaves them open."""


@dataclass(frozen=True, repr=False)
class Results:
    """What a search found.

    Attributes
    ----------
    more : bool
        Whether there may be others that are not in it.
    archive_away : bool
        Whether only the register was searched.
    """

    studies: tuple[Study, ...]
    more: bool = False
    archive_away: bool = False


def search(
    archive: OrthancClient, database: Database, criteria: Criteria, limit: int, departments: Departments = NONE
) -> Results:
    """Return the studies that fit and may be seen, newest first, each registered."""
    subjects, is_cut, is_away = _in_archive(archive, criteria)
    seen = registered(archive, database, subjects, departments)
    with database.reading() as session:
        found = [*seen, *finding.find(session, criteria, limit + 1)]
    once = sorted({study.key: study for study in found}.values(), key=lambda one: one.facts.date, reverse=True)
    return Results(tuple(once[:limit]), is_cut or len(once) > limit, is_away)


def registered(
    archive: OrthancClient, database: Database, subjects: Iterable[Subject], departments: Departments = NONE
) -> list[Study]:
    """Register studies, and return those that whoever asks may see, as the register knows them."""
    found = entered(database, list(subjects))
    if not departments:
        return found
    new = [study.study_uid for study in found if study.departments_by != departments.version]
    find_out(database, archive, departments, new[:MOST_FOUND_OUT])
    with database.reading() as session:
        known = (register.by_key(session, study.key) for study in found)
        return [study for study in known if study is not None]


def entered(database: Database, subjects: list[Subject]) -> list[Study]:
    """Enter what the register does not have as it is told; where it has all, nobody waits for the lock of writing."""
    with database.reading(whole=True) as session:
        known = [unchanged.as_told(session, subject) for subject in subjects]
    if None not in known:
        return [study for study in known if study is not None]
    with database.writing() as session:
        return [study or tell(session, subject) for study, subject in zip(known, subjects, strict=True)]


def _in_archive(archive: OrthancClient, criteria: Criteria) -> tuple[list[Subject], bool, bool]:
    found: dict[str, Subject] = {}
    is_cut = False
    try:
        for query in queries(criteria):
            answers = archive.find_studies(query, limit=ARCHIVE_LIMIT)
            is_cut = is_cut or len(answers) == ARCHIVE_LIMIT
            found.update({one.study_uid: one for one in answers if _fits(criteria, one)})
    except OrthancAway:
        return list(found.values()), is_cut, True
    return list(found.values()), is_cut, False


def _fits(criteria: Criteria, subject: Subject) -> bool:
    """Whether Orthanc's answer is what was asked for: its patterns bring more. Day and accession it compares itself."""
    person = replace(criteria, accession="", start=None, end=None)
    return person.fits(register.unregistered(subject))


def queries(criteria: Criteria) -> Iterator[dict[str, str]]:
    """Give the DICOM queries of a search, one for each number that was typed (PS3.4 C.2.2.2)."""
    query = {
        "PatientName": name_pattern(criteria.name),
        "PatientBirthDate": criteria.birth_date.strftime("%Y%m%d") if criteria.birth_date else "",
        "AccessionNumber": criteria.accession,
        "StudyDate": _days(criteria),
        "ModalitiesInStudy": criteria.modality,
    }
    for typed in criteria.numbers or ("",):
        pattern = typed if WILD & set(typed) else numbers.archive_pattern(typed)
        yield {keyword: value for keyword, value in {**query, "PatientID": pattern}.items() if value}


def name_pattern(typed: str) -> str:
    """Return a wild card for the word that says most: its letters in order, those that may carry a mark left open."""
    patterns = [_pattern(word) for word in names.words(typed.replace("*", " "))]
    return max(patterns, key=len, default="")


def _pattern(word: str) -> str:
    firm = [letter for letter in word if letter.isascii() and letter not in MAY_CARRY_A_MARK]
    return "*" + "".join(f"{letter}*" for letter in firm)


def _days(criteria: Criteria) -> str:
    start, end = criteria.start, criteria.end
    if not start and not end:
        return ""
    return f"{start.strftime('%Y%m%d') if start else ''}-{end.strftime('%Y%m%d') if end else ''}"
