"""Limits on guessing passwords on our pages (assurance F7): failures only, in the one count of all doors (F26)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from flask import Flask, Response, abort, current_app, request
from flask_security import current_user

from consent_portal.parts import parts

log = structlog.get_logger(__name__)


def failed(response: Response) -> bool:
    """Whether a form was shown again instead of leading on."""
    return response.status_code < 300 or response.status_code >= 400


def install(app: Flask) -> None:
    """Put the limits on the sign-in view."""
    app.view_functions["security.login"] = _limited(app.view_functions["security.login"])


def _limited(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def limited(*args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return view(*args, **kwargs)
        name, address = str(request.form.get("username", "")), request.remote_addr or ""
        if parts().guesses.are_too_many(name, address):
            log.warning("too many wrong passwords", door="portal", address=address)
            abort(429)
        response = current_app.make_response(view(*args, **kwargs))
        if failed(response):
            parts().guesses.note(name, address)
        return response

    return limited


def refuse_guessing() -> None:
    """Answer 429 when the signed-in person's password was given wrongly too often."""
    if parts().guesses.are_too_many_again(current_user.id):
        abort(429)


def count_wrong_password() -> None:
    """Note that the signed-in person's password was given wrongly."""
    parts().guesses.note_again(current_user.id)
