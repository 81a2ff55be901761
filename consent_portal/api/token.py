"""The engine shows its token on every call; it is compared in constant time."""

import hmac

from flask import request
from werkzeug.exceptions import Unauthorized

from consent_portal.parts import parts

_SCHEME = "Bearer "


def shown_token() -> str:
    """Return the bearer token of the present request, empty for none."""
    shown = request.headers.get("Authorization", "")
    return shown[len(_SCHEME) :] if shown.startswith(_SCHEME) else ""


def require_token() -> None:
    """Let only the engine in.

    Raises
    ------
    Unauthorized
    """
    token = shown_token()
    expected = parts().settings.portal.engine_token
    if not expected or not hmac.compare_digest(token.encode(), expected.encode()):
        raise Unauthorized("Show the engine's token: Authorization: Bearer <portal-token>.")
