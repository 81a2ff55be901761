"""The portal's pages over HTTP, as a browser without script uses them."""

import re
from types import TracebackType
from typing import Any, Self

import httpx

from tests.support.patience import PATIENCE

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_HIDDEN = re.compile(r'<input\b(?=[^>]*type="hidden")(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")')
_ROW = re.compile(r'<th scope="row">([^<]+)</th>.*?href="(/users/\d+)"', re.DOTALL)


class Pages:
    """Somebody who is signed in at the portal."""

    def __init__(self, portal: str) -> None:
        self._client = httpx.Client(base_url=portal, timeout=PATIENCE, trust_env=False, follow_redirects=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def sign_in(self, user: str, password: str) -> bool:
        """Try to sign in, and tell whether the home page opened."""
        self.send("/login", "/login", username=user, password=password)
        return self._client.get("/").url.path == "/"

    def is_signed_in(self) -> bool:
        """Tell whether the home page opens still."""
        return self._client.get("/").url.path == "/"

    def send(self, form: str, to: str, **fields: Any) -> httpx.Response:
        """Open the page with the form, and send its fields."""
        return self._client.post(to, data={**_hidden(self._client.get(form).text, to), **fields})

    def get(self, address: str) -> httpx.Response:
        """Open a page."""
        return self._client.get(address)


def _hidden(page: str, to: str) -> dict[str, str]:
    """Return the hidden fields of the form that goes to an address, or of the first one."""
    forms = _FORM.findall(page)
    inside = next((content for head, content in forms if f'action="{to}"' in head), forms[0][1] if forms else "")
    return dict(_HIDDEN.findall(inside))


class Administrator(Pages):
    """An administrator, who keeps accounts by the page *Users*."""

    def open(self, user: str, role: str, password: str) -> None:
        """Open an account."""
        answer = self.send("/users", "/users", username=user, role=role, password=password)
        assert user in answer.text, answer.text

    def close(self, user: str) -> None:
        """Close an account."""
        self._change(user, "active", active="no")

    def reopen(self, user: str) -> None:
        """Open it again."""
        self._change(user, "active", active="yes")

    def give_role(self, user: str, role: str) -> None:
        """Give another role."""
        self._change(user, "role", role=role)

    def give_password(self, user: str, password: str) -> None:
        """Set another password."""
        self._change(user, "password", password=password)

    def _change(self, user: str, what: str, **fields: str) -> None:
        page = dict(_ROW.findall(self.get("/users").text))[user]
        answer = self.send(page, f"{page}/{what}", **fields)
        assert answer.status_code == 200, answer.text
