"""Brings SQLite's write-ahead log into the database beside the requests: nobody who asks waits for it (ADR 0158).

SQLite does so in the commit that makes the log long, which then takes several times as long as another. What is in the
log is as safe as what is in the database; a log that nobody brings in is brought in by a commit, as ever, later.
"""

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import structlog

from consent_portal.database import LONGEST_LOG, Database

EVERY = 2.0
"""Seconds between two looks: far fewer are written meanwhile than `consent_portal.database.LONGEST_LOG`."""
PATIENCE = 0.05
"""Seconds that the end of a long log is waited for, in which nobody else writes: whoever reads may take longer."""
TICK = 50_000_000
"""Nanoseconds in which a file may be written twice and bear one time: what was seen within them is looked at again."""
log = structlog.get_logger(__name__)


class Checkpoints:
    """A thread that does it while the portal serves; PostgreSQL has its own."""

    def __init__(self, database: Database) -> None:
        self._path = Path(str(database.engine.url.database)) if database.is_sqlite else None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._seen = 0
        self._brought: tuple[int, int] | None = None

    def start(self) -> None:
        """Begin."""
        if self._path is not None:
            self._thread.start()

    def stop(self) -> None:
        """End after what is going on."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(EVERY):
            try:
                self.look()
            except (sqlite3.Error, OSError) as error:
                log.warning("checkpoint waits", kind=type(error).__name__)

    def look(self) -> bool:
        """Bring in what was written since the last look; return whether anything was.

        Raises
        ------
        sqlite3.Error
        OSError
        """
        if self._path is None:
            return False
        journal = Path(f"{self._path}-wal")
        written = journal.stat().st_mtime_ns if journal.is_file() else self._seen
        if written == self._seen:
            return False
        file = f"{self._path.absolute().as_uri()}?mode=rw"  # never makes one (F22)
        with closing(sqlite3.connect(file, uri=True, timeout=PATIENCE)) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            _busy, pages, brought = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()  # nobody waits
            if pages > LONGEST_LOG // 4:  # what was added meanwhile is brought in too, so that the log begins anew
                connection.execute("PRAGMA wal_checkpoint(RESTART)")
        is_settled = time.time_ns() - written > TICK  # else what was being written meanwhile may bear the same time
        self._seen = written if is_settled else 0
        before, self._brought = self._brought, (pages, brought)
        return self._brought != before
