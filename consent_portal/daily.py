"""What the portal looks after by itself, whoever signs in: recalls that have become overdue (R56)."""

import threading
from typing import NoReturn

import structlog
from sqlalchemy.exc import SQLAlchemyError

from consent_portal.database import Database
from consent_portal.tasks import breaches

log = structlog.get_logger()
EVERY_SECONDS = 3600
"""Often enough that a day never passes without a look, whenever the portal was started."""


def start(database: Database, recall_days: int) -> None:
    """Look now and every hour, for as long as the process lives."""
    threading.Thread(target=_watch, args=(database, recall_days), name="daily", daemon=True).start()


def _watch(database: Database, recall_days: int) -> NoReturn:
    pause = threading.Event()
    while True:
        try:
            look(database, recall_days)
        except SQLAlchemyError as error:
            log.error("daily look failed", kind=type(error).__name__)  # noqa: TRY400  (its text may quote a statement)
        pause.wait(EVERY_SECONDS)


def look(database: Database, recall_days: int) -> int:
    """Open the breaches that are due, and return how many; a second look opens none. Writes only when one is due."""
    with database.reading() as session:
        if not breaches.owed(session, recall_days):
            return 0
    with database.writing() as session:
        opened = breaches.open_overdue(session, recall_days)
    log.info("breaches opened", count=opened)
    return opened
