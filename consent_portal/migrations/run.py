"""Brings a database to the present shape."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from consent_portal.database import Database

HERE = Path(__file__).parent


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Return the number of the newest step."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def present(database: Database) -> str:
    """Return the step that `database` has reached, empty for a new one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def migrate(database: Database) -> str:
    """Run the steps that are missing, all or none, and return the step reached.

    An SQLite database and its folder are made when they are not there yet.
    """
    if database.is_sqlite and database.engine.url.database:
        Path(database.engine.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with database.engine.execution_options(aoa_writer=True).begin() as connection:
        command.upgrade(_config(connection), "head")
    return present(database)
