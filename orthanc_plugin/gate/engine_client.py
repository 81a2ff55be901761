"""Asks the engine over loopback HTTP. Waiting on a socket releases the interpreter, so Orthanc goes on serving."""

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from orthanc_plugin.gate.roles import Principal
from orthanc_plugin.gate.settings import Secret

# Orthanc answers with 50 threads. An engine that hangs may hold this many of them and no more: care needs the others.
_AT_ONCE = 12
_CHUNK = 1 << 20
LOOK_SECONDS = 60.0
"""How long to wait for an answer that says something."""
WORK_SECONDS = 300.0
"""How long to wait where the engine does something: whoever goes away before the answer loses what was done for them.

The engine itself waits for the portal and for Orthanc meanwhile, so this is longer than each of those waits.
"""


class EngineUnavailableError(Exception):
    """The engine does not answer, or not in time."""


@dataclass(frozen=True)
class Reply:
    """What the engine answered; `headers` by their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object.

        Raises
        ------
        EngineUnavailableError
            For a body that is none: whatever answered is not the engine.
        """
        try:
            content = json.loads(self.body)
        except ValueError as error:
            raise EngineUnavailableError("the engine's answer is not JSON") from error
        if not isinstance(content, dict):
            raise EngineUnavailableError("the engine's answer is not a JSON object")
        return content


class EngineClient:
    """The engine's routes for the gate (docs/interfaces.md); one connection a call."""

    def __init__(self, url: str, token: Secret) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port, self._base = parts.hostname or "", parts.port, parts.path.rstrip("/")
        self._token = token
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def ask(
        self,
        method: str,
        path: str,
        *,
        principal: Principal | None = None,
        content: Any = None,
        seconds: float = WORK_SECONDS,
    ) -> Reply:
        """Ask the engine and read its whole answer.

        Parameters
        ----------
        principal
            The acting person; None for the gate itself.
        content
            What to send as JSON; None for no body.
        seconds
            How long to wait for each piece of the answer.

        Raises
        ------
        EngineUnavailableError
            When it does not answer, or when too many wait for it already.
        """
        with self._asked(method, path, principal, content, seconds) as response:
            return Reply(response.status, _lower(response), response.read())

    def stream(
        self, path: str, *, principal: Principal, seconds: float = WORK_SECONDS
    ) -> tuple[Reply, Iterator[bytes]]:
        """Ask for a package; return the reply and the pieces of the body (a refusal comes whole, without pieces).

        Raises
        ------
        EngineUnavailableError
            As `ask`; also from the pieces, where the engine goes away in the middle.
        """
        pieces = self._pieces(path, principal, seconds)
        first = next(pieces)
        assert isinstance(first, Reply)  # noqa: S101 -- tells mypy what _pieces yields first
        return first, (piece for piece in pieces if isinstance(piece, bytes))

    def _pieces(self, path: str, principal: Principal, seconds: float) -> Iterator[Reply | bytes]:
        with self._asked("GET", path, principal, None, seconds) as response:
            if response.status != http.HTTPStatus.OK:
                yield Reply(response.status, _lower(response), response.read())
                return
            yield Reply(response.status, _lower(response), b"")
            while chunk := response.read(_CHUNK):
                yield chunk
            if response.length:  # http.client says nothing of a body that ends too early when it is read in pieces
                raise EngineUnavailableError("the engine broke off in the middle of a package")

    @contextmanager
    def _asked(
        self, method: str, path: str, principal: Principal | None, content: Any, seconds: float
    ) -> Iterator[http.client.HTTPResponse]:
        if not self._places.acquire(blocking=False):
            raise EngineUnavailableError("too many requests wait for the engine")
        connection = self._connection(self._host, self._port, timeout=seconds)
        try:
            body = None if content is None else json.dumps(content).encode()
            connection.request(method, self._base + path, body=body, headers=self._headers(principal, body))
            yield connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise EngineUnavailableError(f"the engine does not answer ({type(error).__name__})") from error
        finally:
            connection.close()
            self._places.release()

    def _headers(self, principal: Principal | None, body: bytes | None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._token.reveal()}", "Accept": "application/json"}
        if principal is not None:
            headers |= {"X-AOA-User": principal.user, "X-AOA-Role": principal.role.name}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return headers


def _lower(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}
