"""The hash chain: every event holds the hash of the one before it, so that a changed row is found at its number.

Pure functions over plain rows. A database's owner can drop triggers and rewrite the whole chain; the head hash is
therefore also kept outside (``aoa audit verify --head``).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as _quoted
from typing import Any

GENESIS = "0" * 64
HASHED = (
    "seq",
    "id",
    "recorded_at",
    "effective_at",
    "recorded_by",
    "type",
    "patient_key",
    "scope",
    "payload",
    "supersedes",
    "study_uid",
)
"""The columns under the hash, as they are stored, besides `prev_hash`."""


def canonical(value: object) -> str:
    """Return `value` as JSON in the one form that is hashed: sorted keys, no spaces, UTF-8 text."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def link(row: Mapping[str, object], prev_hash: str) -> str:
    """Return the hash of `row` as the successor of `prev_hash` (sha256, hexadecimal)."""
    body = canonical({name: row[name] for name in HASHED})
    return hashlib.sha256(f"{prev_hash}\n{body}".encode()).hexdigest()


STORED = (*HASHED, "prev_hash", "hash")
"""The columns that verifying reads, in this order."""


def body_of(row: Sequence[Any]) -> str:
    """Return what is hashed of a row in the order of `STORED`: the same text as `canonical`, several times as fast."""
    seq, number, recorded, effective, by, kind, patient, scope, payload, about, study = row[: len(HASHED)]
    after = "null" if about is None else _quoted(about)
    return (
        f'{{"effective_at":{_quoted(effective)},"id":{_quoted(number)},"patient_key":{_quoted(patient)},'
        f'"payload":{_quoted(payload)},"recorded_at":{_quoted(recorded)},"recorded_by":{_quoted(by)},'
        f'"scope":{_quoted(scope)},"seq":{seq:d},"study_uid":{_quoted(study)},"supersedes":{after},'
        f'"type":{_quoted(kind)}}}'
    )


@dataclass(frozen=True)
class Verification:
    """What walking the chain found.

    Attributes
    ----------
    count : int
        Events that are whole, counted from the first.
    head : str
        Hash of the last whole event.
    bad_seq : int or None
        Number of the first bad event, None when all are whole.
    fault : str
        What is wrong with it, empty when all are whole.
    """

    count: int
    head: str
    bad_seq: int | None = None
    fault: str = ""

    @property
    def whole(self) -> bool:
        """Whether every event is as it was written."""
        return self.bad_seq is None


def verify(rows: Iterable[Sequence[Any]]) -> Verification:
    """Walk the chain from its first row.

    Parameters
    ----------
    rows : iterable of sequence
        The stored rows in the order of `seq`, each with the columns of `STORED`.
    """
    count, head = 0, GENESIS
    for row in rows:
        if row[0] != count + 1 or row[-2] != head or not _is_as_written(row, head):
            return Verification(count, head, count + 1, _fault(row, count + 1, head))
        count, head = count + 1, row[-1]
    return Verification(count, head)


def _fault(row: Sequence[Any], seq: int, head: str) -> str:
    if row[0] != seq:
        return f"event {seq} is missing"
    if row[-2] != head:
        return f"event {seq} does not follow the event before it"
    return f"event {seq} is not as it was written"


def _is_as_written(row: Sequence[Any], head: str) -> bool:
    try:
        return bool(row[-1] == hashlib.sha256(f"{head}\n{body_of(row)}".encode()).hexdigest())
    except (TypeError, ValueError):  # bytes, or half of a character, where only text was ever written
        return False
