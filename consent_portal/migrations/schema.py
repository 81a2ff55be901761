"""Compares the triggers of a database with those that the migrations make: a dropped one lets rows be changed (H13)."""

from functools import cache
from importlib import import_module

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from consent_portal.ledger.rows import APPEND_ONLY
from consent_portal.migrations.run import config_of

_SQLITE = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
_POSTGRESQL = """
SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, p.proname, p.prosrc FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal
"""
ROW, BEFORE, INSERT, DELETE, UPDATE, TRUNCATE = 1, 2, 4, 8, 16, 32  # PostgreSQL's bits of a trigger's kind
Triggers = dict[tuple[str, str], tuple[str, ...]]
"""By name and table: what each does."""


def trigger_faults(session: Session) -> list[str]:
    """Return a sentence for each trigger that is missing, another, or not one of ours."""
    connection = session.connection()
    sqlite = connection.dialect.name == "sqlite"
    wanted, found = (_sqlite_wanted(), _sqlite(connection)) if sqlite else (_postgresql_wanted(), _postgresql(session))
    ours = {name: what for name, what in found.items() if name in wanted or name[1] in APPEND_ONLY}
    return [_sentence(name, wanted, ours) for name in sorted({*wanted, *ours}) if wanted.get(name) != ours.get(name)]


def _sentence(name: tuple[str, str], wanted: Triggers, found: Triggers) -> str:
    if name not in found:
        return f"the trigger {name[0]} of the table {name[1]} was dropped"
    if name not in wanted:
        return f"the table {name[1]} has a trigger {name[0]} that is none of ours"
    return f"the trigger {name[0]} of the table {name[1]} is not as it was made"


def _sqlite(connection: Connection) -> Triggers:
    return {(row.name, row.tbl_name): (row.sql,) for row in connection.execute(text(_SQLITE))}


@cache
def _sqlite_wanted() -> Triggers:
    """Return the triggers of a new database."""
    from alembic import command  # noqa: PLC0415  (heavy, and most processes verify nothing)

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        command.upgrade(config_of(connection), "head")
        made = _sqlite(connection)
    engine.dispose()
    return made


def _postgresql(session: Session) -> Triggers:
    rows = session.execute(text(_POSTGRESQL))
    return {
        (row.tgname, row.relname): (str(row.tgtype), _word(row.tgenabled), row.proname, row.prosrc.strip())
        for row in rows
    }


def _word(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@cache
def _postgresql_wanted() -> Triggers:
    from consent_portal.migrations.triggers import MESSAGE  # noqa: PLC0415  (as above)

    first = import_module("consent_portal.migrations.versions.0002_append_only")
    grows = f"BEGIN RAISE EXCEPTION '% {MESSAGE}', TG_TABLE_NAME; END"
    follows = (
        f"BEGIN IF NEW.seq <> {first.NEXT} OR NEW.prev_hash <> {first.LAST} THEN "
        "RAISE EXCEPTION 'ledger_event: a new event must follow the last one'; END IF; RETURN NEW; END"
    )
    wanted: Triggers = {
        ("ledger_event_follows", "ledger_event"): (str(ROW + BEFORE + INSERT), "O", "aoa_event_follows", follows)
    }
    for table in APPEND_ONLY:
        change, truncate = str(ROW + BEFORE + DELETE + UPDATE), str(BEFORE + TRUNCATE)
        wanted[f"{table}_no_change", table] = (change, "O", "aoa_only_grows", grows)
        wanted[f"{table}_no_truncate", table] = (truncate, "O", "aoa_only_grows", grows)
    return wanted
