"""Which ledger it is, a chain of what is evidence beside the events, and the last days of consents (ADR 0125-0128)."""

import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from consent_portal.clock import to_text, utc_now
from consent_portal.ledger import evidence
from consent_portal.migrations.triggers import only_grows

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SHAPE = 1
AT_ONCE = 2000
EVIDENCE = sa.table(
    "evidence", *map(sa.column, ("seq", "source", "row_key", "shape", "digest", "prev_hash", "hash"))
)
ROLE = (
    "(SELECT account_role.name FROM roles_users JOIN account_role ON account_role.id = roles_users.role_id "
    "WHERE roles_users.user_id = account.id ORDER BY account_role.id LIMIT 1)"
)


def upgrade() -> None:
    """Make the tables, draw the ledger's number, and chain what was written before."""
    _tables()
    op.execute(
        sa.text("INSERT INTO ledger_identity (id, made_at) VALUES (:id, :at)").bindparams(
            id=str(uuid.uuid4()), at=to_text(utc_now())
        )
    )
    _chain()
    _days()
    for table, key in (("evidence", "seq"), ("ledger_identity", "id")):
        only_grows(table, key)


def downgrade() -> None:
    """Refuse: what was proven would no longer be."""
    message = "The evidence of the ledger is not taken away by a migration."
    raise NotImplementedError(message)


def _tables() -> None:
    op.create_table(
        "ledger_identity",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_identity"),
    )
    op.create_table(
        "evidence",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(30), nullable=False),
        sa.Column("row_key", sa.String(64), nullable=False),
        sa.Column("shape", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_evidence"),
        sa.UniqueConstraint("prev_hash", name="uq_evidence_prev_hash"),
        sa.UniqueConstraint("hash", name="uq_evidence_hash"),
    )
    op.create_index("ix_evidence_row_key", "evidence", ["source", "row_key"])
    op.create_table(
        "expiry",
        sa.Column("event", sa.String(36), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("noted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_expiry"),
    )
    op.create_index("ix_expiry_last_day", "expiry", ["last_day"])
    op.create_index("ix_expiry_noted", "expiry", ["noted"])


def _rows(table: str) -> Iterator[evidence.Fact]:
    shape = evidence.SHAPES[table][SHAPE]
    columns: list[Any] = [sa.text(f"{ROLE} AS role") if (table, name) == ("account", "role") else sa.column(name)
               for name in shape.columns]  # fmt: skip
    query = sa.select(*columns).select_from(sa.table(table)).order_by(sa.column(shape.key))
    for row in op.get_bind().execute(query.execution_options(yield_per=AT_ONCE)).mappings():
        known = {name: row[name] for name in shape.columns}
        if table == "account":
            known["role"] = known["role"] or ""
        yield table, str(known[shape.key]), SHAPE, evidence.digest(table, SHAPE, known)


def _chain() -> None:
    """Chain every row there is; the digests are of what stands there now."""
    last = (0, "0" * 64)
    for table in evidence.SHAPES:
        if SHAPE not in evidence.SHAPES[table]:
            continue
        batch: list[evidence.Fact] = []
        for fact in _rows(table):
            batch.append(fact)
            if len(batch) == AT_ONCE:
                last, batch = _written(batch, last), []
        last = _written(batch, last)


def _written(batch: list[evidence.Fact], last: tuple[int, str]) -> tuple[int, str]:
    rows = list(evidence.chained(batch, last))
    if rows:
        op.bulk_insert(EVIDENCE, rows)
    return (last[0] + len(rows), str(rows[-1]["hash"])) if rows else last


def _days() -> None:
    """Note the last day of each consent that has one."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    day = "json_extract(payload, '$.valid_to')" if sqlite else "(payload::json ->> 'valid_to')"
    op.execute(
        f"INSERT INTO expiry (event, last_day, noted) SELECT id, {day}, EXISTS (SELECT 1 FROM ledger_event other "
        "WHERE other.type = 'EXPIRED' AND other.supersedes = ledger_event.id) "
        f"FROM ledger_event WHERE type IN ('GIVEN', 'AMENDED') AND {day} IS NOT NULL"
    )
