"""Whether the ledger at hand is the one that this home has, and as long (F22, ADR 0125).

Absence of the record is never taken for an empty record, nor an older record for the record: whoever would decide,
write or verify with less is told what is missing, and everything but care stays closed.
"""

from dataclasses import dataclass
from typing import cast

import structlog
from sqlalchemy import Table, bindparam, inspect, literal, select, true
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consent_portal.asking import Question
from consent_portal.clock import from_text, local_day, to_text
from consent_portal.database import CONNECTION, Database
from consent_portal.ledger import evidence
from consent_portal.ledger.anchor import Anchor, AnchorFile, AnchorUnreadable
from consent_portal.ledger.chain import GENESIS
from consent_portal.ledger.rows import EventRow, EvidenceRow, IdentityRow
from consent_portal.ledger.store import HEAD, LAST, head, last_recorded_at

log = structlog.get_logger(__name__)
ANCHORED = "anchor"
"""Source of the piece of evidence that says that a home keeps an anchor of this ledger."""
NEXT = (
    "Direct care goes on; nothing else leaves and nothing is recorded until the home's own ledger is back, or the "
    "Caldicott Guardian accepts the loss (`aoa audit accept-loss`; see docs/operating.md)."
)


class LedgerClosed(Exception):  # noqa: N818  (named for the situation)
    """The ledger at hand is not the home's, or is less of it; the text says what is missing."""


@dataclass(frozen=True)
class Continuity:
    """Compares a home's ledger with what the home wrote down of it."""

    database: Database
    file: AnchorFile

    def attach(self) -> None:
        """Let every writing transaction be refused on another ledger, and be written down after it."""
        self.database.guard = self._guard
        self.database.committed = self._committed

    def gap(self) -> str:
        """Return what is missing, as a sentence; empty where nothing is.

        Raises
        ------
        DBAPIError
            When the database cannot be asked, which is not the same as a ledger that is missing.
        """
        if not self.database.is_there:
            return self._missing() if self.file.exists else ""
        with self.database.reading() as session:
            try:
                return self._compared(session)
            except DBAPIError:
                session.rollback()
                if inspect(session.connection()).has_table(IdentityRow.__tablename__):
                    raise
                return self._missing() if self.file.exists else ""

    def adopt(self) -> None:
        """Begin to write down how far a ledger has come, at the first start of a home or of this version."""
        if self.file.read() is None:
            self.begin_anew()
        with self.database.reading() as session:
            known = _is_anchored(session)
        if not known:
            with self.database.writing() as session:
                evidence.add(session, [(ANCHORED, _number(session), 0, "")])

    def begin_anew(self) -> None:
        """Take the ledger as it is for the home's own from now on."""
        with self.database.reading() as session:
            anchor, last = Anchor(_number(session)), last_recorded_at(session)
            if last is not None:
                anchor = anchor.with_head(*head(session), to_text(last))
            anchor = anchor.with_evidence(*evidence.head(session))
        self.file.start_anew(anchor)

    def _guard(self, session: Session) -> None:
        found = self._compared(session)
        if found:
            raise LedgerClosed(found)

    def _compared(self, session: Session) -> str:
        try:
            anchor = self.file.read()
        except AnchorUnreadable:
            return f"{self._name} is not as this home wrote it, so nobody knows how far its ledger had come. {NEXT}"
        if anchor is None:
            return self._without_a_file(session)
        return difference(session, anchor)

    def _without_a_file(self, session: Session) -> str:
        if not _is_anchored(session):
            return ""
        return f"{self._name} is gone, so nobody knows how far this home's ledger had come. {NEXT}"

    def _missing(self) -> str:
        try:
            anchor = self.file.read()
        except AnchorUnreadable:
            anchor = None
        reached = f"; this home had reached {reach(anchor)}" if anchor else ""
        return f"There is no ledger where [portal] database_url says{reached}. {NEXT}"

    @property
    def _name(self) -> str:
        return f"The file {self.file.path.name} beside the ledger"

    def _committed(self, session: Session) -> None:
        """Write down how far the ledger has come; a line that stays behind is safe, and the next write brings it on."""
        events, pieces = session.info.get(HEAD), session.info.get(evidence.HEAD)
        if not self.file.exists or (events is None and pieces is None):
            return
        seen = Anchor("")
        seen = seen.with_head(*events) if events else seen
        seen = seen.with_evidence(*pieces) if pieces else seen
        try:
            self.file.advance(seen)
        except OSError as error:  # it is recorded already: whoever wrote it must not be told otherwise (F22)
            log.error("anchor stays behind", kind=type(error).__name__)  # noqa: TRY400  (no paths in a log)


def reach(anchor: Anchor) -> str:
    """Return how far a ledger had come, in words."""
    if not anchor.seq:
        return "no event yet"
    return f"event {anchor.seq} on {local_day(from_text(anchor.recorded_at)):%-d %B %Y}"


def difference(session: Session, anchor: Anchor) -> str:
    """Return how the ledger at hand falls short of the anchor, as a sentence; empty where it does not."""
    number, event_hash, piece, seq, *last = _QUESTION.ask(session, event=anchor.seq, piece=anchor.evidence_seq)[0]
    if CONNECTION in session.info:  # nobody else writes until this transaction ends
        session.info[LAST] = (seq or 0, last[0] or GENESIS, last[1] or "")
        session.info[evidence.LAST] = (last[2] or 0, last[3] or GENESIS)
    if number != anchor.ledger:
        return f"This is another ledger than the one of this home, which had reached {reach(anchor)}. {NEXT}"
    if (seq or 0) < anchor.seq:
        return f"This ledger ends at event {seq or 0}; this home had reached {reach(anchor)}. {NEXT}"
    if anchor.seq and event_hash != anchor.head:
        return f"Event {anchor.seq} is not the one that this home recorded: this home had {reach(anchor)}. {NEXT}"
    if anchor.evidence_seq and piece != anchor.evidence_head:
        return (
            f"The evidence of decisions, releases and looks is not what this home had reached: piece "
            f"{anchor.evidence_seq} is missing or another. {NEXT}"
        )
    return ""


def _question() -> Question:
    event, piece = cast(Table, EventRow.__table__).c, cast(Table, EvidenceRow.__table__).c
    last = select(event.seq, event.hash, event.recorded_at).order_by(event.seq.desc()).limit(1).subquery("last")
    end = select(piece.seq, piece.hash).order_by(piece.seq.desc()).limit(1).subquery("last_piece")
    ledger = select(cast(Table, IdentityRow.__table__).c.id).scalar_subquery().label("ledger")
    return Question(
        select(
            ledger,
            select(event.hash).where(event.seq == bindparam("event")).scalar_subquery(),
            select(piece.hash).where(piece.seq == bindparam("piece")).scalar_subquery(),
            *last.c,
            *end.c,
        ).select_from(select(literal(1)).subquery("one").outerjoin(last, true()).outerjoin(end, true()))
    )


_QUESTION = _question()


def _number(session: Session) -> str:
    return str(session.scalar(select(IdentityRow.id)))


def _is_anchored(session: Session) -> bool:
    query = select(EvidenceRow.seq).where(EvidenceRow.source == ANCHORED).limit(1)
    return session.scalar(query) is not None
