"""What shows that a password is right without asking the portal again, and without keeping the password.

In memory a keyed hash, under a key that is drawn at every start. For a start without the portal a slow one (scrypt, RFC
7914) under the installation's key, so that a copy of the file alone is worth nothing.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

_MOST = 4096
# A browser goes on sending a password that was changed: that is one wrong password, not one a request.
_WRONG_SECONDS = 900.0
_SALT_BYTES = 16
_SCRYPT = {"n": 1 << 14, "r": 8, "p": 1, "maxmem": 64 << 20, "dklen": 32}


@dataclass(frozen=True)
class Proof:
    """The password of this account was right while its stamp was this one."""

    user: str
    stamp: str


@dataclass(frozen=True)
class Verifier:
    """Recognises one account's password while the account's stamp is this one."""

    stamp: str
    salt: str
    digest: str


def verifier(key: bytes, password: str, stamp: str) -> Verifier:
    """Return what recognises `password` later; it takes about 50 ms, on purpose."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return Verifier(stamp, salt.hex(), _slow(key, password, salt).hex())


def recognises(kept: Verifier, key: bytes, password: str) -> bool:
    """Return whether `password` is the one; it takes as long as making a verifier."""
    return hmac.compare_digest(_slow(key, password, bytes.fromhex(kept.salt)), bytes.fromhex(kept.digest))


def _slow(key: bytes, password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(hmac.digest(key, password.encode(), "sha256"), salt=salt, **_SCRYPT)


class Proven:
    """The names and passwords that were found right or wrong since the start, by keyed hashes of them."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, Proof] = OrderedDict()
        self._wrong: OrderedDict[bytes, tuple[int, float]] = OrderedDict()

    def mark(self, user: str, password: str) -> bytes:
        """Return what stands for this name and password in memory."""
        return hmac.digest(self._key, f"{user}\0{password}".encode(), "sha256")

    def right(self, mark: bytes) -> Proof | None:
        """Return the proof that was kept, or None."""
        return self._right.get(mark)

    def keep(self, mark: bytes, proof: Proof) -> None:
        """Keep a proof; the oldest goes where there are too many."""
        self._right[mark] = proof
        _shorten(self._right)

    def drop(self, mark: bytes) -> None:
        """Forget a proof that holds no longer."""
        self._right.pop(mark, None)

    def note_wrong(self, mark: bytes, version: int) -> None:
        """Note that this was wrong while the list of accounts had this `version`."""
        self._wrong[mark] = (version, time.monotonic() + _WRONG_SECONDS)
        _shorten(self._wrong)

    def is_wrong(self, mark: bytes, version: int) -> bool:
        """Return whether this was found wrong a moment ago and no account has changed since."""
        noted, until = self._wrong.get(mark, (-1, 0.0))
        return noted == version and time.monotonic() < until


def _shorten(table: "OrderedDict[bytes, Proof] | OrderedDict[bytes, tuple[int, float]]") -> None:
    while len(table) > _MOST:
        try:
            table.popitem(last=False)
        except KeyError:  # another thread was quicker
            return


Verifiers = Mapping[str, Verifier]
"""By the portal's name of the account."""
