"""What the portal does beside its requests (ADR 0126, 0128, 0161).

It notes what has run out, forgets what nobody needs, asks the archive again of the studies that left, and sends the
head elsewhere.

It begins after the portal is ready, in transactions so short that nobody waits for them, and what fails is tried again.
"""

import threading
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from consent_portal.clock import local_day, to_text, utc_now
from consent_portal.ledger.anchor import AnchorUnreadable, append_line
from consent_portal.ledger.continuity import Continuity, LedgerClosed
from consent_portal.orthanc import OrthancAway, OrthancClient
from consent_portal.services import consent
from consent_portal.services.released_studies import ReleasedStudies

EVERY = 600.0
"""Seconds between two rounds."""
BREATH = 0.05
"""Seconds between two transactions of a round: those who wait for the ledger go first."""
log = structlog.get_logger(__name__)


class Upkeep:
    """A thread that looks after the ledger while the portal serves.

    Parameters
    ----------
    copy : Path or None
        ``[portal] anchor_copy``: a file elsewhere that gets a line at each start, stop and day.
    archive : OrthancClient
        Where the studies are.
    forget : callable
        Deletes some of what is past its date, in a writing session, and returns how much.
    """

    def __init__(
        self, continuity: Continuity, copy: Path | None, archive: OrthancClient, forget: Callable[[Session], int]
    ) -> None:
        self._continuity = continuity
        self._released = ReleasedStudies(continuity.database, archive)
        self._copy, self._forget = copy, forget
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)
        self._sent_on = local_day(utc_now())

    def start(self) -> None:
        """Begin."""
        self.send("start")
        self._thread.start()

    def stop(self) -> None:
        """End after the transaction that is going on."""
        self._over.set()
        self._thread.join(timeout=EVERY)
        self.send("stop")

    def send(self, why: str) -> None:
        """Write how far the ledger came to the file elsewhere; one that cannot be written ends nothing (F19)."""
        if self._copy is None:
            return
        file = self._continuity.file
        try:
            anchor = file.read()
            if anchor is not None:
                append_line(self._copy, anchor, file.key, why=why, written_at=to_text(utc_now()))
        except (OSError, AnchorUnreadable) as error:
            log.warning("no line could be kept elsewhere ([portal] anchor_copy)", kind=type(error).__name__)

    def _run(self) -> None:
        while True:
            self.go_round()
            if self._over.wait(EVERY):
                return

    def go_round(self) -> None:
        """Do each thing once; one that fails holds up none of the others, and is tried again in the next round."""
        for work in (self._note_expired, self._forget_all, self._released.look, self._send_daily):
            try:
                work()
            except (SQLAlchemyError, LedgerClosed, OrthancAway) as error:
                log.warning("upkeep waits", kind=type(error).__name__)
            except Exception as error:  # noqa: BLE001  # the edge of a thread that has to go on
                log.error("upkeep failed", kind=type(error).__name__)  # noqa: TRY400  (its text may name somebody)

    def _note_expired(self) -> None:
        self._until_none(lambda session: len(consent.note_expired(session)))

    def _forget_all(self) -> None:
        self._until_none(self._forget)

    def _until_none(self, some: Callable[[Session], int]) -> None:
        while not self._over.wait(BREATH):
            with self._continuity.database.writing() as session:
                done = some(session)
            if not done:
                return

    def _send_daily(self) -> None:
        today = local_day(utc_now())
        if today != self._sent_on:
            self.send("day")
            self._sent_on = today
