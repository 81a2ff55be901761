"""Where the jobs of an engine stand: a table in the database that DBOS keeps its workflows in (docs/decisions/0177).

A change is one transaction that holds the job's row, so that two engines on one database never overwrite each other.
Within a step of a workflow that is written down in the database (`durable.noted`) it is the step's own transaction:
both are there or neither. No identifier of a patient is in it.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import time
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.schema import CreateTable

from orthanc_plugin.engine.errors import AwayError, NoSpaceError
from orthanc_plugin.engine.jobs.room import was_full

State = dict[str, Any]

_WITHIN: ContextVar[Connection | None] = ContextVar("within", default=None)
_JOBS = Table(
    "engine_jobs",
    MetaData(),
    Column("job", String(36), primary_key=True),
    Column("state", Text, nullable=False),
    Column("claimed_by", Text),
    Column("changed_at", Float, nullable=False),
)
_DATABASE = "the engine's database"


@contextmanager
def within(connection: Connection) -> Iterator[None]:
    """Let every change in this context be part of one transaction, which its owner ends."""
    token = _WITHIN.set(connection)
    try:
        yield
    finally:
        _WITHIN.reset(token)


@dataclass(frozen=True)
class States:
    """The table.

    Parameters
    ----------
    engine
        Opens connections to the database.
    """

    engine: Engine

    @classmethod
    def at(cls, database_url: str) -> "States":
        """Return the table in a database of SQLite or PostgreSQL; `prepare` makes it."""
        url = make_url(database_url)
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url)
            event.listen(engine, "connect", _serialised)
        else:
            engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
        return cls(engine)

    def prepare(self) -> None:
        """Make the table where there is none; another engine may do so at the same moment."""
        made = CreateTable(_JOBS, if_not_exists=True)
        try:
            with self.engine.begin() as connection:
                connection.execute(made)
        except (IntegrityError, ProgrammingError):  # PostgreSQL: the other was quicker
            with self.engine.begin() as connection:
                connection.execute(made)

    def get(self, job: str) -> State | None:
        """Return where a job stands; None when there is no such job."""
        with self._transaction() as connection:
            found = connection.scalar(select(_JOBS.c.state).where(_JOBS.c.job == job))
        return None if found is None else json.loads(found)

    def ids(self) -> list[str]:
        """Return every job, the oldest change first."""
        with self._transaction() as connection:
            return list(connection.scalars(select(_JOBS.c.job).order_by(_JOBS.c.changed_at)))

    def not_changed_since(self, moment: float) -> list[str]:
        """Return the jobs that were not changed since a moment, in seconds since 1970."""
        with self._transaction() as connection:
            return list(connection.scalars(select(_JOBS.c.job).where(_JOBS.c.changed_at < moment)))

    def add(self, job: str, state: State, claimed_by: str | None = None, changed_at: float | None = None) -> bool:
        """Write the first state of a job; False where it has one."""
        at = time() if changed_at is None else changed_at
        row = {"job": job, "state": json.dumps(state), "claimed_by": claimed_by, "changed_at": at}
        try:
            with self._transaction() as connection:
                connection.execute(insert(_JOBS).values(**row))
        except IntegrityError:
            return False
        return True

    def change(self, job: str, changed: Callable[[State], State | None]) -> None:
        """Change the state of a job, which nobody else changes meanwhile.

        Parameters
        ----------
        changed
            Is given the state that stands, and gives the one that is to stand; None leaves it.
        """
        mine = _JOBS.c.job == job
        with self._transaction() as connection:
            held = update(_JOBS).where(mine).values(changed_at=_JOBS.c.changed_at).returning(_JOBS.c.state)
            before = connection.scalar(held)  # holds the row until the end of the transaction
            after = None if before is None else changed(json.loads(before))
            if after is not None:
                connection.execute(update(_JOBS).where(mine).values(state=json.dumps(after), changed_at=time()))

    def claim(self, job: str, who: str) -> bool:
        """Take a job for `who`; False where somebody has it."""
        free = (_JOBS.c.job == job) & _JOBS.c.claimed_by.is_(None)
        with self._transaction() as connection:
            return connection.execute(update(_JOBS).where(free).values(claimed_by=who)).rowcount == 1

    def give_back(self, job: str) -> None:
        """Let a job be claimed again."""
        with self._transaction() as connection:
            connection.execute(update(_JOBS).where(_JOBS.c.job == job).values(claimed_by=None))

    def give_all_back(self, who: str) -> None:
        """Let everything be claimed again that `who` had claimed."""
        with self._transaction() as connection:
            connection.execute(update(_JOBS).where(_JOBS.c.claimed_by == who).values(claimed_by=None))

    def forget(self, job: str) -> None:
        """Remove a job."""
        with self._transaction() as connection:
            connection.execute(delete(_JOBS).where(_JOBS.c.job == job))

    @property
    def in_a_step(self) -> bool:
        """Whether a change belongs to the transaction of a step (`within`)."""
        return _WITHIN.get() is not None

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """Give the transaction of the context, else one of its own.

        Raises
        ------
        NoSpaceError
        AwayError
            The database does not answer.
        """
        outer = _WITHIN.get()
        if outer is not None:
            yield outer  # whoever began it ends it, and takes its errors
            return
        try:
            with self.engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise (NoSpaceError() if was_full(error) else AwayError(_DATABASE)) from None


def _serialised(connection: Any, _record: Any) -> None:
    """Let whoever writes wait for its turn, as DBOS does with the same file."""
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA busy_timeout=30000")
