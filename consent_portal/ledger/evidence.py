"""Chains what is evidence beside the events, and what decides whose consent counts (ADR 0127, F22).

Whenever a session writes a row of these tables, its digest is written into a chain of digests in the same transaction.
Rows of tables that only grow must have exactly one; of the others the last one must be of the row as it is now.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import Any, cast

from sqlalchemy import Connection, Table, event, inspect, select
from sqlalchemy.orm import InstanceState, Session, UOWTransaction

from consent_portal.asking import Question, entry
from consent_portal.database import connection_of
from consent_portal.ledger.chain import GENESIS, canonical
from consent_portal.ledger.rows import EvidenceRow

ACCOUNTS = "aoa_accounts"
"""In the `info` of a session that writes sign-ins, each statement by itself."""
HEAD = "aoa_evidence_head"
"""In a writing session's `info`: number and hash of the last piece of evidence, once one was written."""
LAST = "aoa_last_evidence"
"""In a writing session's `info`: the same as it stood when the session began, since when nobody else has written."""
_UNPROVEN = "What is proven is only changed by `Database.writing`, together with what proves it (ADR 0127)."


@dataclass(frozen=True)
class Shape:
    """Which columns of a table are chained, and by which its rows are known.

    Attributes
    ----------
    grows : bool
        Whether a row is written once and stays.
    """

    key: str
    columns: tuple[str, ...]
    grows: bool = False


_DECISION = ("id", "decided_at", "intent", "job", "user", "role", "purpose", "recipient", "outcome", "profile",
             "policy_version", "request_digest", "request", "subjects", "answer")  # fmt: skip
_STUDY = ("key", "study_uid", "patient_key", "former_patients", "episode")
_OF_WHOM = ("patient_name", "birth_date", "sex", "details_version", "separated_from")
_RECIPIENT = ("key", "name", "kind", "address", "contract_reference", "contract_start", "contract_end", "steward",
              "named_people", "evidence", "secure_environment", "audited_on", "data_flow", "anonymisation_process",
              "archiving", "responsible_professional", "keep_until_days", "conditions_of_use", "country", "closed",
              "updated_at", "updated_by")  # fmt: skip
_APPROVAL = ("key", "kind", "title", "details", "valid_from", "valid_to", "closed", "updated_at", "updated_by")
_RECALL = ("id", "opened_at", "released_event", "withdrawn_event", "disclosure", "job", "patient_key", "study_uid",
           "requested_by", "recipient", "purpose", "status", "updated_at", "updated_by", "note")  # fmt: skip
_IMAGE_REVIEW = ("id", "held", "image", "basis", "study_key", "act", "outcome", "areas", "no_face", "recognisable",
                 "reason", "by", "role", "at", "ledger_head")  # fmt: skip
SHAPES: Mapping[str, Mapping[int, Shape]] = {
    "decision": {1: Shape("id", _DECISION, grows=True)},
    "disclosure": {
        1: Shape("id", ("id", "key", "digest", "kind", "job", "decision", "recorded_at", "seq"), grows=True)
    },
    "access_entry": {
        1: Shape(
            "seq",
            ("seq", "at", "recorded_at", "user", "role", "action", "study_key", "patient_key", "detail"),
            grows=True,
        )
    },
    "study": {
        1: Shape("key", _STUDY),
        2: Shape("key", (*_STUDY, *_OF_WHOM)),
        3: Shape("key", (*_STUDY, *_OF_WHOM, "accession", "date", "contents")),
    },
    "patient": {
        1: Shape("key", ("key", "birth_date")),
        2: Shape("key", ("key", "birth_date", "sex", "name", "first_study", "same_number_as")),
    },
    "patient_identifier": {1: Shape("id", ("id", "value", "issuer", "patient_key"))},
    "review": {
        1: Shape("id", ("id", "job", "digest", "status", "reviewed_by")),
        2: Shape("id", ("id", "job", "digest", "status", "reviewed_by", "shown")),
    },
    "account": {
        1: Shape("id", ("id", "username", "password", "active", "role")),
        2: Shape("id", ("id", "username", "password", "active", "role", "tf_primary_method", "tf_totp_secret")),
    },
    "account_passkey": {2: Shape("id", ("id", "user_id", "name", "credential_id", "public_key"))},
    "recipient": {2: Shape("key", _RECIPIENT)},
    "approval": {2: Shape("key", _APPROVAL)},
    "recall": {2: Shape("id", _RECALL)},
    "signed_answer": {2: Shape("event", ("event", "sealed"), grows=True)},
    "image_review": {2: Shape("id", _IMAGE_REVIEW, grows=True)},
}
"""By table and number of the shape: a column that is added later gets a new number, and old digests stay true.

Step 0006 chained what has a shape 1; a table that came later begins with 2, and the step that brings it chains it.
"""
PRESENT: Mapping[str, int] = {table: max(shapes) for table, shapes in SHAPES.items()}


def shape_of(table: str, number: int | None = None) -> Shape:
    """Return what is chained of a table, now or by the number that stands with a digest."""
    return SHAPES[table][PRESENT[table] if number is None else number]


