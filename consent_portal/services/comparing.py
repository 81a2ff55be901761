"""Compares the rows of every table that is proven with the evidence that stands for them (ADR 0127)."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Integer, String, cast, column, exists, func, literal_column, select, table
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
}
_KEY, _SHAPE, _DIGEST, _OWN_KEY, _VALUES = range(5)
"""Where each stands in a row of `_with_evidence`; the values of the columns follow."""


def faults_of(session: Session, name: str) -> list[str]:
    """Compare the rows of a table with their evidence, and say of the first that differs; then of rows without any."""
    values_of = {number: _values_of(name, number) for number in evidence.SHAPES[name]}
    for row in raw.rows(session, _with_evidence(name)):
        known = values_of.get(row[_SHAPE])
        fault = _fault_of(name, row, known(row)) if known else "has evidence of an unknown shape"
        if fault:
            return [f"{NAMES[name]} {row[_KEY]} {fault}"]
    number = session.scalar(_without_evidence(name)) or 0
    return [f"{number} rows of the table {name} were written past the portal"] if number else []


def _values_of(name: str, number: int) -> Callable[[Sequence[Any]], list[Any]]:
    """Return what takes the values of a shape out of a row, in the shape's order."""
    present = evidence.shape_of(name).columns
    places = [_VALUES + present.index(one) for one in evidence.SHAPES[name][number].columns]
    role = _VALUES + present.index("role") if name == "account" else None
    return lambda row: [row[place] or "" if place == role else row[place] for place in places]


def _fault_of(name: str, row: Sequence[Any], values: list[Any]) -> str:
    if row[_OWN_KEY] is None:
        return "is gone" if row[_DIGEST] else ""
    try:
        same = evidence.digest_of(name, values) == row[_DIGEST]
    except (TypeError, ValueError):  # bytes, or half of a character, where only text was ever written
        same = False
    return "" if same else "is not as it was recorded"


def _with_evidence(name: str) -> Any:
    shape = evidence.shape_of(name)
    own = table(name, *(column(one) for one in shape.columns if (name, one) != ("account", "role")))

    def wanted(key: Any) -> Any:
        return cast(key, Integer) if name in _NUMBERED else key

    columns = [
        (literal_column(ROLE) if (name, one) == ("account", "role") else own.c[one]).label(f"c_{one}")
        for one in shape.columns
    ]
    piece = _PIECE if shape.grows else _last_pieces(name)
    return (
        select(piece.c.row_key, piece.c.shape, piece.c.digest, own.c[shape.key].label("own_key"), *columns)
        .select_from(piece.outerjoin(own, own.c[shape.key] == wanted(piece.c.row_key)))
        .where(piece.c.source == name)
    )


_PIECE = table("evidence", *map(column, ("seq", "source", "row_key", "shape", "digest")))


def _last_pieces(name: str) -> Any:
    """Return the last piece of each row, in the order of the index: nothing has to be sorted or remembered."""
    last = select(func.max(_PIECE.c.seq).label("seq")).where(_PIECE.c.source == name).group_by(_PIECE.c.row_key)
    ends = last.subquery("ends")
    return select(_PIECE).join(ends, ends.c.seq == _PIECE.c.seq).subquery("piece")


_NUMBERED = frozenset({"access_entry", "patient_identifier", "account", "account_passkey"})
"""Tables whose key is a whole number."""


def _without_evidence(name: str) -> Any:
    shape = evidence.shape_of(name)
    own = table(name, column(shape.key))
    told = exists().where(EvidenceRow.source == name, EvidenceRow.row_key == cast(own.c[shape.key], String(80)))
    return select(func.count()).select_from(own).where(~told)
