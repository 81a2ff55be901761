"""Brings a database to the present shape.

Almost always it is there already, and to see that needs no Alembic, which takes a quarter of a second to load.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table

from consent_portal.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

HERE = Path(__file__).parent
_REACHED = "alembic_version"
"""Alembic's table of the step that a database has reached."""


class UnknownStepError(Exception):
    """The database has reached a step that this version does not know: it is of a newer one."""


def config_of(connection: Connection | None = None) -> "Config":
    """Return what Alembic needs to run the steps on a connection."""
    from alembic.config import Config  # noqa: PLC0415  (heavy; see above)

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Return the number of the newest step, with which its file's name begins."""
    return max(_steps())


def _steps() -> set[str]:
    return {file.name.partition("_")[0] for file in (HERE / "versions").glob("[0-9]*.py")}


def present(database: Database) -> str:
    """Return the step that `database` has reached, empty for a new one."""
    if not database.is_there:
        return ""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table(_REACHED):
            return ""
        return connection.scalar(select(column("version_num")).select_from(table(_REACHED))) or ""


def is_known(step: str) -> bool:
    """Whether a step is one of ours; raises `UnknownStepError` for that of a newer version."""
    if step not in _steps():
        raise UnknownStepError(step)
    return True


def migrate(database: Database) -> str:
    """Run the steps that are missing, all or none, and return the step reached.

    An SQLite database and its folder are made when they are not there yet.
    """
    reached = present(database)
    if reached == newest():
        return reached
    if reached:
        is_known(reached)
    if database.is_sqlite and database.engine.url.database:
        Path(database.engine.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _upgrade(database)
    return present(database)


def _upgrade(database: Database) -> None:
    from alembic import command  # noqa: PLC0415  (heavy; see above)

    database.may_be_made = True
    try:
        with database.engine.execution_options(aoa_writer=True).begin() as connection:
            command.upgrade(config_of(connection), "head")
    finally:
        database.may_be_made = False
