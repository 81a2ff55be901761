"""Questions to Orthanc over HTTP: JSON there and back, over connections that are kept for the next question."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import urllib3
from urllib3.exceptions import HTTPError, ProtocolError

KEPT = 16
"""Connections: as many as the portal has threads (`consent_portal.__main__.THREADS`)."""


class NoSuchThing(Exception):  # noqa: N818  (named for the situation)
    """Orthanc has nothing there."""


class NoAnswer(Exception):  # noqa: N818  (as above)
    """Orthanc did not answer, or not as expected; the text says how, without an address."""


class OrthancHttp:
    """Asks one Orthanc. Every question only reads, so that one which met a closed connection is asked once more.

    Parameters
    ----------
    url, user, password : str
        Of Orthanc's HTTP interface.
    timeout : float
        Seconds to wait for each part of an answer.
    """

    def __init__(self, url: str, user: str, password: str, timeout: float) -> None:
        self.url = url.rstrip("/")
        context = httpx.create_ssl_context() if self.url.startswith("https:") else None
        head = urllib3.make_headers(basic_auth=f"{user}:{password}")
        self._pool = urllib3.PoolManager(
            maxsize=KEPT, headers=head, timeout=timeout, retries=False, ssl_context=context
        )

    def get(self, path: str) -> Any:
        """Return what stands at a path.

        Raises
        ------
        NoSuchThing, NoAnswer
        """
        return _read(lambda: self._pool.request("GET", self.url + path))

    def find(self, query: Mapping[str, object]) -> Any:
        """Return what `/tools/find` finds.

        Raises
        ------
        NoAnswer
        """
        return _read(lambda: self._pool.request("POST", f"{self.url}/tools/find", body=json.dumps(query).encode()))


def _read(ask: Callable[[], urllib3.BaseHTTPResponse]) -> Any:
    try:
        answer = _asked(ask)
        if answer.status == 404:
            raise NoSuchThing("Orthanc has no such resource.")
        if answer.status != 200:
            raise NoAnswer(f"Orthanc answered with status {answer.status}.")
        return json.loads(answer.data)
    except (HTTPError, ValueError) as error:
        raise NoAnswer(f"Orthanc did not answer ({type(error).__name__}).") from None


def _asked(ask: Callable[[], urllib3.BaseHTTPResponse]) -> urllib3.BaseHTTPResponse:
    try:
        return ask()
    except ProtocolError:  # Orthanc ends a kept connection at a moment of its own
        return ask()
