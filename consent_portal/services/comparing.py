"""Compares the rows of every table that is proven with the evidence that stands for them (ADR 0127, 0158).

Rows and evidence are walked side by side in the order in which they were written, which is nearly the same: nothing is
looked up of a row, and only what has not met its other half is remembered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import column, func, literal_column, select, table
from sqlalchemy.orm import Session

from consent_portal.ledger import evidence, raw
from consent_portal.ledger.rows import EvidenceRow

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
    "image_review": "decision about an image",
}
AT_ONCE = 5000
Piece = tuple[int, str, int, str]
"""Number, key of the row, shape and digest."""
Row = Sequence[Any]
"""The key of a row, then its columns in the order of the present shape."""


class Comparison:
    """The rows of a table beside their evidence, as far as it was walked.

    Parameters
    ----------
    again : mapping
        Of each row that has several pieces of evidence, the number of the last.
    """

    def __init__(self, session: Session, name: str, again: Mapping[str, int]) -> None:
        self._name = name
        self._again = again
        self._grows = evidence.shape_of(name).grows
        self._rows = raw.rows(session, _rows_of(name))
        self._values_of = {number: _values_of(name, number) for number in evidence.SHAPES[name]}
        self._alone: dict[str, Piece] = {}
        self._unproven: dict[str, Row] = {}
        self._proven_again: dict[str, list[Piece]] = {}
        self.fault = ""
        """What is wrong with the first row that differs."""

    def see(self, pieces: Sequence[Piece]) -> None:
        """Take the next evidence of this table, and as many rows."""
        for piece in pieces:
            if self._again and piece[1] in self._again:
                self._see_again(piece)
            else:
                self._alone[piece[1]] = piece
        self._take(islice(self._rows, len(pieces)))

    def _see_again(self, piece: Piece) -> None:
        """Keep the last piece of a row that may change; each of one that never does."""
        if self._again[piece[1]] == piece[0]:
            self._alone[piece[1]] = piece
        elif self._grows:
            self._proven_again.setdefault(piece[1], []).append(piece)

    def _take(self, rows: Iterable[Row]) -> None:
        alone, unproven = self._alone, self._unproven
        for row in rows:
            piece = alone.pop(str(row[0]), None)
            if piece is None:
                unproven[str(row[0])] = row
            else:
                self._compare(row, piece)
        for key in alone.keys() & unproven.keys():
            self._compare(unproven.pop(key), alone.pop(key))

    def _compare(self, row: Row, piece: Piece) -> None:
        if self.fault:
            return
        for one in (piece, *self._proven_again.pop(piece[1], ())) if self._proven_again else (piece,):
            fault = self._fault_of(row, one)
            if fault:
                self.fault = f"{NAMES[self._name]} {piece[1]} {fault}"
                return

    def _fault_of(self, row: Row, piece: Piece) -> str:
        values_of = self._values_of.get(piece[2])
        if values_of is None:
            return "has evidence of an unknown shape"
        try:
            same = evidence.digest_of(self._name, values_of(row)) == piece[3]
        except (TypeError, ValueError):  # bytes, or half of a character, where only text was ever written
            same = False
        return "" if same else "is not as it was recorded"

    def faults(self) -> list[str]:
        """Take the remaining rows, and say of the first that differs or is gone; then of rows without any evidence."""
        self._take(self._rows)
        if self.fault:
            return [self.fault]
        for _, key, _, digest in self._alone.values():
            if digest:
                return [f"{NAMES[self._name]} {key} is gone"]
        number = len(self._unproven)
        return [f"{number} rows of the table {self._name} were written past the portal"] if number else []


def comparisons(session: Session) -> dict[str, Comparison]:
    """Return a comparison of each table that is proven, with nothing walked yet."""
    again: dict[str, dict[str, int]] = {}
    for source, key, last in raw.rows(session, _SEVERAL):
        again.setdefault(source, {})[key] = last
    return {name: Comparison(session, name, again.get(name, {})) for name in evidence.SHAPES}


def beside(all_of: Mapping[str, Comparison], pieces: Iterable[Row]) -> Iterator[Row]:
    """Give the pieces of evidence on, and hand those of each table to its comparison, many at once."""
    waiting: dict[str, list[Piece]] = {name: [] for name in all_of}
    for number, row in enumerate(pieces, 1):
        seq, source, key, shape, digest = row[:5]
        if source in waiting:
            waiting[source].append((seq, key, shape, digest))
        if number % AT_ONCE == 0:
            _hand_over(all_of, waiting)
        yield row
    _hand_over(all_of, waiting)


def _hand_over(all_of: Mapping[str, Comparison], waiting: dict[str, list[Piece]]) -> None:
    for name, pieces in waiting.items():
        if pieces:
            all_of[name].see(pieces)
            pieces.clear()


def _values_of(name: str, number: int) -> Callable[[Row], Sequence[Any]]:
    """Return what takes the values of a shape out of a row, in the shape's order."""
    present = evidence.shape_of(name).columns
    columns = evidence.SHAPES[name][number].columns
    if name != "account" and columns == present[: len(columns)]:
        end = 1 + len(columns)
        return lambda row: row[1:end]
    places = [1 + present.index(one) for one in columns]
    role = 1 + present.index("role") if name == "account" else None
    return lambda row: [row[place] or "" if place == role else row[place] for place in places]


def _rows_of(name: str) -> Any:
    shape = evidence.shape_of(name)
    own = table(name, *(column(one) for one in shape.columns if (name, one) != ("account", "role")))
    columns = [
        (literal_column(ROLE) if (name, one) == ("account", "role") else own.c[one]).label(f"c_{one}")
        for one in shape.columns
    ]
    return select(own.c[shape.key].label("own_key"), *columns).select_from(own)


_SEVERAL: Any = (
    select(EvidenceRow.source, EvidenceRow.row_key, func.max(EvidenceRow.seq))
    .group_by(EvidenceRow.source, EvidenceRow.row_key)
    .having(func.count() > 1)
)
