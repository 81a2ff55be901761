"""Asks the archive again of the studies that left, so that a correction there is followed up unasked (H1, ADR 0161)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent_portal.contract import Subject
from consent_portal.database import Database
from consent_portal.ledger.events import EventType
from consent_portal.ledger.rows import EventRow
from consent_portal.orthanc import OrthancClient
from consent_portal.registers import unchanged
from consent_portal.services.telling import tell

A_ROUND = 500
"""How many releases are looked at in one round: the next round goes on with those that follow."""
AT_ONCE = 100
"""How many studies one question to the archive names."""


class ReleasedStudies:
    """What left, looked at a part at a time, from the first release to the last and over again."""

    def __init__(self, database: Database, archive: OrthancClient) -> None:
        self._database = database
        self._archive = archive
        self._seen = 0

    def look(self) -> int:
        """Tell the register what the archive tells now of the next of them; return how many it tells otherwise.

        Raises
        ------
        OrthancAway
            The same are asked for again in the next round.
        """
        with self._database.reading() as session:
            left = _released_after(session, self._seen)
        uids = list(dict.fromkeys(uid for _seq, uid in left))
        parts = [uids[first : first + AT_ONCE] for first in range(0, len(uids), AT_ONCE)]
        told = [subject for part in parts for subject in self._archive.find_studies(_named(part), limit=AT_ONCE)]
        self._seen = left[-1][0] if len(left) == A_ROUND else 0
        return sum(self._tell(subject) for subject in told)

    def _tell(self, subject: Subject) -> bool:
        with self._database.reading() as session:
            if unchanged.as_told(session, subject) is not None:
                return False
        with self._database.writing() as session:
            tell(session, subject)
        return True


def _named(uids: Sequence[str]) -> dict[str, str]:
    return {"StudyInstanceUID": "\\".join(uids)}


def _released_after(session: Session, seq: int) -> list[tuple[int, str]]:
    """Return the number and the study of each of the next releases."""
    released = select(EventRow.seq, EventRow.study_uid).where(EventRow.type == str(EventType.RELEASED))
    rows = session.execute(released.where(EventRow.seq > seq).order_by(EventRow.seq).limit(A_ROUND))
    return [(number, uid) for number, uid in rows if uid]
