"""A PostgreSQL of the benchmark's own on loopback, in a folder that goes with it, and the ledger copied into it."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Table, func, inspect, literal_column, select, text

from consent_portal import accounts as _accounts  # noqa: F401  (its tables)
from consent_portal.database import Base, Database

DEBIAN = Path("/usr/lib/postgresql")
OWNER = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user."""
_AT_ONCE = 5_000


def program(name: str) -> str | None:
    """Return a program of PostgreSQL 15, as Debian has it or as the path has it; None where there is none."""
    own = DEBIAN / "15" / "bin" / name
    return str(own) if own.is_file() else shutil.which(name)


@contextmanager
def running() -> Iterator[str]:
    """Start a new server in a folder of its own, give its URL, and end it."""
    with TemporaryDirectory(prefix="aoa-bench-", ignore_cleanup_errors=True) as folder:
        yield from _running(Path(folder))


def _running(folder: Path) -> Iterator[str]:
    owner: dict[str, Any] = {"user": OWNER} if os.geteuid() == 0 and _is_user(OWNER) else {}
    if owner:
        shutil.chown(folder, OWNER)
    data, port = str(folder / "data"), free_port()
    made = [str(program("initdb")), "-D", data, "-A", "trust", "-U", "aoa", "-E", "UTF8", "--locale=C"]
    subprocess.run(made, check=True, capture_output=True, cwd="/", **owner)
    serve = [str(program("postgres")), "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", str(folder)]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(serve, stdout=log, stderr=log, cwd="/", **owner)
    try:
        _wait(process, port)
        yield f"postgresql+psycopg://aoa@127.0.0.1:{port}/postgres"
    finally:
        process.terminate()
        process.wait()


def _is_user(name: str) -> bool:
    return any(entry.pw_name == name for entry in pwd.getpwall())


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    ready = [str(program("pg_isready")), "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, capture_output=True, check=False).returncode:
        if process.poll() is not None:
            raise RuntimeError("PostgreSQL ended before it was ready; its log is in the benchmark's folder.")
        time.sleep(0.1)


def _tables(source: Database) -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if inspect(source.engine).has_table(table.name)]


def count(source: Database) -> int:
    """Return how many rows there are to copy."""
    with source.engine.connect() as reading:
        return sum(reading.scalar(select(func.count()).select_from(table)) or 0 for table in _tables(source))


def copy(source: Database, target: Database, told: Callable[[int], None]) -> None:
    """Copy every row of a migrated ledger into another of the same shape, and tell how many were added each time."""
    tables = _tables(source)
    with source.engine.connect() as reading, target.engine.begin() as writing:
        for name in ("ledger_identity", *(table.name for table in reversed(tables))):
            writing.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))
            writing.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608  (names of our own tables)
            writing.execute(text(f'ALTER TABLE "{name}" ENABLE TRIGGER USER'))
        for table in tables:
            _copy_table(reading, writing, table, told)
            _go_on_after(writing, table)
    with target.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _copy_table(reading: Any, writing: Any, table: Table, told: Callable[[int], None]) -> None:
    order = table.c.seq if "seq" in table.c else literal_column("rowid")  # as they were written
    rows = reading.execution_options(stream_results=True, yield_per=_AT_ONCE).execute(select(table).order_by(order))
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    cursor = writing.connection.driver_connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as into:
        for part in rows.partitions():
            for row in part:
                into.write_row(tuple(row))
            told(len(part))


def _go_on_after(writing: Any, table: Table) -> None:
    """Let the next number of a counted column follow the last one."""
    counted = table.autoincrement_column
    if counted is None or not writing.scalar(
        text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": counted.name}
    ):
        return
    last = writing.scalar(select(func.max(counted))) or 0
    sequence = text("SELECT setval(pg_get_serial_sequence(:t, :c), :n, true)")
    if last:
        writing.execute(sequence, {"t": table.name, "c": counted.name, "n": last})
