"""The way in for browsers, where the gate signs people in.

Orthanc's filter can only refuse with an empty 403, and a browser asks for a password at a 401 alone. So the gate
answers the pages that people begin with: they lead to ``/sign-in``, which asks, and from there back. It lies at the
root, for a browser then sends the password to every address below (RFC 7617, 2.2; docs/decisions/0121).
"""

import re
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from orthanc_plugin.gate.answers import Answer, see_other
from orthanc_plugin.gate.background import Background
from orthanc_plugin.gate.guard import Request
from orthanc_plugin.gate.loopback import Loopback, LoopbackError
from orthanc_plugin.gate.pages.layout import wants_html

EXPLORER = "app/explorer.html"
_SIGN_IN = "sign-in"
_PLACE = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_.-]+)*\Z")
_PAUSE_SECONDS = 0.25


def challenge(asked: Request) -> Answer:
    """Return what somebody without a right password gets: the way to sign in for browsers, a 401 for programs."""
    path = urlsplit(asked.uri).path.lstrip("/")
    if path in ("", _SIGN_IN) or not wants_html(asked.headers) or not _PLACE.match(path):
        return Answer(HTTPStatus.UNAUTHORIZED)
    return see_other(f"{'../' * path.count('/')}{_SIGN_IN}?to={path}")


def onward(arguments: Mapping[str, str]) -> Answer:
    """Return the way back to where somebody wanted to go before signing in; only ever to an address below this one."""
    wanted = arguments.get("to", "")
    return see_other(wanted if _PLACE.match(wanted) and wanted != _SIGN_IN else EXPLORER)


class ExplorerPage:
    """Orthanc Explorer's first page, which the gate serves to ask for the password there too.

    Its text is Orthanc's own and out of reach until Orthanc serves, so it is fetched then, and covered from then on.

    Parameters
    ----------
    loopback
        Asks Orthanc itself.
    cover
        Called once, with the page.
    """

    def __init__(self, loopback: Loopback, cover: Callable[[bytes], None]) -> None:
        self._loopback, self._cover = loopback, cover
        self._waiting = Background("explorer", self._wait)

    def start(self) -> None:
        """Wait for Orthanc to serve, and cover the page."""
        self._waiting.start()

    def close(self) -> None:
        """Wait no longer."""
        self._waiting.close()

    def _wait(self, over: threading.Event) -> None:
        while not over.wait(_PAUSE_SECONDS):
            try:
                page = self._loopback.page(f"/{EXPLORER}")
            except LoopbackError as error:
                if error.status:  # it serves, and has no such page: OrthancExplorerEnabled is false
                    return
            else:
                self._cover(page)
                return
