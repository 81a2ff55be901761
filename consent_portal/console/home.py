"""What every subcommand needs: the home, its settings and database, and who is at the keyboard."""

import getpass
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy.exc import DBAPIError

from consent_portal.database import Database
from consent_portal.ledger.continuity import Continuity, LedgerClosed
from consent_portal.migrations.run import UnknownStepError
from consent_portal.orthanc import OrthancClient
from consent_portal.services import opening
from consent_portal.settings import Settings, SettingsFaults

View = TypeVar("View", bound=Callable[..., Any])

home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="AOA_HOME",
    required=True,
    help="The installation's folder, as given to `aoa up`.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@dataclass(frozen=True)
class Home:
    """An installation, opened."""

    path: Path
    settings: Settings
    database: Database
    continuity: Continuity

    @property
    def orthanc(self) -> OrthancClient:
        """Return the portal's client of this home's Orthanc."""
        return OrthancClient.from_settings(self.settings.portal)


@contextmanager
def opened(path: Path) -> Iterator[Home]:
    """Open a home; its database is brought to the newest shape first, and is made only for a new home.

    Raises
    ------
    click.ClickException
        When the settings have faults, the ledger is not the home's, or the database cannot be read or written.
    """
    with _at(path) as home:
        opening.prepare(home.continuity)
        yield home


@contextmanager
def examined(path: Path) -> Iterator[Home]:
    """Open a home to look at it: nothing is made, moved to another shape or written.

    Raises
    ------
    click.ClickException
        As for `opened`.
    """
    with _at(path) as home:
        yield home


@contextmanager
def _at(path: Path) -> Iterator[Home]:
    try:
        settings = Settings.load(path / "aoa.toml")
    except SettingsFaults as faults:
        raise click.ClickException(str(faults)) from None
    database = Database(settings.portal.database_url)
    try:
        yield Home(path, settings, database, opening.continuity_of(settings, database))
    except LedgerClosed as closed:
        raise click.ClickException(str(closed)) from None
    except (DBAPIError, UnknownStepError) as error:
        # The driver's text may hold what a row holds, so only the kind of the error is told.
        kind = type(getattr(error, "orig", None) or error).__name__
        raise click.ClickException(
            f"The portal's database cannot be read or written as it should be ({kind}). See whether another program "
            "holds it, the disk is full, or the file is damaged or of a newer version; restore it from a backup if so."
        ) from None
    finally:
        database.close()


def actor() -> str:
    """Return who stands in the ledger as the recorder: the person's name on this machine."""
    return f"cli:{getpass.getuser()}"


def say(found: object, *, as_json: bool, lines: list[str]) -> None:
    """Print the answer, as JSON or as sentences."""
    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))
