"""Asks the portal for its accounts, over HTTP (docs/interfaces.md, "Portal, for the gate")."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from orthanc_plugin.gate.settings import Secret

_LIST_SECONDS = 5.0
_CHECK_SECONDS = 10.0
_MOST_BYTES = 8 << 20


class PortalAwayError(Exception):
    """The portal does not answer, or not as agreed."""


class GuessingError(Exception):
    """The portal no longer compares passwords for this name or from this address: there were too many wrong ones."""


@dataclass(frozen=True)
class Account:
    """An open account.

    Attributes
    ----------
    user
        The name as the portal writes it.
    role
        The role it has now.
    stamp
        Changes with the password, and tells nothing of it.
    """

    user: str
    role: str
    stamp: str


class PortalAccounts:
    """The portal's two routes for the gate; one connection a call."""

    def __init__(self, url: str, token: Secret) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port, self._base = parts.hostname or "", parts.port, parts.path.rstrip("/")
        self._token = token

    def open_accounts(self) -> list[Account]:
        """Return every open account.

        Raises
        ------
        PortalAwayError
            Also while the portal does not vouch for its accounts, such as without the home's own ledger (503).
        """
        status, content = self._ask("GET", "/api/v1/accounts", None, _LIST_SECONDS)
        rows = content.get("accounts")
        if status != http.HTTPStatus.OK or not isinstance(rows, list):
            raise PortalAwayError(f"the portal answered the gate with {status}")
        return [_account(row) for row in rows]

    def check(self, user: str, password: str, address: str) -> Account | None:
        """Return the open account with this name and password, or None.

        Parameters
        ----------
        address
            Where the request came from, for the portal's count of wrong passwords.

        Raises
        ------
        GuessingError
            Where there were too many.
        PortalAwayError
        """
        asked = {"contract": 1, "user": user, "password": password, "address": address}
        status, content = self._ask("POST", "/api/v1/accounts/check", asked, _CHECK_SECONDS)
        if status == http.HTTPStatus.TOO_MANY_REQUESTS:
            raise GuessingError("the portal refuses to compare more passwords")
        if status == http.HTTPStatus.BAD_REQUEST:
            return None  # no name or password of this shape is anybody's
        if status != http.HTTPStatus.OK or "account" not in content:
            raise PortalAwayError(f"the portal answered the gate with {status}")
        return None if content["account"] is None else _account(content["account"])

    def _ask(self, method: str, path: str, content: Any, seconds: float) -> tuple[int, dict[str, Any]]:
        body = None if content is None else json.dumps(content).encode()
        headers = {"Authorization": f"Bearer {self._token.reveal()}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = self._connection(self._host, self._port, timeout=seconds)
        try:
            connection.request(method, self._base + path, body=body, headers=headers)
            response = connection.getresponse()
            answered = json.loads(response.read(_MOST_BYTES))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise PortalAwayError(f"the portal does not answer the gate ({type(error).__name__})") from None
        finally:
            connection.close()
        return response.status, answered if isinstance(answered, dict) else {}


def _account(row: Any) -> Account:
    try:
        user, role, stamp = row["user"], row["role"], row["stamp"]
    except (TypeError, KeyError):
        raise PortalAwayError("the portal told an account in another shape than was agreed") from None
    if not all(isinstance(text, str) and text for text in (user, role, stamp)):
        raise PortalAwayError("the portal told an account in another shape than was agreed")
    return Account(user, role, stamp)
