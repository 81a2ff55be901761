"""Questions and entries that are put together once, and brought by the driver's own cursor (ADR 0158).

What SQLAlchemy does for each takes several times as long as the answer, and a decision asks a dozen. What the session
has not written yet is written first, and a fault is raised as SQLAlchemy raises it: only the time differs.

Columns of text and whole numbers alone come as they are; SQLite gives a truth value as 1 or 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consent_portal.database import connection_of

Row = tuple[Any, ...]
_CURSOR = "aoa_cursor"
KEPT = 64
"""So many texts of a question are kept, one for each kind of database and length of its lists."""


@dataclass(frozen=True)
class _Place:
    """Stands where a value goes that is given when the question is asked."""

    name: str
    index: int | None = None
    """In a list of values."""

    def of(self, values: Mapping[str, Any]) -> Any:
        return values[self.name] if self.index is None else values[self.name][self.index]


@dataclass(frozen=True)
class _Written:
    """The text for one kind of database, and what goes where in it: a `_Place`, or what is always the same."""

    text: str
    parts: tuple[tuple[str, Any], ...]
    is_positional: bool

    def filled(self, values: Mapping[str, Any]) -> Any:
        """Return the values as the driver takes them."""
        parts = [(name, part.of(values) if type(part) is _Place else part) for name, part in self.parts]
        return [value for _, value in parts] if self.is_positional else dict(parts)


def _put_together(query: Any, dialect: Dialect, values: Mapping[str, Any]) -> _Written:
    places = {
        name: [_Place(name, index) for index in range(len(value))] if isinstance(value, list) else _Place(name)
        for name, value in values.items()
    }
    compiled = query.compile(dialect=dialect)
    state = compiled.construct_expanded_state(places)
    names = state.positiontup if compiled.positional else state.parameters
    return _Written(state.statement, tuple((name, state.parameters[name]) for name in names), compiled.positional)


class Question:
    """A question about tables, or an entry into one.

    Parameters
    ----------
    query
        With a `bindparam` for each value; one for a list (`expanding=True`) is given a list each time.
    """

    def __init__(self, query: Any) -> None:
        self._query = query
        self._gives = not isinstance(query, Insert)
        self._texts: dict[tuple[object, ...], _Written] = {}

    def ask(self, session: Session, **values: Any) -> list[Row]:
        """Return all rows of the answer."""
        if session.autoflush:
            session.flush()
        return self.bring(connection_of(session), values)

    def bring(self, connection: Connection, values: Mapping[str, Any]) -> list[Row]:
        """Return all rows of the answer, within a flush as well."""
        written = self._text_for(connection.dialect, values)
        return _run(connection, written.text, written.filled(values), gives=self._gives)

    def bring_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Do it once for each of these values."""
        if len(rows) == 1:
            self.bring(connection, rows[0])
            return
        written = self._text_for(connection.dialect, rows[0])
        _run(connection, written.text, [written.filled(row) for row in rows], gives=False, each=True)

    def _text_for(self, dialect: Dialect, values: Mapping[str, Any]) -> _Written:
        shape = (dialect.name, *(len(value) for value in values.values() if type(value) is list))
        found = self._texts.get(shape)
        if found is None:
            found = _put_together(self._query, dialect, values)
            if len(self._texts) < KEPT:
                self._texts[shape] = found
        return found


def entry(table: Any) -> Question:
    """Return what enters a row with all columns of a table."""
    return Question(table.insert())


def _run(connection: Connection, text: str, values: Any, *, gives: bool, each: bool = False) -> list[Row]:
    try:
        cursor = _cursor_of(connection)
        (cursor.executemany if each else cursor.execute)(text, values)
        return cursor.fetchall() if gives else []
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_told(connection, text, error) from error


def _cursor_of(connection: Connection) -> Any:
    """Return the one cursor for all questions on a connection, each of which is answered before the next."""
    driver = connection.connection
    found = driver.info.get(_CURSOR)
    if found is None:
        found = driver.info[_CURSOR] = driver.cursor()
    return found


def _as_told(connection: Connection, text: str, error: Exception) -> Exception:
    """Return the fault as SQLAlchemy tells it; a connection that is gone is not handed out again."""
    dialect = connection.dialect
    is_gone = dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]  # the library's own
    if is_gone:
        connection.invalidate(error)
    return DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=is_gone,
        dialect=dialect,
    )  # fmt: skip