def digest(table: str, number: int, row: Mapping[str, object]) -> str:
    """Return the digest of the columns that the shape names."""
    return digest_of(table, [row[name] for name in SHAPES[table][number].columns])


def digest_of(table: str, values: Iterable[object]) -> str:
    """Return the digest of a row's values in the order of its shape: the same as of `canonical`, in half the time."""
    body = ",".join([_quoted(value) if isinstance(value, str) else _plain(value) for value in (table, *values)])
    return hashlib.sha256(f"[{body}]".encode()).hexdigest()


@lru_cache(maxsize=1024, typed=True)
def _plain(value: object) -> str:
    """Return what is no text as JSON: true and false as 1 and 0, as SQLite holds them, and bytes in hexadecimal."""
    if isinstance(value, bytes):
        return canonical(value.hex())
    return canonical(int(value) if isinstance(value, bool) else value)


def link(prev_hash: str, seq: int, source: str, row: str, shape: int, digest: str) -> str:  # noqa: PLR0913, PLR0917
    """Return the hash of a piece of evidence as the successor of `prev_hash`."""
    return hashlib.sha256(f"{prev_hash}\n{seq}\n{source}\n{row}\n{shape}\n{digest}".encode()).hexdigest()


_TABLE = cast(Table, EvidenceRow.__table__)
_LAST = Question(select(_TABLE.c.seq, _TABLE.c.hash).order_by(_TABLE.c.seq.desc()).limit(1))


def head(session: Session | Connection) -> tuple[int, str]:
    """Return number and hash of the last piece of evidence; (0, zeros) where there is none."""
    rows = _LAST.bring(session, {}) if isinstance(session, Connection) else _LAST.ask(session)
    return (rows[0][0], rows[0][1]) if rows else (0, GENESIS)


Fact = tuple[str, str, int, str]
"""Table, key, shape and digest of a row."""


def chained(facts: Iterable[Fact], last: tuple[int, str]) -> Iterator[dict[str, object]]:
    """Give the rows of evidence that follow `last`."""
    seq, prev = last
    for source, row, shape, value in facts:
        seq += 1
        own = link(prev, seq, source, row, shape, value)
        yield {
            "seq": seq, "source": source, "row_key": row, "shape": shape, "digest": value, "prev_hash": prev,
            "hash": own,
        }  # fmt: skip
        prev = own


_ENTRY = entry(_TABLE)


def add(session: Session, facts: list[Fact]) -> None:
    """Write evidence in a writing session."""
    if not facts:
        return
    connection = connection_of(session)  # within a flush, and past what a session does for objects
    rows = list(chained(facts, session.info.get(HEAD) or session.info.get(LAST) or head(connection)))
    _ENTRY.bring_each(connection, rows)
    session.info[HEAD] = (rows[-1]["seq"], rows[-1]["hash"])


def enter(session: Session, table: Table, rows: list[dict[str, object]]) -> None:
    """Write rows into a table together with what proves them, as a session does for objects, in a tenth of the time.

    Raises
    ------
    RuntimeError
        In a session that writes sign-ins, each statement by itself.
    """
    if ACCOUNTS in session.info:
        raise RuntimeError(_UNPROVEN)
    if not rows:
        return
    shape, number = shape_of(table.name), PRESENT[table.name]
    _entry_of(table).bring_each(connection_of(session), rows)
    add(session, [(table.name, str(row[shape.key]), number, digest(table.name, number, row)) for row in rows])


@lru_cache(maxsize=len(SHAPES))
def _entry_of(table: Table) -> Question:
    return entry(table)


def _refuse_without_evidence(session: Session, *_flush: object) -> None:
    """Refuse what would be written without its evidence in the same transaction: the proof would then be false."""
    if ACCOUNTS in session.info and any((*_written(session), *_deleted(session))):
        raise RuntimeError(_UNPROVEN)


def _note(session: Session, _context: UOWTransaction) -> None:
    """Chain what was just written."""
    if ACCOUNTS not in session.info:
        add(session, [*_written(session), *_deleted(session)])


def _written(session: Session) -> Iterator[Fact]:
    for instance in [*session.new, *session.dirty]:
        table = instance.__tablename__
        if table in SHAPES and (instance in session.new or _changed(instance, table)):
            yield _fact(table, instance)


def _changed(instance: Any, table: str) -> bool:
    state = cast(InstanceState[Any], inspect(instance))
    names = ["roles" if (table, name) == ("account", "role") else name for name in shape_of(table).columns]
    return any(state.attrs[name].history.has_changes() for name in names)


def _fact(table: str, instance: Any) -> Fact:
    shape, number = shape_of(table), PRESENT[table]
    row = {name: getattr(instance, name) for name in shape.columns}
    return table, str(row[shape.key]), number, digest(table, number, row)


def _deleted(session: Session) -> Iterator[Fact]:
    for instance in session.deleted:
        table = instance.__tablename__
        if table in SHAPES:
            yield table, str(getattr(instance, shape_of(table).key)), PRESENT[table], ""


event.listen(Session, "before_flush", _refuse_without_evidence)
event.listen(Session, "after_flush", _note)
