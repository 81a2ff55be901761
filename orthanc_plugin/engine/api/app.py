"""The engine's HTTP interface for the gate (docs/interfaces.md). It decides nothing: it translates."""

import hmac
from collections.abc import Callable
from time import time
from typing import Any

from flask import Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from orthanc_plugin.engine import errors
from orthanc_plugin.engine.api import pictures
from orthanc_plugin.engine.export.asking import is_care
from orthanc_plugin.engine.export.request import askable, read_export, read_push
from orthanc_plugin.engine.jobs.room import was_full
from orthanc_plugin.engine.jobs.store import is_collectable, may_still_leave
from orthanc_plugin.engine.jobs.vault import DestroyedError
from orthanc_plugin.engine.logs import log
from orthanc_plugin.engine.parts import Parts
from orthanc_plugin.engine.records import Sender
from orthanc_plugin.vocabulary import ORTHANC_ID

OPEN = ("live", "ready")
"""Endpoints that need no token."""

MAXIMUM_BODY = 4 << 20
"""Bytes of a request; a journal is the longest."""

_SEEN_BY_ALL = "caldicott-guardian"
_INSIDE = {"user", "role", "package", "package_sha256", "owes_record", "engine", "round"}
_TYPE = "application/zip"


def create_app(parts: Parts) -> Flask:
    """Return the application.

    Parameters
    ----------
    parts
        What the engine is made of.
    """
    app = Flask("orthanc_plugin.engine", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAXIMUM_BODY, PARTS=parts)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.before_request(_only_the_gate)
    app.after_request(_never_stored)
    for route, method, view in _ROUTES:
        app.add_url_rule(route, view.__name__, view, methods=[method])
    app.register_blueprint(pictures.blueprint)
    for kind, handler in _HANDLERS.items():
        app.register_error_handler(kind, handler)
    return app


def _parts() -> Parts:
    parts: Parts = current_app.config["PARTS"]
    return parts


def _only_the_gate() -> ResponseReturnValue | None:
    """Refuse whoever does not have the gate's token; compared in constant time."""
    if request.endpoint in OPEN or request.blueprint == pictures.NAME:
        return None  # the portal's routes to pictures have a token of their own, and ask for it
    given = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {_parts().token}".encode()):
        return {"message": "only the gate may ask the engine; send its token"}, 401
    if not request.headers.get("X-AOA-User") and request.endpoint != "journal":
        return {"message": "the acting person is missing; send X-AOA-User and X-AOA-Role"}, 400
    return None


