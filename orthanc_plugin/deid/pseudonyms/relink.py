"""Going back from a code to a patient: with the private key, a reason, and a line in the log before that."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from sqlalchemy import insert, select

from orthanc_plugin.deid.pseudonyms.tables import PSEUDONYM, RELINKING, opened, url_of


class RelinkError(Exception):
    """A code was not re-linked; the message says why and names no patient."""


@dataclass(frozen=True, slots=True)
class Relinked:
    """Whom a code stands for. Prints nothing of it."""

    patient_id: str = field(repr=False)
    issuer: str = field(repr=False)
    identity: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log: who asked for a code, when and why."""

    at: str
    who: str
    reason: str
    code: str


def log(database: Path | str) -> list[Line]:
    """Return every attempt to re-link a code, the oldest first."""
    wanted = select(RELINKING.c.at, RELINKING.c.who, RELINKING.c.reason, RELINKING.c.code).order_by(RELINKING.c.id)
    with opened(url_of(database)).connect() as connection:
        return [Line(*row) for row in connection.execute(wanted)]


def relink(database: Path | str, code: str, *, private_key: bytes, who: str, reason: str) -> Relinked:
    """Return whom a code stands for (R7).

    Parameters
    ----------
    database : Path or str
        Of `Pseudonyms`.
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
    engine = opened(url_of(database))
    line = {"at": datetime.now(UTC).isoformat(), "who": who.strip(), "reason": reason.strip(), "code": code}
    with engine.begin() as connection:
        connection.execute(insert(RELINKING).values(line))
    with engine.connect() as connection:
        row = connection.execute(select(PSEUDONYM.c.sealed).where(PSEUDONYM.c.code == code)).one_or_none()
    if row is None:
        raise RelinkError("there is no such code in this mapping; was it copied whole?")
    try:
        found = json.loads(SealedBox(PrivateKey(private_key)).decrypt(row[0]))
    except CryptoError:
        raise RelinkError(
            "this private key does not open the mapping; ask the key holder named in the contract"
        ) from None
    return Relinked(found["patient_id"], found["issuer"], found["identity"])
