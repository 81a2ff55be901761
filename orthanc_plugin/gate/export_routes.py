"""The gate's own routes: what was agreed for a study, and exporting as agreed. Each asks the engine."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from orthanc_plugin.gate.answers import Answer, fault, json_answer, message
from orthanc_plugin.gate.engine_client import (
    LOOK_SECONDS,
    WORK_SECONDS,
    EngineClient,
    EngineUnavailableError,
    Reply,
)
from orthanc_plugin.gate.journal import ORTHANC_ID
from orthanc_plugin.gate.roles import Principal

_JOB = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_MAXIMUM_BYTES = 256 * 1024
# What the engine may answer (docs/interfaces.md); anything else means that the two do not understand each other.
_UNDERSTOOD = frozenset(map(HTTPStatus, (200, 202, 400, 403, 404, 409, 410)))
_AWAY = (
    "The export service does not answer at the moment, so nothing can leave. Please try again in a few minutes; "
    "if it lasts, tell whoever looks after Orthanc. Images for direct care are not affected."
)
_BECAUSE = {
    "portal": "The consent portal does not answer at the moment, and without its answer nothing can leave. Please "
    "try again in a few minutes; if it lasts, tell whoever looks after it. Images for direct care are not affected.",
    "portal-room": "The consent portal's disk is full, so it can record nothing. Nothing was sent, and nothing can "
    "leave. Trying again will not help: tell whoever looks after it. Images for direct care are not affected.",
    "room": "The export service has no room left on its disk. Nothing was sent, and nothing can leave. Trying again "
    "will not help: tell whoever looks after Orthanc. Images for direct care are not affected.",
}
"""What the engine says is the matter when it answers 503; of anything else it is only told that it does not answer."""
BROKEN_OFF = (
    "The package broke off on the way here, and nothing of it has left. A package is given out once: look at the "
    "export again, and if there is nothing left to collect, begin a new one from the study's page."
)
NO_ROOM = (
    "Orthanc has no room on its disk for this package. Nothing was handed over, and the package stays where it is: "
    "tell whoever looks after Orthanc, and collect it when there is room. Images for direct care are not affected."
)
_UNKNOWN_JOB = "There is no such export of yours. Start from the study's page."
_UNKNOWN_STUDY = "Orthanc does not know this study. Go back to the study's page and use the button there."


@dataclass(frozen=True)
class ExportRoutes:
    """Answers for programs, in JSON (contract: HTTP at Orthanc)."""

    engine: EngineClient

    def consent(self, principal: Principal, study: str) -> Answer:
        """Return the consent summary of the study with Orthanc's identifier `study`."""
        if not ORTHANC_ID.match(study):
            return message(HTTPStatus.NOT_FOUND, _UNKNOWN_STUDY)
        return self._asked("GET", f"/consent/studies/{study}", principal, seconds=LOOK_SECONDS)

    def request(self, principal: Principal, body: bytes) -> Answer:
        """Pass the JSON `body` of an export request on; 400 names what is wrong with it."""
        try:
            content = parsed(body)
        except BodyError as error:
            return fault(error.field, str(error))
        return self.submit(principal, content)

    def submit(self, principal: Principal, content: Mapping[str, Any]) -> Answer:
        """Pass an export request on; an accepted one gets the address of its job at Orthanc."""
        answer = self._asked("POST", "/exports", principal, content)
        if answer.status != HTTPStatus.ACCEPTED:
            return answer
        job = str(json.loads(answer.body).get("job", ""))
        return json_answer(HTTPStatus.ACCEPTED, {"job": job, "href": f"/export/{job}"})

    def job(self, principal: Principal, job: str) -> Answer:
        """Return the state of an export; somebody else's is unknown (ASVS, assurance F4)."""
        if not _JOB.match(job):
            return message(HTTPStatus.NOT_FOUND, _UNKNOWN_JOB)
        return self._asked("GET", f"/exports/{job}", principal, seconds=LOOK_SECONDS)

    def package(self, principal: Principal, job: str) -> Answer:
        """Return the package, which the engine gives once; its refusals with their reasons."""
        if not _JOB.match(job):
            return message(HTTPStatus.NOT_FOUND, _UNKNOWN_JOB)
        try:
            reply, chunks = self.engine.stream(f"/exports/{job}/package", principal=principal)
        except EngineUnavailableError:
            return message(HTTPStatus.SERVICE_UNAVAILABLE, _AWAY)
        if reply.status != HTTPStatus.OK:
            return passed_on(reply)
        kind = reply.headers.get("content-type", "application/octet-stream")
        headers = {"Content-Disposition": reply.headers.get("content-disposition", "attachment")}
        if length := reply.headers.get("content-length"):
            headers["Content-Length"] = length
        return Answer(HTTPStatus.OK, b"", kind, headers, chunks)

    def _asked(
        self, method: str, path: str, principal: Principal, content: Any = None, *, seconds: float = WORK_SECONDS
    ) -> Answer:
        try:
            return passed_on(self.engine.ask(method, path, principal=principal, content=content, seconds=seconds))
        except EngineUnavailableError:
            return message(HTTPStatus.SERVICE_UNAVAILABLE, _AWAY)


class BodyError(ValueError):
    """The body of a request is wrong in the part `field`."""

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        super().__init__(text)


def parsed(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`.

    Raises
    ------
    BodyError
        Where it is too long or no JSON object; the message says what to send instead.
    """
    if len(body) > _MAXIMUM_BYTES:
        raise BodyError("body", f"the request is longer than {_MAXIMUM_BYTES // 1024} KiB; ask for fewer studies")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise BodyError("body", f"the request is not JSON{where}; send an object with studies, purpose ...") from error
    if not isinstance(content, dict):
        raise BodyError("body", "the request must be a JSON object with studies, purpose, recipient, format and reason")
    return content


def passed_on(reply: Reply) -> Answer:
    """Return the engine's reply as the gate's own, unless it shows that the two do not understand each other."""
    if reply.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return message(HTTPStatus.SERVICE_UNAVAILABLE, _BECAUSE.get(str(reply.json().get("because")), _AWAY))
    if reply.status not in _UNDERSTOOD:
        return message(HTTPStatus.SERVICE_UNAVAILABLE, _AWAY)
    reply.json()
    return Answer(reply.status, reply.body)
