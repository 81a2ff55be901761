"""Finds studies by the words of their patients' names in the database's own index of words (migration 0016).

It narrows: what it finds is compared with the columns again by whoever asks.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, String, cast, column, literal, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from consent_portal.registers.names import Words
from consent_portal.registers.rows import StudyRow

_NAMES = table("study_name", column("study_key", String))
_LEXEMES = "array_to_tsvector(array_remove(string_to_array(btrim(study.{column}), ' '), ''))"
"""As the migration indexes it, letter by letter: otherwise PostgreSQL does not use the index."""


def begin_words(session: Session, ways: Sequence[Words]) -> ColumnElement[bool]:
    """Return the condition that, in one of these ways, each word begins a word of the name."""
    if _is_sqlite(session):
        return _in_sqlite("words", [[f'"{word}" *' for word in way] for way in ways])
    return _in_postgresql("name_words", [[f"'{word}':*" for word in way] for way in ways])


def sound_so(session: Session, codes: Words) -> ColumnElement[bool]:
    """Return the condition that a word of the name sounds like each of these (`registers.names.sounds_typed`)."""
    if _is_sqlite(session):
        return _in_sqlite("sounds", [[f'"{code}"' for code in codes]])
    return _in_postgresql("name_sounds", [[f"'{code}'" for code in codes]])


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _in_sqlite(what: str, ways: Iterable[Sequence[str]]) -> ColumnElement[bool]:
    asked = " OR ".join(f"{what} : ({' AND '.join(way)})" for way in ways)
    matching = select(_NAMES.c.study_key).where(literal_column(_NAMES.name).op("MATCH")(literal(asked)))
    return StudyRow.key.in_(matching)


def _in_postgresql(what: str, ways: Iterable[Sequence[str]]) -> ColumnElement[bool]:
    asked = " | ".join(f"({' & '.join(way)})" for way in ways)
    lexemes: ColumnElement[object] = literal_column(_LEXEMES.format(column=what))
    return lexemes.bool_op("@@")(cast(literal(asked), TSQUERY))
