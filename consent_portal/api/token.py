"""A program shows its token on every call; it is compared in constant time."""

import hmac

from flask import request
from werkzeug.exceptions import Unauthorized

from consent_portal.parts import parts

_SCHEME = "Bearer "


def shown_token() -> str:
    """Return the bearer token of the present request, empty for none."""
    shown = request.headers.get("Authorization", "")
    return shown[len(_SCHEME) :] if shown.startswith(_SCHEME) else ""


def require(expected: str, wanted: str) -> None:
    """Let only whoever shows the token `expected` in; an empty one lets nobody in.

    Raises
    ------
    Unauthorized
        Naming `wanted`.
    """
    if not expected or not hmac.compare_digest(shown_token().encode(), expected.encode()):
        raise Unauthorized(f"Show {wanted}.")


def require_token() -> None:
    """Let only the engine in.

    Raises
    ------
    Unauthorized
    """
    require(parts().settings.portal.engine_token, "the engine's token: Authorization: Bearer <portal-token>")
