"""Seals what only the portal may read at rest, under its secret key and for one purpose each."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

PERSON_BYTES = 16
"""The longest purpose, in bytes; BLAKE2b keeps the keys of two purposes apart by it."""


class Sealing:
    """Seals and opens text for one purpose.

    Parameters
    ----------
    secret : str
        The portal's secret key.
    purpose : str
        What is sealed, in at most 16 characters, such as ``aoa drafts``.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        key = hashlib.blake2b(secret.encode(), digest_size=32, person=purpose.encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, text: str) -> str:
        """Return `text` sealed, as text."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """Return what was sealed; None where it was sealed under another key or was changed since."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None
