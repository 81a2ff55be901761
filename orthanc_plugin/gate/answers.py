"""Answers of the gate's own routes, and how they are handed to Orthanc."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol


class RestOutput(Protocol):
    """The part of `orthanc.RestOutput` that the gate uses."""

    def SetHttpHeader(self, key: str, value: str, /) -> None:  # noqa: D102, N802 -- Orthanc's name
        ...

    def AnswerBuffer(self, answer: bytes, mime: str, /) -> None:  # noqa: D102, N802 -- Orthanc's name
        ...

    def SendHttpStatus(self, *arguments: Any) -> None:  # noqa: D102, N802 -- Orthanc's name
        ...

    def SendHttpStatusCode(self, status: int, /) -> None:  # noqa: D102, N802 -- Orthanc's name
        ...

    def SendUnauthorized(self, realm: str, /) -> None:  # noqa: D102, N802 -- Orthanc's name
        ...

    def SendMethodNotAllowed(self, allowed: str, /) -> None:  # noqa: D102, N802 -- Orthanc's name
        ...

    def StartStreamAnswer(self, mime: str, /) -> None:  # noqa: D102, N802 -- Orthanc's name, from 5.0
        ...

    def SendStreamChunk(self, chunk: bytes, /) -> None:  # noqa: D102, N802 -- Orthanc's name, from 5.0
        ...


@dataclass(frozen=True)
class Answer:
    """An HTTP answer.

    Attributes
    ----------
    status
        The HTTP status code.
    body
        The whole body; or, with `chunks`, nothing.
    chunks
        A body in pieces, for a plugin that can stream (5.0 and later).
    """

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: Iterator[bytes] | None = None


# Orthanc has its own calls for these; given to SendHttpStatus, Orthanc throws and the connection breaks.
_ORTHANC_S_OWN = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.METHOD_NOT_ALLOWED})
_REALM = "Orthanc Secure Area"
"""Orthanc's own: a browser that knows the password for one knows it for the other."""

# Nothing of ours may stay in a cache, be framed by or leak its address to another site.
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def json_answer(status: int, content: Mapping[str, Any], **headers: str) -> Answer:
    """Return `content` as a JSON answer."""
    return Answer(status, json.dumps(content).encode(), headers=headers)


def message(status: int, text: str) -> Answer:
    """Return an answer that says `text` to whoever asked."""
    return json_answer(status, {"message": text})


def fault(field_name: str, text: str) -> Answer:
    """Return a 400 that names one fault in the way the engine names several."""
    return json_answer(HTTPStatus.BAD_REQUEST, {"faults": [{"field": field_name, "message": text}]})


def not_allowed(methods: Iterable[str]) -> Answer:
    """Return a 405; `methods` are those that the address answers."""
    return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ",".join(methods)})


def see_other(location: str) -> Answer:
    """Return a 303 that sends a browser from a form to the page with its outcome."""
    return Answer(HTTPStatus.SEE_OTHER, headers={"Location": location})


def send(output: RestOutput, answer: Answer) -> None:
    """Hand `answer` to Orthanc.

    Plugin 4.0 wants the text and its length, later ones the bytes alone (changed in 4.2); both are tried.
    `chunks` are only left in an answer where the plugin can stream them.
    """
    for name, value in {**SAFE_HEADERS, **answer.headers}.items():
        if name not in ("Content-Length", "Allow"):  # Orthanc writes its own
            output.SetHttpHeader(name, value)
    if answer.status == HTTPStatus.OK:
        _send_ok(output, answer)
    elif answer.status == HTTPStatus.METHOD_NOT_ALLOWED:
        output.SendMethodNotAllowed(answer.headers["Allow"])
    elif answer.status == HTTPStatus.UNAUTHORIZED:
        output.SendUnauthorized(_REALM)
    elif answer.status in _ORTHANC_S_OWN:
        raise ValueError(f"the gate never answers {int(answer.status)}")
    elif not answer.body:
        output.SendHttpStatusCode(int(answer.status))
    else:
        _send_status(output, answer)


def _send_ok(output: RestOutput, answer: Answer) -> None:
    if answer.chunks is None:
        output.AnswerBuffer(answer.body, answer.content_type)
        return
    output.StartStreamAnswer(answer.content_type)
    for chunk in answer.chunks:
        output.SendStreamChunk(chunk)


def _send_status(output: RestOutput, answer: Answer) -> None:
    output.SetHttpHeader("Content-Type", answer.content_type)
    try:
        output.SendHttpStatus(int(answer.status), answer.body.decode(), len(answer.body))
    except TypeError:
        output.SendHttpStatus(int(answer.status), answer.body)
