"""Walks all that proves the record: events, the evidence beside them, triggers, and how far it had come (F22)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Integer, String, cast, column, exists, func, literal_column, select, table
from sqlalchemy.orm import Session

from consent_portal.ledger import evidence, store
from consent_portal.ledger.anchor import Anchor, read_line
from consent_portal.ledger.chain import GENESIS, Verification
from consent_portal.ledger.continuity import Continuity, difference
from consent_portal.ledger.rows import EventRow, EvidenceRow
from consent_portal.migrations.schema import trigger_faults

Progress = Callable[[int, int], None]
"""Told how much of how much is done."""
EVERY = 10_000
AT_ONCE = 2000
ROLE = (
    "(SELECT account_role.name FROM roles_users JOIN account_role ON account_role.id = roles_users.role_id "
    "WHERE roles_users.user_id = account.id ORDER BY account_role.id LIMIT 1)"
)
NAMES = {
    "decision": "decision",
    "disclosure": "disclosure",
    "access_entry": "entry of the access journal",
    "study": "study",
    "patient": "patient",
    "patient_identifier": "number of a patient",
    "review": "second review",
    "account": "account",
    "account_passkey": "passkey",
    "recipient": "recipient",
    "approval": "approval",
    "recall": "recall",
    "signed_answer": "signed answer",
}


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
        watch = _Watch(progress, _length(session))
        events = store.verify_ledger(session, head, watch.see)
        found = [events.fault] if events.fault else []
        found += [missing] if missing else []
        found += kept.compared(session)
        pieces, broken = _chain_of_evidence(session, watch)
        found += [broken] if broken else []
        for name in evidence.SHAPES:
            found += _rows_of(session, name)
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


def _length(session: Session) -> int:
    return int(session.scalar(select(func.max(EventRow.seq))) or 0) + int(
        session.scalar(select(func.max(EvidenceRow.seq))) or 0
    )


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


def _chain_of_evidence(session: Session, watch: _Watch) -> tuple[int, str]:
    names = (EvidenceRow.seq, EvidenceRow.source, EvidenceRow.row_key, EvidenceRow.shape, EvidenceRow.digest)
    query = select(*names, EvidenceRow.prev_hash, EvidenceRow.hash).order_by(EvidenceRow.seq)
    count, prev = 0, GENESIS
    for row in watch.see(session.execute(query.execution_options(yield_per=AT_ONCE))):
        fits = row[0] == count + 1 and row[5] == prev and row[6] == evidence.link(prev, *row[:5])
        if not fits:
            return count, f"piece {count + 1} of the evidence is missing or not as it was written"
        count, prev = count + 1, row[6]
    return count, ""


def _rows_of(session: Session, name: str) -> list[str]:
    """Compare the rows of a table with their evidence, and say of the first that differs; then of rows without any."""
    shapes = evidence.SHAPES[name]
    for row in session.execute(_with_evidence(name).execution_options(yield_per=AT_ONCE)).mappings():
        fault = _fault_of(name, row) if row["shape"] in shapes else "has evidence of an unknown shape"
        if fault:
            return [f"{NAMES[name]} {row['row_key']} {fault}"]
    number = session.scalar(_without_evidence(name)) or 0
    return [f"{number} rows of the table {name} were written past the portal"] if number else []


def _fault_of(name: str, row: Any) -> str:
    is_there = row["own_key"] is not None
    if not is_there:
        return "is gone" if row["digest"] else ""
    known = {column: row[f"c_{column}"] for column in evidence.SHAPES[name][row["shape"]].columns}
    if name == "account":
        known["role"] = known["role"] or ""
    try:
        same = evidence.digest(name, row["shape"], known) == row["digest"]
    except (TypeError, ValueError):  # bytes, or half of a character, where only text was ever written
        same = False
    return "" if same else "is not as it was recorded"


def _with_evidence(name: str) -> Any:
    shape = evidence.shape_of(name)
    own = table(name, *(column(one) for one in shape.columns if (name, one) != ("account", "role")))
    wanted = cast(EvidenceRow.row_key, Integer) if name in _NUMBERED else EvidenceRow.row_key
    columns = [
        (literal_column(ROLE) if (name, one) == ("account", "role") else own.c[one]).label(f"c_{one}")
        for one in shape.columns
    ]
    query = (
        select(EvidenceRow.row_key, EvidenceRow.shape, EvidenceRow.digest, own.c[shape.key].label("own_key"), *columns)
        .select_from(EvidenceRow.__table__.outerjoin(own, own.c[shape.key] == wanted))
        .where(EvidenceRow.source == name)
    )
    if not shape.grows:
        last = select(func.max(EvidenceRow.seq)).where(EvidenceRow.source == name).group_by(EvidenceRow.row_key)
        query = query.where(EvidenceRow.seq.in_(last))
    return query.order_by(EvidenceRow.seq)


_NUMBERED = frozenset({"access_entry", "patient_identifier", "account", "account_passkey"})
"""Tables whose key is a whole number."""


def _without_evidence(name: str) -> Any:
    shape = evidence.shape_of(name)
    own = table(name, column(shape.key))
    told = exists().where(EvidenceRow.source == name, EvidenceRow.row_key == cast(own.c[shape.key], String(80)))
    return select(func.count()).select_from(own).where(~told)
