"""Limits on guessing passwords (assurance F7).

Counted are failures only. Two limits, because each alone can be turned against somebody: one for an account from one
address, and a wider one for the address. Nobody can lock a colleague out from another computer.
"""

from typing import Any

from flask import Flask, Response, abort, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import current_user
from limits import parse

FAILURES_PER_ACCOUNT = "5 per 15 minutes"
FAILURES_PER_ADDRESS = "50 per 15 minutes"
EXTENSION = "aoa_limiter"


def _account_and_address() -> str:
    name = str(request.form.get("username", "")).strip().casefold()[:64]
    return f"{get_remote_address()}|{name}"


def failed(response: Response) -> bool:
    """Whether a form was shown again instead of leading on."""
    return response.status_code < 300 or response.status_code >= 400


def install(app: Flask) -> None:
    """Put the limits on the sign-in view; counts live in the portal's own memory."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")
    app.config.setdefault("RATELIMIT_HEADERS_ENABLED", False)
    limiter = Limiter(get_remote_address, app=app)
    view: Any = app.view_functions["security.login"]
    for rule, key in ((FAILURES_PER_ADDRESS, get_remote_address), (FAILURES_PER_ACCOUNT, _account_and_address)):
        view = limiter.limit(rule, key_func=key, methods=["POST"], deduct_when=failed)(view)
    app.view_functions["security.login"] = view
    app.extensions[EXTENSION] = limiter


def refuse_guessing() -> None:
    """Answer 429 when the signed-in person's password was given wrongly too often."""
    if not _limiter().limiter.test(parse(FAILURES_PER_ACCOUNT), _who_is_signed_in()):
        abort(429)


def count_wrong_password() -> None:
    """Note that the signed-in person's password was given wrongly."""
    _limiter().limiter.hit(parse(FAILURES_PER_ACCOUNT), _who_is_signed_in())


def _who_is_signed_in() -> str:
    return f"password-again|{current_user.id}"


def _limiter() -> Limiter:
    found: Limiter = current_app.extensions[EXTENSION]
    return found
