"""A new database of either kind, for tests that hold on both."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import running_postgres


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """Give the URL of a file that is not there yet."""
    yield f"sqlite:///{folder}/portal.sqlite"


@contextmanager
def postgresql(_folder: Path) -> Iterator[str]:
    """Give the URL of a server of its own."""
    with running_postgres() as url:
        yield url


EITHER = (sqlite, postgresql)
