"""Asks the portal's two routes for accounts over a real socket, as the gate does."""

import secrets

import httpx

from tests.consent_portal.api.conftest import NOWHERE
from tests.orthanc_plugin.gate.small_portal import TOKEN, fits
from tests.support.patience import PATIENCE
from tests.support.portal import PortalHome


def a_home(folder):
    """Return a home whose portal answers the gate."""
    made = PortalHome(folder, NOWHERE, ("aoa-portal", "unused")).make()
    (folder / "secrets" / "accounts-token").write_text(TOKEN, encoding="utf-8")
    settings = made.settings_file.read_text(encoding="utf-8")
    line = 'accounts_token_file = "secrets/accounts-token"'
    made.settings_file.write_text(settings.replace("[portal]", f"[portal]\n{line}"), encoding="utf-8")
    return made


class Gate:
    """Asks as the gate does, each time from an address of its own, so that no test's guesses count for another."""

    def __init__(self, home):
        self.home, self.address = home, f"192.0.2.{secrets.token_hex(8)}"

    def ask(self, method="POST", path="/check", token=TOKEN, **body):
        said = {"json": {"contract": 1, "address": self.address, **body}} if method == "POST" else {}
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.request(
            method, f"{self.home.url}/api/v1/accounts{path}", headers=headers, timeout=PATIENCE, **said
        )

    def check(self, user, password):
        answer = self.ask(user=user, password=password)
        assert answer.status_code == 200, answer.text
        fits("account-check", answer.json())
        return answer.json()["account"]

    def list(self):
        answer = self.ask("GET", "").json()
        fits("accounts", answer)
        rows = answer["accounts"]
        return {row["user"]: row for row in rows}
