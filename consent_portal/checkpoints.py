"""Brings SQLite's write-ahead log into the database beside the requests: whoever writes the page would wait for it."""

import sqlite3
import threading
from contextlib import closing
from typing import NoReturn

import structlog
from sqlalchemy.exc import DBAPIError

from consent_portal.database import Database

log = structlog.get_logger(__name__)
EVERY_SECONDS = 2.0
"""So often that the log stays far below the length at which SQLite makes whoever commits do it."""


def start(database: Database) -> None:
    """Begin, for as long as the process lives; PostgreSQL looks after its own log."""
    if database.is_sqlite:
        threading.Thread(target=_watch, args=(database,), name="checkpoints", daemon=True).start()


def _watch(database: Database) -> NoReturn:
    pause = threading.Event()
    while True:
        pause.wait(EVERY_SECONDS)
        try:
            bring(database)
        except (DBAPIError, sqlite3.Error) as error:  # SQLite does it by itself where the log grows long
            log.warning("checkpoint failed", kind=type(error).__name__)


def bring(database: Database) -> None:
    """Bring over what nobody reads any more; neither readers nor whoever writes wait for it (PASSIVE)."""
    with closing(database.engine.raw_connection()) as connection:  # in a transaction it would do nothing
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
