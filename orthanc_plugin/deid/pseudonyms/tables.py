"""Where pseudonyms are kept: two tables in SQLite (one machine) or PostgreSQL (several engines, one mapping)."""

from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import DDL, Column, Engine, Integer, LargeBinary, MetaData, NullPool, Table, Text, create_engine, event

_TABLES = MetaData()

PSEUDONYM = Table(
    "pseudonym",
    _TABLES,
    Column("lookup", LargeBinary, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("shift_days", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", Text, nullable=False),
)
RELINKING = Table(
    "relinking",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("code", Text, nullable=False),
)

_KEEP_LINES = "CREATE TRIGGER relinking_no_{0} BEFORE {0} ON relinking BEGIN SELECT RAISE(ABORT, 'append only'); END"
for _change in ("update", "delete"):
    _ddl: Any = DDL(_KEEP_LINES.format(_change))  # type: ignore[no-untyped-call]  # SQLAlchemy types it not
    event.listen(RELINKING, "after_create", _ddl.execute_if(dialect="sqlite"))


@cache
def opened(database: str) -> Engine:
    """Return the database, with its tables.

    Parameters
    ----------
    database : str
        ``sqlite:///FILE`` (made where it is not there, mode 0600) or ``postgresql://...``.
    """
    if database.startswith("sqlite:///"):
        Path(database.removeprefix("sqlite:///")).touch(mode=0o600)
        engine = create_engine(database, poolclass=NullPool, connect_args={"timeout": 30})
    else:
        engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    _TABLES.create_all(engine)
    return engine


def url_of(database: Path | str) -> str:
    """Return the address of a database that is given as a file or as an address."""
    return f"sqlite:///{database.absolute()}" if isinstance(database, Path) else database
