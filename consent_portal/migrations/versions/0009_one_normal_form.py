"""Numbers and names in their normal form, and the details that tell people apart (ADR 0138, 0139).

Two spellings of one number become one number of the patient who had it first. The other patient keeps key, events and
studies, and is noted as having the same number, so that refusals of either count for both.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

from consent_portal.registers.names import search_key, sound_key
from consent_portal.registers.numbers import identifier

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BATCH = 1000
WORDS, SOUNDS = 800, 400


def upgrade() -> None:
    """Add the columns and bring what is there to its normal form."""
    _add_columns()
    _normalise_numbers(op.get_bind())
    _fill_names(op.get_bind())
    _fill_first_details(op.get_bind())


def _add_columns() -> None:
    op.add_column("patient", sa.Column("sex", sa.String(16), nullable=False, server_default=""))
    op.add_column("patient", sa.Column("name", sa.String(324), nullable=False, server_default=""))
    op.add_column("patient", sa.Column("first_study", sa.String(64), nullable=False, server_default=""))
    op.add_column("patient", sa.Column("same_number_as", sa.String(36), nullable=False, server_default=""))
    op.add_column("patient", sa.Column("in_doubt", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("study", sa.Column("name_words", sa.String(WORDS), nullable=False, server_default=""))
    op.add_column("study", sa.Column("name_sounds", sa.String(SOUNDS), nullable=False, server_default=""))
    op.add_column("study", sa.Column("details_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("study", sa.Column("separated_from", sa.String(36), nullable=False, server_default=""))
    for table, column in (("patient", "same_number_as"), ("patient", "in_doubt"), ("study", "birth_date")):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _normalise_numbers(connection: sa.Connection) -> None:
    owner: dict[tuple[str, str], str] = {}
    rows = connection.execute(sa.text("SELECT id, value, issuer, patient_key FROM patient_identifier ORDER BY id"))
    changed: list[dict[str, Any]] = []
    for row in rows.mappings().all():
        number = identifier(row["value"], row["issuer"])
        first = owner.setdefault(number, row["patient_key"])
        if first != row["patient_key"] or (row["value"], row["issuer"]) != number:
            changed.append({"row": row["id"], "number": number, "first": first, "key": row["patient_key"]})
    for change in changed:  # all are taken out first: one may take the place of another
        connection.execute(sa.text("DELETE FROM patient_identifier WHERE id = :row"), {"row": change["row"]})
    kept = {(row[0], row[1]) for row in connection.execute(sa.text("SELECT value, issuer FROM patient_identifier"))}
    for change in changed:
        _place(connection, change, kept)


def _place(connection: sa.Connection, change: Mapping[str, Any], kept: set[tuple[str, str]]) -> None:
    if change["number"] not in kept:
        kept.add(change["number"])
        value, issuer = change["number"]
        connection.execute(
            sa.text("INSERT INTO patient_identifier (value, issuer, patient_key) VALUES (:value, :issuer, :key)"),
            {"value": value, "issuer": issuer, "key": change["first"]},
        )
    if change["first"] != change["key"]:
        connection.execute(
            sa.text("UPDATE patient SET same_number_as = :first, in_doubt = true WHERE key = :key"),
            {"first": change["first"], "key": change["key"]},
        )
        connection.execute(sa.text("UPDATE patient SET in_doubt = true WHERE key = :first"), {"first": change["first"]})


def _fill_names(connection: sa.Connection) -> None:
    update = sa.text("UPDATE study SET name_words = :words, name_sounds = :sounds WHERE key = :key")
    for batch in _batches(connection, "SELECT key, patient_name AS name FROM study"):
        connection.execute(update, [_name(row["key"], row["name"]) for row in batch])


def _name(key: str, name: str) -> dict[str, str]:
    return {"key": key, "words": search_key(name)[:WORDS], "sounds": sound_key(name)[:SOUNDS]}


def _fill_first_details(connection: sa.Connection) -> None:
    """Take sex and name of the study registered first, and note whose studies do not all say the same."""
    first = (
        "SELECT patient_key AS key, study_uid AS uid, sex, patient_name AS name FROM study WHERE registered_at = "
        "(SELECT MIN(registered_at) FROM study AS other WHERE other.patient_key = study.patient_key)"
    )
    update = sa.text("UPDATE patient SET sex = :sex, name = :name, first_study = :uid WHERE key = :key")
    for batch in _batches(connection, first):
        connection.execute(update, [dict(row) for row in batch])
    several = (
        "SELECT study.patient_key FROM study JOIN patient ON patient.key = study.patient_key GROUP BY patient_key "
        "HAVING COUNT(DISTINCT study.birth_date) > 1 OR COUNT(DISTINCT study.sex) > 1 "
        "OR COUNT(DISTINCT study.name_words) > 1 OR MIN(study.birth_date) <> MIN(patient.birth_date)"
    )
    connection.execute(sa.text(f"UPDATE patient SET in_doubt = true WHERE key IN ({several})"))  # noqa: S608  (fixed text)


def _batches(connection: sa.Connection, query: str) -> Iterator[list[Mapping[str, Any]]]:
    rows = connection.execute(sa.text(query)).mappings().all()
    for start in range(0, len(rows), BATCH):
        yield [dict(row) for row in rows[start : start + BATCH]]


def downgrade() -> None:
    """Drop the columns; numbers stay in their normal form, which the older step reads as well."""
    for table, column in (("patient", "same_number_as"), ("patient", "in_doubt"), ("study", "birth_date")):
        op.drop_index(f"ix_{table}_{column}", table)
    for table, columns in {
        "patient": ("sex", "name", "first_study", "same_number_as", "in_doubt"),
        "study": ("name_words", "name_sounds", "details_version", "separated_from"),
    }.items():
        for column in columns:
            op.drop_column(table, column)
