"""Rows by the driver's own cursor, a part at a time: dressing each one up takes as long as proving it."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

_AT_ONCE = 2000
_NUMBERS = count(1)


def rows(session: Session, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """Give the rows of a question as the database holds them.

    The question holds no text that somebody typed: its values are written out.
    """
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    named = () if is_sqlite else (f"rows_{next(_NUMBERS)}",)  # PostgreSQL's would bring all rows at once
    cursor = connection.connection.cursor(*named)
    try:
        cursor.execute(str(query.compile(connection, compile_kwargs={"literal_binds": True})))
        while part := cursor.fetchmany(_AT_ONCE):
            yield from part
    finally:
        cursor.close()
