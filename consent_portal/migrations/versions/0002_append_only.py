"""Triggers: what is recorded is never changed or deleted, and an event follows the last one."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEYS = {"ledger_event": "seq", "decision": "id", "disclosure": "id", "access_entry": "seq"}
LAST = "COALESCE((SELECT hash FROM ledger_event ORDER BY seq DESC LIMIT 1), '" + "0" * 64 + "')"
NEXT = "(SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger_event)"
MESSAGE = "only grows: a row is never changed, replaced or deleted"


def _sqlite() -> None:
    for table, key in KEYS.items():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} {MESSAGE}'); END"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} {MESSAGE}'); END"
        )
    op.execute(
        f"CREATE TRIGGER ledger_event_follows BEFORE INSERT ON ledger_event "
        f"WHEN NEW.seq <> {NEXT} OR NEW.prev_hash <> {LAST} "
        f"BEGIN SELECT RAISE(ABORT, 'ledger_event: a new event must follow the last one'); END"
    )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION aoa_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '% {MESSAGE}', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE FUNCTION aoa_event_follows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF NEW.seq <> {NEXT} OR NEW.prev_hash <> {LAST} THEN "
        "RAISE EXCEPTION 'ledger_event: a new event must follow the last one'; END IF; RETURN NEW; END $$"
    )
    for table in KEYS:
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION aoa_only_grows()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION aoa_only_grows()"
        )
    op.execute(
        "CREATE TRIGGER ledger_event_follows BEFORE INSERT ON ledger_event "
        "FOR EACH ROW EXECUTE FUNCTION aoa_event_follows()"
    )


def upgrade() -> None:
    """Add the triggers."""
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def downgrade() -> None:
    """Refuse: a ledger without its triggers is not a ledger."""
    message = "The triggers of the ledger are not taken away by a migration."
    raise NotImplementedError(message)
