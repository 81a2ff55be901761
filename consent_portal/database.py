"""The portal's database: SQLite (write-ahead log) by default, PostgreSQL by its URL.

Reading never waits. Writing goes one at a time, over all processes, so that the command line beside the running
portal can never fork the ledger's chain. Sign-ins have their own autocommitted connection: a page may read a user,
wait for Orthanc, and note the sign-in without holding the ledger's lock.
"""

import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, scoped_session, sessionmaker

WRITER_LOCK = 0x0A0A  # PostgreSQL advisory lock: any number that no other program in this database uses
_ONE_AT_A_TIME = f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"
BUSY_MILLISECONDS = 20_000
LONGEST_LOG = 10_000
"""Pages of SQLite's write-ahead log that a commit brings into the database, where nobody else did before."""
Read = TypeVar("Read")
SIGHT = "aoa_sight"
"""In a reading session's `info`: what whoever asks may see (`consent_portal.registers.sight`), None for everything."""
MOMENT = "aoa_moment"
"""In a reading session's `info`: the transaction that sees one moment, and what was read in it (`read_once`)."""
CONNECTION = "aoa_connection"
"""In a writing session's `info`: its one connection, while its one transaction lasts."""
sight_of_request: ContextVar[object | None] = ContextVar("sight_of_request", default=None)
"""What the reading sessions of the present request carry as their sight."""
_NOT_WRITTEN = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})
_NOT_WRITTEN_STATES = frozenset({"53100", "58030", "25006"})  # PostgreSQL: disk full, input or output fault, read only


class Base(DeclarativeBase):
    """Every table of the portal."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def cannot_write(error: DBAPIError) -> bool:
    """Tell whether the database refused because its disk is full or may not be written, and not for being away."""
    code: int = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # the extended codes say in which call
    return code in _NOT_WRITTEN or getattr(error.orig, "sqlstate", None) in _NOT_WRITTEN_STATES


def connection_of(session: Session) -> Connection:
    """Return the connection of a session's transaction: of a writing one at once, which has the same all the time."""
    known: Connection | None = session.info.get(CONNECTION) if session.is_active else None
    return known or session.connection()


@dataclass(frozen=True)
class _Moment:
    """A reading session's transaction, and what was read in it."""

    transaction: SessionTransaction | None
    read: dict[Hashable, object]


def read_once(session: Session, what: Hashable, read: Callable[[], Read]) -> Read:
    """Return what `read` reads, asked once in the transaction of a reading session; each time where it may be written.

    It is forgotten with the transaction, which sees one moment: nothing is ever decided or shown on an earlier one.
    """
    if MOMENT not in session.info:
        return read()
    moment: _Moment | None = session.info[MOMENT]
    if moment is not None and moment.transaction is session.get_transaction() and what in moment.read:
        return cast("Read", moment.read[what])
    found = read()
    if moment is None or moment.transaction is not session.get_transaction():
        moment = session.info[MOMENT] = _Moment(session.get_transaction(), {})
    moment.read[what] = found
    return found


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        f"wal_autocheckpoint={LONGEST_LOG}",  # see consent_portal.checkpoints
        "foreign_keys=ON",
        "recursive_triggers=ON",  # or REPLACE would delete without asking the no-delete trigger
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Let each question be planned for its own values: a plan for any values read the whole ledger at a million."""
    connection.autocommit = True
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.autocommit = False


def _begin_sqlite(connection: Any) -> None:
    writer = connection.get_execution_options().get("aoa_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


def _anybody(_session: Session) -> None:
    """Let pass."""


class Database:
    """Sessions over one database.

    Parameters
    ----------
    url : str
        SQLAlchemy URL, ``sqlite:///...`` or ``postgresql+psycopg://...``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.may_be_made = False
        """Whether connecting may make an SQLite file; only a migration of a new home makes one (F22)."""
        self.guard: Callable[[Session], None] = _anybody
        """Asked at the beginning of every writing transaction; raises where nothing may be written."""
        self.committed: Callable[[Session], None] = _anybody
        """Told of every writing transaction after it was committed."""
        self._writes = RLock()
        far: bool = not url.startswith("sqlite")  # a server may have ended a connection; a file cannot
        self.engine: Engine = create_engine(url, pool_pre_ping=far, hide_parameters=True)
        self._accounts_engine: Engine = create_engine(
            url, isolation_level="AUTOCOMMIT", pool_pre_ping=far, hide_parameters=True
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            event.listen(self._accounts_engine, "connect", _prepare_sqlite)
            for engine in (self.engine, self._accounts_engine):
                event.listen(engine, "do_connect", self._refuse_a_new_file)
        else:
            event.listen(self.engine, "connect", _prepare_postgresql)
        self._reader = sessionmaker(self.engine, expire_on_commit=False)
        self._writer = sessionmaker(self.engine.execution_options(aoa_writer=True), expire_on_commit=False)
        self.accounts: scoped_session[Session] = scoped_session(
            sessionmaker(self._accounts_engine, expire_on_commit=False, info={"aoa_accounts": True})
        )
        """Thread-local session for Flask-Security's datastore; call ``accounts.remove()`` at the end of a request.

        It reads accounts, and writes sign-ins alone: an account changes by `writing`, with what proves it.
        """

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded default is in use."""
        return self.engine.dialect.name == "sqlite"

    @property
    def is_there(self) -> bool:
        """Whether an SQLite file is where it should be; another kind of database tells by itself."""
        path = self.engine.url.database
        return not self.is_sqlite or path in {None, "", ":memory:"} or Path(str(path)).is_file()

    def _refuse_a_new_file(self, *_connecting: Any) -> None:
        if not self.may_be_made and not self.is_there:
            raise sqlite3.OperationalError("unable to open database file")

    @contextmanager
    def reading(self, *, whole: bool = False) -> Iterator[Session]:
        """Give a session that sees one consistent moment and is rolled back at the end.

        Parameters
        ----------
        whole : bool
            Whether it sees what whoever asks may not see: to count, or to tell what is kept from them.
        """
        with self._reader(info={SIGHT: None if whole else sight_of_request.get(), MOMENT: None}) as session:
            yield session

    @contextmanager
    def writing(self, *, guarded: bool = True) -> Iterator[Session]:
        """Give the one writing session there is at a time; commits at the end, rolls back on any error."""
        with self._next_to_write(), self._writer() as session:
            with session.begin():
                connection = session.connection()
                if not self.is_sqlite:
                    connection.exec_driver_sql(_ONE_AT_A_TIME)
                session.info[CONNECTION] = connection
                try:
                    if guarded:
                        self.guard(session)
                    yield session
                finally:
                    del session.info[CONNECTION]
            self.committed(session)

    @contextmanager
    def _next_to_write(self) -> Iterator[None]:
        """Let the threads of this process wait for each other: SQLite's own waiting sleeps longer and longer.

        Whoever waits too long asks the database itself, which says so.
        """
        taken = self._writes.acquire(timeout=BUSY_MILLISECONDS / 1000)
        try:
            yield
        finally:
            if taken:
                self._writes.release()

    def close(self) -> None:
        """Give all connections back."""
        self.accounts.remove()
        self.engine.dispose()
        self._accounts_engine.dispose()
