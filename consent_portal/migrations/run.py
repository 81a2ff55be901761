"""Brings a database to the present shape."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from consent_portal.database import Database

HERE = Path(__file__).parent


def config_of(connection: Connection | None = None) -> Config:
    """Return what Alembic needs to run the steps on a connection."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Return the number of the newest step."""
    return ScriptDirectory.from_config(config_of()).get_current_head() or ""


def present(database: Database) -> str:
    """Return the step that `database` has reached, empty for a new one."""
    if not database.is_there:
        return ""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def is_known(step: str) -> bool:
    """Whether a step is one of ours; raises `CommandError` for that of a newer version."""
    return ScriptDirectory.from_config(config_of()).get_revision(step) is not None


def migrate(database: Database) -> str:
    """Run the steps that are missing, all or none, and return the step reached.

    An SQLite database and its folder are made when they are not there yet.
    """
    if database.is_sqlite and database.engine.url.database:
        Path(database.engine.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    database.may_be_made = True
    try:
        with database.engine.execution_options(aoa_writer=True).begin() as connection:
            command.upgrade(config_of(connection), "head")
    finally:
        database.may_be_made = False
    return present(database)
