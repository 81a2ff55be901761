"""The list of devices in whose pictures writing was found, for the ticket to the modality lead (R23)."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orthanc_plugin.deid.pixels.devices.ticket import LONGEST, BurnedIn

_TABLE = """
CREATE TABLE IF NOT EXISTS picture (
    image TEXT PRIMARY KEY, manufacturer TEXT NOT NULL, model TEXT NOT NULL, software TEXT NOT NULL, day TEXT NOT NULL
) WITHOUT ROWID
"""
_DEVICES = """
SELECT manufacturer, model, software, count(*), min(day) FROM picture GROUP BY manufacturer, model, software
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A picture in which writing was found, by a key that names nobody, and the device that made it."""

    image: str
    manufacturer: str
    model: str
    software: str


class Register:
    """The list, in a file for its owner alone. A picture counts once, however often it is exported.

    Parameters
    ----------
    path : Path
        The file; made with the first picture.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, pictures: Iterable[Written], day: date) -> None:
        """Write down pictures that were found on a day; those that are known stay as they are.

        Raises
        ------
        sqlite3.Error
            The file cannot be written.
        """
        rows = [
            (one.image, *(text[:LONGEST] for text in (one.manufacturer, one.model, one.software)), day.isoformat())
            for one in pictures
        ]
        if rows:
            self._path.touch(mode=0o600)
            with self._open() as connection, connection:
                connection.execute(_TABLE)
                connection.executemany("INSERT OR IGNORE INTO picture VALUES (?, ?, ?, ?, ?)", rows)

    def devices(self) -> list[BurnedIn]:
        """Return each device with the number of its pictures; none where nothing was found yet."""
        if not self._path.exists():
            return []
        with self._open() as connection:
            connection.execute(_TABLE)
            rows = connection.execute(_DEVICES).fetchall()
        return [
            BurnedIn(manufacturer, model, software, "", images, date.fromisoformat(day))
            for manufacturer, model, software, images, day in rows
        ]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=60)) as connection:
            yield connection
