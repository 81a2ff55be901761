"""Passkeys and apps in a real browser, with an authenticator that the browser itself plays (assurance F6, F16)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from consent_portal.database import Database
from consent_portal.ledger import store
from consent_portal.ledger.events import EventType
from tests.support.patience import MILLISECONDS
from tests.support.portal import PortalHome, served
from tests.support.second_factor import App, needing

pytestmark = pytest.mark.browser
NOWHERE = ("http://127.0.0.1:9", ("aoa-portal", "unused"))
USER = "administrator"
KEY = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True,
       "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A portal that people reach by a name, since browsers make no passkey for an IP address."""
    made = PortalHome(tmp_path_factory.mktemp("portal") / "home", *NOWHERE)
    made.public_url = f"http://localhost:{made.port}"
    with served(needing(made.make(), USER).prepare()) as running:
        yield running


@pytest.fixture
def visit(chromium, home):
    """Open browsers, watched for errors in the console."""
    contexts, complaints = [], []

    def opened(**options):
        contexts.append(chromium.new_context(locale="en-GB", **options))
        contexts[-1].set_default_timeout(MILLISECONDS)
        page = contexts[-1].new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [said for said in complaints if "the server responded with a status of" not in said] == []


def authenticator(page):
    """Plug a security key into the browser; return how to ask it what it holds."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return devtools, made


def gives_password(page, home, user=USER):
    page.goto(f"{home.public_url}/login")
    page.fill("#username", user)
    page.fill("#password", home.passwords[user])
    page.click("main button[type=submit]")


def is_well_made(page):
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def changes(home):
    database = Database(f"sqlite:///{home.folder}/portal/portal.sqlite")
    with database.reading() as session:
        events = store.events_of_type(session, EventType.ACCOUNT_CHANGED)
    database.close()
    return [str(one.payload.change) for one in events if one.payload.account == USER]


def test_a_passkey_and_an_app_are_set_up_and_shown_and_another_key_opens_nothing(visit, home):
    page = visit(viewport={"width": 320, "height": 700}, color_scheme="dark")
    devtools, key = authenticator(page)
    gives_password(page, home)
    expect(page.locator("h1")).to_have_text("Set up a second factor")
    is_well_made(page)
    page.click("text=Set up a passkey")
    is_well_made(page)
    page.fill("#name", "security key, blue")
    page.locator("#name").press("Enter")
    expect(page.locator("h1")).to_have_text("Your recovery codes")
    is_well_made(page)
    assert len(devtools.send("WebAuthn.getCredentials", key)["credentials"]) == 1
    page.click("text=I have kept them")
    page.wait_for_url(f"{home.public_url}/")

    page.click("text=Sign out")
    gives_password(page, home)
    expect(page.locator("h1")).to_have_text("Your second factor")
    is_well_made(page)
    page.click("text=Use a passkey")
    page.wait_for_url(f"{home.public_url}/")

    page.goto(f"{home.public_url}/account/second-factor")
    is_well_made(page)
    expect(page.locator("main")).to_contain_text("security key, blue")
    page.click("text=Set up an app")
    is_well_made(page)
    assert page.evaluate("document.querySelector('img.code').naturalWidth") > 0
    app = App.of(page.content())
    page.fill("#one_time_password", app.digits())
    page.fill("#present_password", home.passwords[USER])
    page.locator("#present_password").press("Enter")
    expect(page.locator("main")).to_contain_text("An authenticator app")

    other = visit()
    authenticator(other)
    gives_password(other, home)
    expect(other.locator("[data-passkey-fault]")).to_be_hidden()
    other.click("text=Use a passkey")
    expect(other.locator("[data-passkey-fault]")).to_be_visible()
    is_well_made(other)
    other.goto(f"{home.public_url}/users")
    expect(other.locator("h1")).to_have_text("Your second factor")

    plain = visit(java_script_enabled=False)
    gives_password(plain, home)
    expect(plain.locator("text=Use a passkey")).to_be_hidden()
    plain.fill("#one_time_password", app.digits())
    plain.locator("#one_time_password").press("Enter")
    plain.wait_for_url(f"{home.public_url}/")
    assert changes(home) == ["opened", "second-factor", "second-factor"]
