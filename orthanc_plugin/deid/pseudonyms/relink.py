"""Going back from a code to a patient: with the private key, a reason, and a line in the log before that."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox


class RelinkError(Exception):
    """A code was not re-linked; the message says why and names no patient."""


@dataclass(frozen=True, slots=True)
class Relinked:
    """Whom a code stands for. Prints nothing of it."""

    patient_id: str = field(repr=False)
    issuer: str = field(repr=False)
    identity: str = field(repr=False)


def relink(path: Path, code: str, *, private_key: bytes, who: str, reason: str) -> Relinked:
    """Return whom a code stands for (R7).

    Parameters
    ----------
    path : Path
        The database of `Pseudonyms`.
    code : str
        As in the released objects.
    private_key : bytes
        The key holder's (X25519, 32 bytes).
    who : str
        Who asks; written to the log.
    reason : str
        Why; written to the log. Refused when empty.

    Raises
    ------
    RelinkError
        No reason, no such code, or a key that does not open it. An attempt with a reason is logged, whatever follows.
    """
    if not reason.strip() or not who.strip():
        raise RelinkError("re-linking needs a person and a reason; nothing was opened")
    with closing(sqlite3.connect(path, timeout=30)) as database:
        with database:
            line = (datetime.now(UTC).isoformat(), who.strip(), reason.strip(), code)
            database.execute("INSERT INTO relinking (at, who, reason, code) VALUES (?, ?, ?, ?)", line)
        row = database.execute("SELECT sealed FROM pseudonym WHERE code = ?", (code,)).fetchone()
    if row is None:
        raise RelinkError("there is no such code in this project")
    try:
        opened = json.loads(SealedBox(PrivateKey(private_key)).decrypt(row[0]))
    except CryptoError:
        raise RelinkError(
            "this private key does not open the mapping; ask the key holder named in the contract"
        ) from None
    return Relinked(opened["patient_id"], opened["issuer"], opened["identity"])
