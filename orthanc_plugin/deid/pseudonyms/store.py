"""The table of pseudonyms: keyed index, random code, date shift, and the identity sealed to the key holder."""

import hmac
import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nacl.public import PublicKey, SealedBox

from orthanc_plugin.deid.pseudonyms.codes import random_code

_LEAST_SHIFT, _SHIFTS = 366, 3287  # days: one to ten years, as keys.py has it
_KEY_LENGTH = 32
_SCHEMA = """
CREATE TABLE IF NOT EXISTS pseudonym (
  lookup BLOB PRIMARY KEY, code TEXT NOT NULL UNIQUE, shift_days INTEGER NOT NULL, sealed BLOB NOT NULL,
  made_at TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE IF NOT EXISTS relinking (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL, code TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """What stands for a patient in a project.

    Attributes
    ----------
    code : str
        Random.
    shift_days : int
        By how many days the patient's dates move in this project.
    """

    code: str
    shift_days: int


class Pseudonyms:
    """The pseudonyms of one project. Safe to share between processes: SQLite keeps the first row of two.

    Parameters
    ----------
    path : Path
        The database, made where it is not there (0600).
    index_key : bytes
        32 bytes of this project: finds a patient's row again; another project's key finds nothing.
    holder : bytes
        The key holder's public key (X25519, 32 bytes).
    """

    def __init__(self, path: Path, index_key: bytes, holder: bytes) -> None:
        if len(index_key) != _KEY_LENGTH:
            msg = "the index key of a project has 32 bytes"
            raise ValueError(msg)
        self._path, self._index_key = path, index_key
        self._box = SealedBox(PublicKey(holder))
        path.touch(mode=0o600)
        with self._database() as database:
            database.executescript(_SCHEMA)

    def __repr__(self) -> str:
        return "Pseudonyms(<project>)"

    def of(self, patient_id: str, issuer: str = "", *, identity: str = "") -> Pseudonym:
        """Return the patient's pseudonym in this project, drawn on first sight.

        Parameters
        ----------
        patient_id : str
            The hospital's number.
        issuer : str
            Who issued it.
        identity : str
            What a re-linking shall give back beside the number, such as the name.
        """
        lookup = hmac.digest(self._index_key, json.dumps([patient_id, issuer]).encode(), "sha256")
        with self._database() as database:
            row = self._find(database, lookup)
            if row is None:
                self._add(database, lookup, {"patient_id": patient_id, "issuer": issuer, "identity": identity})
                row = self._find(database, lookup)
        assert row is not None  # noqa: S101  it was found or has just been added
        return row

    def _add(self, database: sqlite3.Connection, lookup: bytes, identity: dict[str, str]) -> None:
        sealed = self._box.encrypt(json.dumps(identity).encode())
        shift = -(_LEAST_SHIFT + secrets.randbelow(_SHIFTS))
        values = (lookup, random_code(), shift, sealed, datetime.now(UTC).isoformat())
        database.execute("INSERT INTO pseudonym VALUES (?, ?, ?, ?, ?) ON CONFLICT (lookup) DO NOTHING", values)

    @staticmethod
    def _find(database: sqlite3.Connection, lookup: bytes) -> Pseudonym | None:
        found = database.execute("SELECT code, shift_days FROM pseudonym WHERE lookup = ?", (lookup,)).fetchone()
        return Pseudonym(*found) if found else None

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as database, database:
            yield database
