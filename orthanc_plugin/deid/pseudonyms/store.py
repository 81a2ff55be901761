"""The table of pseudonyms: keyed index, random code, date shift, and the identity sealed to the key holder."""

import hmac
import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

from nacl.public import PublicKey, SealedBox
from sqlalchemy import Connection, select, text

from orthanc_plugin.deid.pseudonyms import Pseudonym
from orthanc_plugin.deid.pseudonyms.codes import random_code
from orthanc_plugin.deid.pseudonyms.tables import PSEUDONYM, opened, url_of

_LEAST_SHIFT, _SHIFTS = 366, 3287  # days: one to ten years, as keys.py has it
_KEY_LENGTH = 32
_ADD = text(
    "INSERT INTO pseudonym (lookup, code, shift_days, sealed, made_at)"
    " VALUES (:lookup, :code, :shift_days, :sealed, :made_at) ON CONFLICT (lookup) DO NOTHING"
)


class Pseudonyms:
    """The pseudonyms of one project. Safe to share between processes and engines: of two first rows one is kept.

    Parameters
    ----------
    database : Path or str
        A file, made where it is not there (0600), or the address of a PostgreSQL database. Projects may share it.
    index_key : bytes
        32 bytes of this project: finds a patient's row again; another project's key finds nothing.
    holder : bytes
        The key holder's public key (X25519, 32 bytes).
    """

    def __init__(self, database: Path | str, index_key: bytes, holder: bytes) -> None:
        if len(index_key) != _KEY_LENGTH:
            msg = "the index key of a project has 32 bytes"
            raise ValueError(msg)
        self._database, self._index_key = opened(url_of(database)), index_key
        self._box = SealedBox(PublicKey(holder))

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
        with self._database.begin() as connection:
            row = self._find(connection, lookup)
            if row is None:
                self._add(connection, lookup, {"patient_id": patient_id, "issuer": issuer, "identity": identity})
                row = self._find(connection, lookup)
        assert row is not None  # noqa: S101  it was found or has just been added
        return row

    def _add(self, connection: Connection, lookup: bytes, identity: dict[str, str]) -> None:
        values = {
            "lookup": lookup,
            "code": random_code(),
            "shift_days": -(_LEAST_SHIFT + secrets.randbelow(_SHIFTS)),
            "sealed": self._box.encrypt(json.dumps(identity).encode()),
            "made_at": datetime.now(UTC).isoformat(),
        }
        connection.execute(_ADD, values)

    @staticmethod
    def _find(connection: Connection, lookup: bytes) -> Pseudonym | None:
        wanted = select(PSEUDONYM.c.code, PSEUDONYM.c.shift_days).where(PSEUDONYM.c.lookup == lookup)
        found = connection.execute(wanted).one_or_none()
        return Pseudonym(*found) if found else None
