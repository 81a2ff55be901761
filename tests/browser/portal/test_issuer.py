"""Signing in at the organisation's own issuer, in a real Chromium: by keyboard, and without any script."""

import pytest

from tests.support.issuer import at_issuer, serving_canaille
from tests.support.patience import MILLISECONDS
from tests.support.portal import PortalHome, served

pytestmark = pytest.mark.browser
PASSWORD = "as the issuer has it"


@pytest.fixture
def door(tmp_path):
    """A served portal before the real issuer; nothing here asks Orthanc."""
    home = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("nobody", "nothing")).make()
    with serving_canaille({"clinician": PASSWORD}, home.url, tmp_path / "issuer.log") as issuer:
        at_issuer(home, issuer.url, issuer.client_secret).prepare()
        with served(home):
            yield home


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_person_signs_in_at_the_issuer_and_out_again(chromium, door, scripts):
    context = chromium.new_context(locale="en-GB", java_script_enabled=scripts)
    context.set_default_timeout(MILLISECONDS)
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if page.url.startswith(door.url) else None)
    page.goto(f"{door.url}/recipients")
    page.get_by_role("link", name="Sign in with Riverside ID").press("Enter")
    for name, value in (("login", "clinician"), ("password", PASSWORD)):
        page.fill(f"input[name={name}]", value)
        page.press(f"input[name={name}]", "Enter")
    page.wait_for_url(f"{door.url}/recipients")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign out there too").click()
    page.wait_for_url("**/oauth/end_session?**")
    page.goto(f"{door.url}/recipients")
    assert "/login?next=" in page.url
    context.close()
    assert complaints == []
