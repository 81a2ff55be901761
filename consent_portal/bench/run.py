"""The order of the benchmark: fill, start, open pages, verify, decide; then the same ledger on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from consent_portal.bench import deciding, filling, postgres, verifying, visiting
from consent_portal.bench.archive import answering
from consent_portal.bench.figures import Figure, machine, say
from consent_portal.bench.home import Home, served
from consent_portal.database import Database
from consent_portal.ledger.continuity import Continuity
from consent_portal.migrations.run import migrate
from consent_portal.services.opening import continuity_of
from consent_portal.settings import Settings

START_SECONDS, START_MEGABYTES = 10.0, 300.0
"""Goals of a start (F28): as with a hundred consents."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    consents: int = 1_000_000
    decisions: int = 2_000
    users: int = 50
    pages: int = 20
    """Of each user."""


def run(size: Size, folder: Path | None = None) -> list[Figure]:
    """Measure all of it and print each figure as it comes.

    Parameters
    ----------
    folder : Path, optional
        Where the ledger is made; by default a temporary folder. It needs about 4 GB for a million consents.
        PostgreSQL's own user may not pass through it, so that PostgreSQL gets a temporary folder in any case.
    """
    click.echo(f"{machine()}; {size.consents:,} consents")
    with TemporaryDirectory(prefix="aoa-bench-", dir=folder) as place:
        return [say(figure) for figure in _all(size, Path(place))]


def _all(size: Size, folder: Path) -> Iterator[Figure]:
    with answering() as archive:
        home = Home.make(folder / "home", archive, size.users)
        continuity = _continuity(home)
        with _progress("Filling the ledger", size.consents) as told:
            filling.fill(continuity.database, size.consents, told)
        home.add_people()
        yield from _served(home, size)
    yield from _ledger(continuity, "SQLite", size)
    yield from _on_postgresql(continuity, size)
    continuity.database.close()


def _continuity(home: Home) -> Continuity:
    settings = Settings.load(home.settings_file)
    made = continuity_of(settings, Database(settings.portal.database_url))
    made.attach()
    return made


def _served(home: Home, size: Size) -> Iterator[Figure]:
    with served(home) as portal:
        yield Figure("from start to ready", portal.seconds, "s", START_SECONDS)
        yield Figure("  memory then", portal.megabytes, "MB", START_MEGABYTES)
        total = size.pages * len(home.users)
        with _progress("Opening pages", total) as told:
            figures = list(visiting.figures(home, portal, size.consents, size.pages, told))
        yield from figures
        yield Figure("  memory after them", portal.megabytes, "MB", START_MEGABYTES)


def _ledger(continuity: Continuity, where: str, size: Size) -> Iterator[Figure]:
    with _progress(f"Verifying on {where}", 0) as told:
        figures = list(verifying.figures(continuity, where, told))
    yield from figures
    yield from deciding.figures(continuity.database, where, size.consents, size.decisions)


def _on_postgresql(continuity: Continuity, size: Size) -> Iterator[Figure]:
    if postgres.program("initdb") is None:
        click.echo("PostgreSQL is not installed, so nothing was measured on it: `make setup` installs it.")
        return
    with postgres.running() as url:
        database = Database(url)
        migrate(database)
        with _progress("Copying to PostgreSQL", postgres.count(continuity.database)) as told:
            postgres.copy(continuity.database, database, told)
        other = Continuity(database, continuity.file)
        other.attach()
        yield from _ledger(other, "PostgreSQL", size)
        database.close()


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[..., None]]:
    """Tell of progress on standard error, a line for each twentieth."""
    state = {"done": 0, "said": 0}

    def told(more: int, of: int = 0) -> None:
        state["done"] = more if of else state["done"] + more
        share = state["done"] * 20 // max(of or total, 1)
        if share > state["said"]:
            state["said"] = share
            click.echo(f"{what}: {state['done']:,} of about {of or total:,}", err=True)

    yield told