def _never_stored(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _user() -> str:
    return request.headers.get("X-AOA-User", "")


def _role() -> str:
    return request.headers.get("X-AOA-Role", "")


def live() -> ResponseReturnValue:
    """Say that the process lives."""
    return {"parts": {"engine": "up"}}


def ready() -> ResponseReturnValue:
    """Say which of the parts that an export needs answer."""
    parts = {"engine": True, "portal": _parts().portal.answers(), "orthanc": _parts().archive.answers()}
    told = {name: "up" if up else "away" for name, up in parts.items()}
    return {"parts": told}, 200 if all(parts.values()) else 503


def consent(study: str) -> ResponseReturnValue:
    """Pass on what the portal says of a study."""
    return _parts().portal.consent(_parts().subject(study), Sender(_user(), _role()))


def submit() -> ResponseReturnValue:
    """Begin an export."""
    body = request.get_json(silent=True)
    try:
        asked = read_export(body, _user(), _role())
    except errors.FaultsError as error:
        raise errors.FaultsError([*error.faults, *_portal_faults(body, error)]) from None
    return _accepted(_parts().export.submit(asked))


def push() -> ResponseReturnValue:
    """Begin sending to a destination with a secondary purpose."""
    return _accepted(_parts().export.submit(read_push(request.get_json(silent=True), _user(), _role())))


def _accepted(job: str) -> ResponseReturnValue:
    return {"job": job, "href": f"/export/{job}"}, 202


def _portal_faults(body: Any, known: errors.FaultsError) -> list[tuple[str, str]]:
    """Return what the portal would find wrong besides, so that everything can be mended at once."""
    asked = askable(body, _user(), _role())
    named = {name for name, _ in known.faults}
    if asked is None or "studies" in named:
        return []
    try:
        subjects = [_parts().subject(study) for study in body["studies"] if ORTHANC_ID.fullmatch(study)]
        if subjects:
            _parts().portal.decide("preview", None, asked, subjects)
    except errors.FaultsError as more:
        return [fault for fault in more.faults if fault[0] not in named]
    except (errors.RefusedError, errors.AwayError, errors.NotFoundError):
        return []
    return []


def state(job: str) -> ResponseReturnValue:
    """Say where a job stands, after looking whether it was called back; care never waits for that (hazard H3)."""
    if may_still_leave(_own(job, _SEEN_BY_ALL)) and not _is_care(job):
        _parts().calling_back.look()
    found = _own(job, _SEEN_BY_ALL)
    told = {name: value for name, value in found.items() if name not in _INSIDE}
    return jsonify({**told, "collectable": found["user"] == _user() and is_collectable(found, time())})


def _is_care(job: str) -> bool:
    try:
        return is_care(_parts().jobs.case(job).request)
    except DestroyedError:  # it ends at this moment
        return True


def package(job: str) -> ResponseReturnValue:
    """Hand the package over, once."""
    _own(job)
    handed = _parts().export.hand_over(job, _role())
    response = Response(handed, mimetype=_TYPE, direct_passthrough=True)
    response.headers["Content-Length"] = str(handed.length)
    response.headers["Content-Disposition"] = f'attachment; filename="release-{job}.zip"'
    return response


def _own(job: str, *others: str) -> dict[str, Any]:
    """Return the state of a job of this person, or of anybody for some roles."""
    found = _parts().jobs.state(job) if _is_job(job) else None
    if found is None or (found["user"] != _user() and _role() not in others):
        raise errors.NotFoundError("there is no such export")
    return found


def _is_job(text: str) -> bool:
    return len(text) == 36 and all(character in "0123456789abcdef-" for character in text)


def journal() -> ResponseReturnValue:
    """Take entries of the journal of direct-care reads."""
    _parts().journal.accept(request.get_json(silent=True))
    return "", 204


_ROUTES: list[tuple[str, str, Callable[..., ResponseReturnValue]]] = [
    ("/health/live", "GET", live),
    ("/health/ready", "GET", ready),
    ("/consent/studies/<study>", "GET", consent),
    ("/exports", "POST", submit),
    ("/exports/<job>", "GET", state),
    ("/exports/<job>/package", "GET", package),
    ("/journal", "POST", journal),
    ("/pushes", "POST", push),
]


def _told(reasons: Any) -> list[dict[str, str]]:
    return [reason.as_json() for reason in reasons]


def _faults(error: errors.FaultsError) -> ResponseReturnValue:
    return {"faults": [{"field": name, "message": message} for name, message in error.faults]}, 400


def _refused(error: errors.RefusedError) -> ResponseReturnValue:
    waits = {"job": error.job, "href": f"/export/{error.job}"} if error.job else {}
    return {"outcome": error.outcome, "reasons": _told(error.reasons), "ask_url": error.ask_url, **waits}, 403


def _not_found(error: errors.NotFoundError) -> ResponseReturnValue:
    return {"message": str(error)}, 404


def _gone(error: errors.GoneError) -> ResponseReturnValue:
    return {"message": "the package is gone", "reasons": _told(error.reasons)}, 410


def _not_ready(error: errors.NotReadyError) -> ResponseReturnValue:
    return {"message": str(error)}, 409


def _portal_full(error: errors.NoRoomError) -> ResponseReturnValue:
    told = f"{error.part} cannot record anything, because its disk is full; nothing was sent and nothing leaves"
    return {"message": told, "because": "portal-room"}, 503


def _away(error: errors.AwayError) -> ResponseReturnValue:
    told = f"{error.part} does not answer, so nothing leaves; try again in a minute"
    return {"message": told, "because": "portal" if error.part == errors.PORTAL else "other"}, 503


def _no_space(error: errors.NoSpaceError) -> ResponseReturnValue:
    return {"message": str(error), "because": "room"}, 503


def _unforeseen(error: Exception) -> ResponseReturnValue:
    """Answer what nobody foresaw without its text, which may hold anything."""
    code = getattr(error, "code", None)
    if isinstance(code, int) and code < 500:
        return {"message": "the engine does not have this, or not in this way"}, code
    if was_full(error):
        return _no_space(errors.NoSpaceError())
    log().error("an unforeseen fault", error=type(error).__name__, route=str(request.url_rule))
    return {"message": "the engine failed; nothing left. Tell your administrator the time of this message"}, 500


_HANDLERS: dict[type[Exception], Any] = {
    errors.FaultsError: _faults,
    errors.RefusedError: _refused,
    errors.NotFoundError: _not_found,
    errors.GoneError: _gone,
    errors.NotReadyError: _not_ready,
    errors.AwayError: _away,
    errors.NoRoomError: _portal_full,
    errors.NoSpaceError: _no_space,
    Exception: _unforeseen,
}
