"""Finds out of which departments studies are, and keeps it in the register (ADR 0153).

It is found when a study is registered, searched for or opened, and again when the rules of the settings have changed. A
study of which nobody has looked yet is seen by nobody who has departments: closed until known.
"""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from consent_portal.database import Database
from consent_portal.orthanc import OrthancAway, OrthancClient
from consent_portal.registers.departments import UNKNOWN, Departments, packed
from consent_portal.registers.rows import StudyRow

AT_ONCE = 20
"""How many studies one request finds out about besides its own."""


def find_out(database: Database, archive: OrthancClient, departments: Departments, uids: Iterable[str]) -> None:
    """Ask the archive of which departments these studies are, and keep what is new. An archive that is away ends it."""
    version = departments.version
    found = dict(_found(archive, departments, uids))
    with database.reading(whole=True) as session:
        changed = [row.study_uid for row in _rows(session, found) if _of(row) != (found[row.study_uid], version)]
    if changed:
        with database.writing() as session:
            for row in _rows(session, changed):
                row.departments, row.departments_by = found[row.study_uid], version


def find_out_more(database: Database, archive: OrthancClient, departments: Departments) -> None:
    """Ask of a few of the studies that nobody has looked at under the present rules."""
    version = departments.version
    others = or_(StudyRow.departments_by < version, StudyRow.departments_by > version)
    with database.reading(whole=True) as session:
        uids = session.scalars(select(StudyRow.study_uid).where(others).limit(AT_ONCE)).all()
    if uids:
        find_out(database, archive, departments, uids)


def _found(archive: OrthancClient, departments: Departments, uids: Iterable[str]) -> Iterable[tuple[str, str]]:
    for uid in uids:
        try:
            marks = archive.marks(uid, with_ae_title=departments.needs_ae_title)
        except OrthancAway:
            return
        yield uid, UNKNOWN if marks is None else packed(departments.of(marks))


def _rows(session: Session, uids: Iterable[str]) -> Iterable[StudyRow]:
    return session.scalars(select(StudyRow).where(StudyRow.study_uid.in_(list(uids)))).all()


def _of(row: StudyRow) -> tuple[str, str]:
    return row.departments, row.departments_by
