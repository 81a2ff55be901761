"""Asks Orthanc itself over its own port: native calls hold the interpreter lock and can deadlock, a socket does not.

Whoever presents Orthanc's token passes every check, so it stays in memory and is neither logged nor handed on.
"""

import http.client
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

# The only port Orthanc's own requests go to; its certificate names the outside, not the loopback address.
_HOST = "127.0.0.1"


class LoopbackError(Exception):
    """Orthanc did not answer its own gate, or not as expected; `status` is 0 where there was no answer."""

    def __init__(self, text: str, status: int = 0) -> None:
        self.status = status
        super().__init__(text)


@dataclass(frozen=True)
class Loopback:
    """Orthanc's own REST interface.

    Attributes
    ----------
    port
        Orthanc's HTTP port.
    token
        Gives the value of an Authorization header (`GenerateRestApiAuthorizationToken`).
    encrypted
        Whether Orthanc itself speaks TLS.
    """

    port: int
    token: Callable[[], str]
    encrypted: bool = False

    def call(self, method: str, path: str, content: Any = None, *, seconds: float = 60.0) -> Any:
        """Return the JSON that Orthanc answers (None for an empty answer).

        Parameters
        ----------
        content
            A text goes as it is, anything else as JSON; None for no body.
        seconds
            How long to wait for each piece of the answer.

        Raises
        ------
        LoopbackError
            For no answer or one that is not 2xx; its text names the route's first part only, as paths hold identifiers.
        """
        body = None if content is None else (content if isinstance(content, str) else json.dumps(content)).encode()
        answer = self._answered(method, path, body, seconds)
        return json.loads(answer) if answer else None

    def page(self, path: str) -> bytes:
        """Return a page of Orthanc's own as it is.

        Raises
        ------
        LoopbackError
        """
        return self._answered("GET", path, None, 60.0)

    def _answered(self, method: str, path: str, body: bytes | None, seconds: float) -> bytes:
        connection = self._connection(seconds)
        try:
            connection.request(method, quote(path, safe="/?=&"), body=body, headers={"Authorization": self.token()})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise LoopbackError(f"Orthanc does not answer its gate ({type(error).__name__})") from error
        finally:
            connection.close()
        if not http.HTTPStatus.OK <= response.status < http.HTTPStatus.MULTIPLE_CHOICES:
            raise LoopbackError(f"Orthanc answered its gate with {response.status}", response.status)
        return answer

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        if not self.encrypted:
            return http.client.HTTPConnection(_HOST, self.port, timeout=seconds)
        context = ssl._create_unverified_context()  # noqa: S323 -- this very process, by its loopback address
        return http.client.HTTPSConnection(_HOST, self.port, timeout=seconds, context=context)

    def found(self, uid: str) -> list[tuple[str, str]]:
        """Return level (``study`` ...) and Orthanc identifier of what has the DICOM identifier `uid`."""
        answer = self.call("POST", "/tools/lookup", uid)
        return [(str(row["Type"]).lower(), str(row["ID"])) for row in answer]

    def with_accession_number(self, number: str) -> list[tuple[str, str]]:
        """Return the studies with exactly this accession number (a wildcard in it finds nothing)."""
        if set(number) & set("*?\\"):
            return []
        asked = {"Level": "Study", "Query": {"AccessionNumber": number}, "CaseSensitive": True}
        return [("study", str(identifier)) for identifier in self.call("POST", "/tools/find", asked)]

    def level_of(self, identifier: str) -> str | None:
        """Return the level of the resource with Orthanc's `identifier`, or None where there is none."""
        for level, collection in _COLLECTIONS.items():
            try:
                self.call("GET", f"/{collection}/{identifier}")
            except LoopbackError as error:
                if error.status != http.HTTPStatus.NOT_FOUND:
                    raise
            else:
                return level
        return None


_COLLECTIONS: Mapping[str, str] = {
    "study": "studies",
    "series": "series",
    "instance": "instances",
    "patient": "patients",
}
