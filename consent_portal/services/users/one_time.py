"""One-time passwords of an authenticator app (RFC 6238) and recovery codes: made, sealed, and each taken once.

Flask-Security's TOTP, with what it leaves to the application: a password that was taken is remembered. Secrets of apps
stand encrypted under a key derived from the portal's own; of recovery codes only a keyed digest stands anywhere.
"""

import hashlib
import hmac
import re
from typing import Any

from flask_security import Totp
from passlib.exc import UsedTokenError
from sqlalchemy import or_, update

from consent_portal.accounts import User
from consent_portal.database import Database

ISSUER = "Anonymise or Ask"
CODES = 10
SECRET_BYTES = 20
WINDOW = 30
"""Seconds before and after the present in which a password counts: the clock of a telephone is not ours."""


class OneTimePasswords(Totp):
    """Makes and checks them.

    Parameters
    ----------
    secret : str
        The portal's secret key.
    database : Database
        Where it is noted which one was taken last.
    """

    def __init__(self, secret: str, database: Database) -> None:
        self._secret, self._database = secret.encode(), database
        super().__init__({"1": self._key(b"app").hex()}, ISSUER)

    def of_session(self, token: str) -> str:
        """Return the sealed secret of a session: the page that shows it may be opened twice, by nobody else."""
        key = self._key(b"new app", token.encode())[:SECRET_BYTES]
        return str(self._totp(key=key, format="raw").to_json(encrypt=True))

    def take(self, password: str, sealed: str, user: User) -> bool:
        """Return whether this is the app's password now; it is taken by that, and by nobody again."""
        digits = re.sub(r"\s", "", password)
        return bool(self.verify_totp(digits, sealed, user, window=WINDOW))

    def get_last_counter(self, user: Any) -> int | None:
        """Return the time step of the last one that was taken."""
        found: int | None = user.totp_counter
        return found

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Note the time step; of two that come at once one is too late."""
        unused = or_(User.totp_counter.is_(None), User.totp_counter < tmatch.counter)
        claim = update(User).where(User.id == user.id, unused).values(totp_counter=tmatch.counter)
        result: Any = self._database.accounts().execute(claim.execution_options(synchronize_session=False))
        if result.rowcount != 1:
            raise UsedTokenError(expire_time=tmatch.expire_time)

    def recovery_codes(self) -> list[str]:
        """Return new recovery codes, to be shown once."""
        return list(self.generate_recovery_codes(CODES))

    def digest(self, code: str) -> str:
        """Return what stands in the database for a recovery code."""
        return self._key(b"recovery code", re.sub(r"[\s-]", "", code).lower().encode()).hex()

    def challenge(self, token: str) -> bytes:
        """Return what a passkey signs in a session; a session shows a passkey once, so none is signed for twice."""
        return self._key(b"passkey", token.encode())

    def handle(self, user: User) -> bytes:
        """Return by what an authenticator tells this account from others."""
        return self._key(b"handle", str(user.id).encode())

    def _key(self, purpose: bytes, of: bytes = b"") -> bytes:
        return hmac.digest(self._secret, b"second factor|" + purpose + b"|" + of, hashlib.sha256)
