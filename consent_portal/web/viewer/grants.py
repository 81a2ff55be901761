"""Grants: the right of one person to be shown one thing's pictures for a quarter of an hour.

A picture's address can be copied, kept in a history and opened again. A grant holds no data that could be read from it:
whose it is and of what are part of the key that signs it.
"""

from enum import StrEnum

from flask import current_app
from flask_security import current_user
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

SECONDS = 15 * 60
"""As long as a picture's address holds; the page gives new ones whenever it is opened again."""


class Refusal(StrEnum):
    """Why a grant shows nothing."""

    LATE = "late"
    FOREIGN = "foreign"


class GrantRefusedError(Exception):
    """The grant shows nothing; `why` says for which reason."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(f"the grant of a picture is {why}")
        self.why = why


def grant(what: str) -> str:
    """Return a grant for whoever is signed in.

    Parameters
    ----------
    what : str
        What is shown, as the view that shows it names it: kind, key and basis.
    """
    return _signer(what).dumps(0)


def check(given: str, what: str) -> None:
    """Raise unless the grant is of whoever is signed in, of this thing, and not too old.

    Raises
    ------
    GrantRefusedError
        LATE after a quarter of an hour; FOREIGN for another's, of another thing, or no grant of ours.
    """
    try:
        _signer(what).loads(given, max_age=SECONDS)
    except SignatureExpired as error:
        raise GrantRefusedError(Refusal.LATE) from error
    except BadSignature as error:
        raise GrantRefusedError(Refusal.FOREIGN) from error


def _signer(what: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"picture|{current_user.id}|{what}")
