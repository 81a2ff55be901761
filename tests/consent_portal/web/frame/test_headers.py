"""Headers, cookies and tokens: every answer is compared with the whole table wanted (assurance F2, F8, F15)."""

import pytest

from consent_portal.app import create_app
from consent_portal.settings import Settings
from tests.consent_portal.web.conftest import TOKEN
from tests.consent_portal.web.routes import MATRIX, addresses

WANTED = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("address", ["/login", "/studies", "/nothing-here", "/health/live"])
def test_every_answer_carries_exactly_the_wanted_headers(portal, address):
    answer = portal.reader("clinician").browser.get(address)
    assert {name: answer.headers.get(name) for name in WANTED} == WANTED
    assert "Strict-Transport-Security" not in answer.headers


def test_behind_https_the_cookie_is_secure_and_the_browser_told_to_stay_there(portal):
    settings = portal.home.settings_file
    settings.write_text(
        settings.read_text().replace(f'public_url = "{portal.home.url}"', 'public_url = "https://p.example"')
    )
    app = create_app(Settings.load(settings))
    answer = app.test_client().get("/login", base_url="https://p.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-aoa=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_every_post_of_a_page_is_refused_without_its_token(portal):
    reader = portal.reader("medical-illustration")
    before = len(portal.events())
    for endpoint in MATRIX:
        for method, address in addresses(portal.app, endpoint):
            if method == "POST":
                assert reader.browser.post(address, data={"everything": "all"}).status_code in {400, 404}, endpoint
    assert len(portal.events()) == before


def test_a_token_of_another_session_is_worth_nothing(portal, said):
    mine, theirs = portal.reader("medical-illustration"), portal.reader("medical-illustration")
    token = TOKEN.search(theirs.browser.get("/").get_data(as_text=True)).group(1)
    answer = mine.browser.post(f"/studies/{portal.photo.key}/record", data={**said, "csrf_token": token})
    assert answer.status_code == 400
    assert "Open the page again, sign in if you are asked to" in answer.get_data(as_text=True)
    assert portal.events() == []


def test_no_answer_to_get_changes_the_ledger(portal):
    reader = portal.reader("medical-illustration")
    study = portal.photo
    for page in ("", "/record", "/withdraw", "/withdrawn"):
        reader.open(f"/studies/{study.key}{page}")
    assert portal.events() == []


def test_style_and_script_may_be_kept_but_nothing_else(portal):
    browser = portal.app.test_client()
    assert "no-store" not in browser.get("/static/base.css").headers["Cache-Control"]
    assert browser.get("/static/portal.js").status_code == 200


def test_a_form_that_is_far_too_large_is_refused_with_a_page(portal):
    reader = portal.reader("medical-illustration")
    answer = reader.browser.post(f"/studies/{portal.photo.key}/record", data={"conditions": "x" * 400_000})
    assert answer.status_code == 413
    assert "too large" in answer.get_data(as_text=True)
