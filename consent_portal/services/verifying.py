"""Walks all that proves the record: events, the evidence beside them, triggers, and how far it had come (F22)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent_portal.ledger import evidence, raw, store
from consent_portal.ledger.anchor import Anchor, read_line
from consent_portal.ledger.chain import GENESIS, Verification
from consent_portal.ledger.continuity import Continuity, difference
from consent_portal.ledger.rows import EventRow, EvidenceRow
from consent_portal.migrations.schema import trigger_faults
from consent_portal.services import comparing
from consent_portal.services.events_beside import walking

Progress = Callable[[int, int], None]
"""Told how much of how much is done."""
EVERY = 10_000


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Report:
    """What was found.

    Attributes
    ----------
    pieces : int
        Pieces of evidence that were walked.
    faults : tuple of str
        Half-sentences, the gravest first; none when everything is whole.
    """

    events: Verification
    pieces: int = 0
    faults: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether everything is as it was written."""
        return not self.faults


def examine(continuity: Continuity, head: str = "", copy: Path | None = None, progress: Progress = _silent) -> Report:
    """Verify the home's ledger; nothing is written.

    Parameters
    ----------
    head : str
        A head hash that a person kept; see `store.verify_ledger`.
    copy : Path, optional
        A file elsewhere with earlier lines of the anchor.
    """
    missing, kept = continuity.gap(), _Kept.elsewhere(copy, continuity.file.key)  # before the moment that is walked
    if not continuity.database.is_there:
        return Report(Verification(0, GENESIS), 0, (missing,) if missing else ())
    with continuity.database.reading() as session:
        _see_one_moment(session)
        last, end = _length(session)
        watch = _Watch(progress, last + end)
        with walking(continuity.database, head, last, lambda: store.verify_ledger(session, head, watch.see)) as walk:
            comparisons = comparing.comparisons(session)
            pieces, broken = _chain_of_evidence(comparing.beside(comparisons, watch.see(_pieces(session))))
            events = walk()
        found = [events.fault] if events.fault else []
        found += [missing] if missing else []
        found += kept.compared(session)
        found += [broken] if broken else []
        for comparison in comparisons.values():
            found += comparison.faults()
        found += trigger_faults(session)
    return Report(events, pieces, tuple(found))


@dataclass
class _Watch:
    """Counts rows and tells of them now and then."""

    progress: Progress
    total: int
    done: int = 0

    def see(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Give the rows on."""
        for row in rows:
            self.done += 1
            if self.done % EVERY == 0:
                self.progress(self.done, self.total)
            yield row


def _length(session: Session) -> tuple[int, int]:
    """Return the number of the last event, and that of the last piece of evidence."""
    event, piece = (session.scalar(select(func.max(one))) for one in (EventRow.seq, EvidenceRow.seq))
    return int(event or 0), int(piece or 0)


@dataclass(frozen=True)
class _Kept:
    """The last line that was written elsewhere: read before the ledger is, which may grow meanwhile."""

    anchor: Anchor | None = None
    fault: str = ""

    @classmethod
    def elsewhere(cls, copy: Path | None, key: bytes) -> "_Kept":
        """Read it; nothing where no copy is kept."""
        if copy is None:
            return cls()
        try:
            lines = copy.read_text(encoding="utf-8").splitlines()
        except OSError:
            return cls(fault=f"the lines kept in {copy.name} ([portal] anchor_copy) cannot be read")
        written = [anchor for anchor in (read_line(line, key) for line in lines) if anchor is not None]
        if not written:
            return cls(fault=f"no line in {copy.name} ([portal] anchor_copy) is one that this home wrote")
        return cls(written[-1])

    def compared(self, session: Session) -> list[str]:
        """Return how the ledger falls short of it."""
        if self.anchor is None:
            return [self.fault] if self.fault else []
        found = difference(session, self.anchor)
        return [f"compared with the line kept elsewhere: {found}"] if found else []


def _see_one_moment(session: Session) -> None:
    """Let PostgreSQL show one moment throughout, as SQLite does: what is written meanwhile is walked another time."""
    if session.get_bind().dialect.name != "sqlite":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _pieces(session: Session) -> Iterator[Sequence[Any]]:
    piece = EvidenceRow.__table__.c
    names = (piece.seq, piece.source, piece.row_key, piece.shape, piece.digest, piece.prev_hash, piece.hash)
    return raw.rows(session, select(*names).order_by(piece.seq))


def _chain_of_evidence(pieces: Iterable[Sequence[Any]]) -> tuple[int, str]:
    """Walk to the end of the chain, and return how many pieces are whole, and what is wrong with the next."""
    count, prev, fault = 0, GENESIS, ""
    for row in pieces:
        if fault:
            continue  # the rows are compared all the same
        if row[0] == count + 1 and row[5] == prev and row[6] == evidence.link(prev, *row[:5]):
            count, prev = count + 1, row[6]
        else:
            fault = f"piece {count + 1} of the evidence is missing or not as it was written"
    return count, fault
