"""The triggers of tables that only grow, for the migrations that make such tables."""

from alembic import op

MESSAGE = "only grows: a row is never changed, replaced or deleted"


def only_grows(table: str, key: str) -> None:
    """Let the database refuse change, deletion and replacement in a table, as migration 0002 does for others."""
    if op.get_bind().dialect.name == "sqlite":
        _sqlite(table, key)
    else:
        _postgresql(table)


def _sqlite(table: str, key: str) -> None:
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} {MESSAGE}'); END"
        )
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608  (names of ours)
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} {MESSAGE}'); END"
    )


def _postgresql(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION aoa_only_grows()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION aoa_only_grows()"
    )
