"""`python -m consent_portal.bench`: how fast the ledger writes and proves itself, beside bare rows.

Seconds are of this process's own work (CPU), so that a busy machine does not change them.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from consent_portal.clock import utc_now
from consent_portal.database import Database
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.scope import Scope
from consent_portal.migrations.run import migrate

EVENTS = 20_000


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _drafts() -> list[Draft]:
    given = p.Given(
        levels={Level.RECORD: LevelState.ACCEPTED, Level.TEACHING: LevelState.ACCEPTED},
        requesting_clinician="Dr A. Example",
        discussed_on=date(2025, 3, 1),
        capacity=p.Capacity(answer=p.CapacityAnswer.YES),
    )
    now = utc_now()
    return [
        Draft(EventType.GIVEN, f"patient-{number}", Scope.study(f"1.2.3.{number}"), given, now, "bench")
        for number in range(EVENTS)
    ]


def _append(database: Database) -> None:
    with database.writing() as session:
        store.append_all(session, _drafts())


def _verify(database: Database) -> None:
    with database.reading() as session:
        found = store.verify_ledger(session)
    if not found.whole or found.count != EVENTS:
        message = "The bench's own ledger is not whole."
        raise RuntimeError(message)


def _plain(database: Database, path: Path) -> float:
    """Write the same rows into a bare table: no chain, no checks, no triggers."""
    with database.reading() as session:
        rows = [tuple(row.values()) for row in store.walk(session)]
    bare = sqlite3.connect(path)
    bare.execute(f"CREATE TABLE bare ({', '.join(f'c{place}' for place in range(len(rows[0])))})")
    values = ", ".join("?" * len(rows[0]))
    seconds = _timed(lambda: bare.executemany(f"INSERT INTO bare VALUES ({values})", rows))  # noqa: S608  (our names)
    bare.commit()
    bare.close()
    return seconds


@click.command()
def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/ledger.sqlite")
        migrate(database)
        append = _timed(lambda: _append(database))
        verify = _timed(lambda: _verify(database))
        plain = _plain(database, Path(folder) / "bare.sqlite")
        database.close()
    click.echo(
        f"{EVENTS} events appended in {append:.2f} s ({EVENTS / append:.0f}/s), {append / plain:.0f} x bare rows"
    )
    click.echo(f"{EVENTS} events verified in {verify:.2f} s ({EVENTS / verify:.0f}/s)")


if __name__ == "__main__":
    main()
