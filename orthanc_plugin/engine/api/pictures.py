"""The engine's HTTP interface for the portal's viewer (docs/interfaces.md), with a token of its own."""

import hmac
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from orthanc_plugin.engine.showing.asked import read_look
from orthanc_plugin.engine.showing.errors import BusyError, CannotShowError, OverError

NAME = "pictures"

_DIRECT_CARE = ("clinician", "medical-illustration")
"""Who may see a held picture, which may show a patient's name; nobody else ever (R23, R30)."""

blueprint = Blueprint(NAME, __name__, url_prefix="/pictures")


@blueprint.before_request
def _only_the_portal() -> ResponseReturnValue | None:
    """Refuse whoever does not have the token for pictures; the gate's opens nothing here."""
    token = current_app.config["PARTS"].pictures_token
    given = request.headers.get("Authorization", "").encode()
    if not token or not hmac.compare_digest(given, f"Bearer {token}".encode()):
        return {"message": "only the portal may ask the engine for pictures; send the token for them"}, 401
    if not request.headers.get("X-AOA-User") or not request.headers.get("X-AOA-Role"):
        return {"message": "the acting person is missing; send X-AOA-User and X-AOA-Role"}, 400
    return None


@blueprint.post("/held")
def held() -> ResponseReturnValue:
    """Show a frame of a held image."""
    return _for_direct_care() or _png(_showing().held.png(read_look(_body())))


@blueprint.post("/held/facts")
def held_facts() -> ResponseReturnValue:
    """Say what a viewer has to know of a held image."""
    body = _body()
    return _for_direct_care() or _showing().held.facts(body.get("ticket") if isinstance(body, dict) else None)


@blueprint.post("/held/rule")
def held_rule() -> ResponseReturnValue:
    """Make a device rule of what was drawn on a held image."""
    told: ResponseReturnValue = _for_direct_care() or _showing().held.rule(read_look({**_dict(), "covered": True}))
    return told


def _dict() -> dict[str, Any]:
    body = _body()
    return body if isinstance(body, dict) else {}


@blueprint.get("/releases/<uuid:job>")
def release(job: Any) -> ResponseReturnValue:
    """Say what would leave in a release."""
    told: dict[str, Any] = _showing().releases.told(str(job))
    return told


@blueprint.post("/releases/<uuid:job>/<int:position>")
def release_picture(job: Any, position: int) -> ResponseReturnValue:
    """Show a frame of an object that would leave."""
    return _png(_showing().releases.png(str(job), position, read_look(_body())))


@blueprint.errorhandler(CannotShowError)
def _cannot(error: CannotShowError) -> ResponseReturnValue:
    return {"message": str(error)}, 409


@blueprint.errorhandler(OverError)
def _over(error: OverError) -> ResponseReturnValue:
    return {"message": str(error)}, 410


@blueprint.errorhandler(BusyError)
def _busy(error: BusyError) -> ResponseReturnValue:
    return {"message": str(error), "because": "other"}, 503


def _for_direct_care() -> ResponseReturnValue | None:
    if request.headers["X-AOA-Role"] in _DIRECT_CARE:
        return None
    return {"message": "a held picture is shown to clinicians and medical illustration alone"}, 403


def _showing() -> Any:
    return current_app.config["PARTS"].showing


def _body() -> Any:
    return request.get_json(silent=True)


def _png(data: bytes) -> Response:
    return Response(data, mimetype="image/png")
