"""Chains more of a study, and recipients, approvals, recalls and what was signed (ADR 0127)."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from consent_portal.ledger import evidence

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

AT_ONCE = 2000
STUDY_SHAPE, PATIENT_SHAPE, FIRST = 3, 2, 2
NEW = ("recipient", "approval", "recall", "signed_answer")
EVIDENCE = sa.table("evidence", *map(sa.column, ("seq", "source", "row_key", "shape", "digest", "prev_hash", "hash")))


def upgrade() -> None:
    """Let longer keys in, and chain what was written before."""
    if op.get_bind().dialect.name == "postgresql":  # SQLite holds no text to its length
        op.alter_column("evidence", "row_key", type_=sa.String(80))
    _write([*_carried_over("study", STUDY_SHAPE), *_carried_over("patient", PATIENT_SHAPE)])
    for table in NEW:
        _write(list(_as_it_stands(table)))


def downgrade() -> None:
    """Refuse: what was proven would no longer be."""
    message = "The evidence of the ledger is not taken away by a migration."
    raise NotImplementedError(message)


def _carried_over(table: str, number: int) -> Iterator[evidence.Fact]:
    """Give the rows that are as they were last chained; of any other the older piece goes on saying that it is not."""
    shape = evidence.SHAPES[table][number]
    own = sa.table(table, *map(sa.column, shape.columns))
    of_table = EVIDENCE.c.source == table
    last = sa.select(sa.func.max(EVIDENCE.c.seq)).where(of_table).group_by(EVIDENCE.c.row_key)
    query: Any = (
        sa.select(own, EVIDENCE.c.shape, EVIDENCE.c.digest)
        .join_from(own, EVIDENCE, sa.and_(of_table, EVIDENCE.c.row_key == own.c[shape.key]))
        .where(EVIDENCE.c.seq.in_(last), EVIDENCE.c.shape < number)
        .order_by(own.c[shape.key])
    )
    for row in _each(query):
        if evidence.digest(table, row["shape"], row) == row["digest"]:
            yield table, str(row[shape.key]), number, evidence.digest(table, number, row)


def _as_it_stands(table: str) -> Iterator[evidence.Fact]:
    shape = evidence.SHAPES[table][FIRST]
    query: Any = sa.select(*map(sa.column, shape.columns)).select_from(sa.table(table)).order_by(sa.column(shape.key))
    for row in _each(query):
        yield table, str(row[shape.key]), FIRST, evidence.digest(table, FIRST, row)


def _each(query: Any) -> Iterator[Any]:
    yield from op.get_bind().execute(query.execution_options(yield_per=AT_ONCE)).mappings()


def _write(facts: list[evidence.Fact]) -> None:
    rows = list(evidence.chained(facts, evidence.head(op.get_bind())))
    for start in range(0, len(rows), AT_ONCE):
        op.bulk_insert(EVIDENCE, rows[start : start + AT_ONCE])
