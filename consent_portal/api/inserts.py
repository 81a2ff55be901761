"""One call for a letter system: the insert for one letter (docs/interfaces.md)."""

import hmac
from typing import Literal

from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from werkzeug.exceptions import Unauthorized

from consent_portal.api import shapes
from consent_portal.api.token import require_token, shown_token
from consent_portal.contract import Secret, Shape
from consent_portal.parts import parts
from consent_portal.publishing import versions
from consent_portal.publishing.inserts import insert
from consent_portal.publishing.press.press import PressAway
from consent_portal.services.faults import BadRequest, Fault
from notices.errors import NoticeError

blueprint = Blueprint("inserts", __name__, url_prefix="/api/v1/inserts")


class InsertRequest(Shape):
    """``POST /api/v1/inserts``."""

    contract: Literal[1]
    name: Secret = Field(max_length=200)
    language: str = Field(default="en", max_length=60)
    format: str = Field(default="standard", max_length=60)
    paper: str | None = Field(default=None, max_length=20)


@blueprint.before_request
def _token() -> None:
    """Let a letter system in by its own token, which opens nothing else, or the engine by its."""
    own = parts().settings.portal.letters_token
    if own and hmac.compare_digest(shown_token().encode(), own.encode()):
        return
    try:
        require_token()
    except Unauthorized:
        raise Unauthorized("Show the letter system's token: Authorization: Bearer <letters-token>.") from None


@blueprint.post("")
def make() -> ResponseReturnValue:
    """Answer with the insert of the published version."""
    asked = shapes.read(request, InsertRequest)
    with parts().database.reading() as session:
        version = versions.in_force(session)
    if version is None:
        return jsonify(message="No version of the notices is published: publish one in the portal first."), 409
    try:
        document = insert(versions.as_approved(version), asked.name, asked.language, asked.format, asked.paper)
    except versions.NotPrintable as error:
        return jsonify(message=str(error)), 409
    except NoticeError as error:
        raise BadRequest([Fault("insert", str(error))]) from None
    except PressAway as error:
        return jsonify(message=str(error)), 503
    return _pdf(document)


def _pdf(document: bytes) -> Response:
    response = make_response(document)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'inline; filename="insert.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
