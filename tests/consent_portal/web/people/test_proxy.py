"""A proxy that signs people in, and the addresses behind it (assurance F7, F20, F26)."""

import http.client
from ipaddress import ip_network
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_portal.web.frame import proxies as at_portal
from orthanc_plugin.gate import proxies as at_gate
from tests.consent_portal.web.conftest import hidden_fields_of
from tests.consent_portal.web.people.conftest import PROXY, copy_cookies
from tests.support.patience import PATIENCE

HEADER = "X-Remote-User"
OFFER = "Riverside proxy says that you are clinician"


def behind(address=PROXY):
    """Return a browser whose requests reach the portal from an address."""
    return httpx.Client(transport=httpx.HTTPTransport(local_address=address), timeout=PATIENCE)


def sign_in(home, browser, path="/login/proxy", **headers):
    page = browser.get(f"{home.url}/login")
    return browser.post(home.url + path, data=hidden_fields_of(page.text), headers=_named(headers))


def _named(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


def is_signed_in(home, browser, user="clinician"):
    return browser.get(f"{home.url}/", headers={HEADER: user} if user else {}).status_code == httpx.codes.OK


def test_whom_the_trusted_proxy_names_signs_in_with_one_button_and_reaches_the_page_that_was_wanted(behind_proxy):
    with behind() as browser:
        page = browser.get(f"{behind_proxy.url}/login?next=/recipients", headers={HEADER: "clinician"})
        assert OFFER in page.text
        answer = sign_in(behind_proxy, browser, "/login/proxy?next=/recipients", X_Remote_User="clinician")
        assert answer.headers["location"] == "/recipients"
        assert is_signed_in(behind_proxy, browser)


def test_opening_a_page_signs_nobody_in(behind_proxy):
    with behind() as browser:
        assert browser.get(f"{behind_proxy.url}/", headers={HEADER: "clinician"}).status_code == httpx.codes.FOUND
        assert browser.get(f"{behind_proxy.url}/login/proxy", headers={HEADER: "clinician"}).status_code == 405


def test_from_anywhere_else_the_header_is_nobodys_word(behind_proxy):
    with behind("127.0.0.1") as browser:
        page = browser.get(f"{behind_proxy.url}/login", headers={HEADER: "clinician", "X-Forwarded-For": PROXY})
        assert "says that you are" not in page.text
        answer = sign_in(behind_proxy, browser, X_Remote_User="clinician", X_Forwarded_For=PROXY)
        assert answer.headers["location"].startswith("/login")
        assert not is_signed_in(behind_proxy, browser)


def raw(home, path, headers, *, post=None, address=PROXY):
    """Send headers exactly as they are spelled, and as often."""
    connection = http.client.HTTPConnection("127.0.0.1", home.port, source_address=(address, 0), timeout=PATIENCE)
    connection.putrequest("POST" if post is not None else "GET", path)
    body = urlencode(post or {}).encode()
    for name, value in headers:
        connection.putheader(name, value)
    if post is not None:
        connection.putheader("Content-Type", "application/x-www-form-urlencoded")
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body if post is not None else None)
    answer = connection.getresponse()
    text = answer.read().decode()
    cookies = answer.headers.get_all("Set-Cookie") or []
    connection.close()
    return text, "; ".join(cookie.split(";")[0] for cookie in cookies)


@pytest.mark.parametrize(
    "headers",
    [
        [(HEADER, "trainer"), (HEADER, "clinician")],
        [(HEADER, "clinician"), (HEADER, "clinician")],
        [("X_Remote_User", "clinician")],
        [("X-Remote_User", "clinician")],
        [(HEADER, "")],
        [(HEADER, "clinician, trainer")],
        [("Remote-User", "clinician")],
        [("Forwarded", "for=clinician"), ("X-Forwarded-User", "clinician")],
    ],
    ids=["two", "the same twice", "underscores", "one underscore", "empty", "a list", "another header", "forwarded"],
)
def test_a_header_that_names_nobody_for_certain_signs_nobody_in(behind_proxy, headers):
    text, cookie = raw(behind_proxy, "/login", headers)
    assert OFFER not in text
    _answer, cookies = raw(behind_proxy, "/login/proxy", [*headers, ("Cookie", cookie)], post=hidden_fields_of(text))
    home, _ = raw(behind_proxy, "/", [(HEADER, "clinician"), ("Cookie", cookies or cookie)])
    assert "Sign out" not in home


def test_an_underscored_header_never_stands_in_for_the_proxys_own_word(behind_proxy):
    text, _ = raw(behind_proxy, "/login", [("X_Remote_User", "administrator"), (HEADER, "clinician")])
    assert OFFER in text
    assert "administrator" not in text.replace("system administrator", "")


@pytest.mark.parametrize("name", ["visitor", "clinician\u00e9", "c" * 65])
def test_whom_the_portal_does_not_know_is_not_signed_in_and_reads_whom_to_ask(behind_proxy, name):
    with behind() as browser:
        answer = sign_in(behind_proxy, browser, X_Remote_User=name.encode())
        page = browser.get(behind_proxy.url + answer.headers["location"])
        assert (
            "Riverside proxy knows you, but you have no open account here. Ask your system administrator" in page.text
        )
        assert not is_signed_in(behind_proxy, browser)


def test_the_session_holds_only_while_the_proxy_names_the_same_person(behind_proxy):
    with behind() as browser:
        sign_in(behind_proxy, browser, X_Remote_User="clinician")
        assert is_signed_in(behind_proxy, browser)
        assert not is_signed_in(behind_proxy, browser, user="trainer")
        assert not is_signed_in(behind_proxy, browser, user=None)
        with behind("127.0.0.1") as elsewhere:
            copy_cookies(browser, elsewhere)
            assert not is_signed_in(behind_proxy, elsewhere)


def test_signing_out_ends_the_session_although_the_proxy_goes_on_naming_the_person(behind_proxy):
    with behind() as browser:
        sign_in(behind_proxy, browser, X_Remote_User="clinician")
        page = browser.get(f"{behind_proxy.url}/", headers={HEADER: "clinician"})
        browser.post(f"{behind_proxy.url}/logout", data=hidden_fields_of(page.text), headers={HEADER: "clinician"})
        assert not is_signed_in(behind_proxy, browser)


def test_without_the_setting_no_proxy_signs_anybody_in(portal):
    reader = portal.stranger()
    page = reader.browser.get("/login", headers={HEADER: "clinician"})
    data = hidden_fields_of(page.get_data(as_text=True))
    assert reader.browser.post("/login/proxy", data=data, headers={HEADER: "clinician"}).status_code == 404


def guess(home, address, **headers):
    """Give a wrong password for somebody nobody knows, and return what came."""
    with behind(address) as browser:
        data = {
            **hidden_fields_of(browser.get(f"{home.url}/login").text),
            "username": "guesser",
            "password": "wrong-wrong",
        }
        return browser.post(f"{home.url}/login", data=data, headers=_named(headers)).status_code


def test_guesses_of_one_client_of_the_proxy_lock_no_other_out_whatever_it_says_of_its_address(behind_proxy):
    came = [guess(behind_proxy, PROXY, X_Forwarded_For=f"10.0.0.{number}, 192.0.2.1") for number in range(7)]
    assert came == [200] * 5 + [429] * 2
    assert guess(behind_proxy, PROXY, X_Forwarded_For="192.0.2.2") == 200


def test_somebody_who_does_not_come_through_the_proxy_has_the_address_of_the_connection(behind_proxy):
    came = [guess(behind_proxy, "127.0.0.3", X_Forwarded_For=f"198.51.100.{number}") for number in range(7)]
    assert came == [200] * 5 + [429] * 2


TRUSTED = (ip_network("10.0.0.0/24"),)


DOORS = {
    "portal": at_portal.client_of,
    "gate": lambda peer, said, trusted: at_gate.client_of(peer, {"x-forwarded-for": said}, trusted),
}


@pytest.fixture(params=DOORS.values(), ids=DOORS, scope="module")
def client_of(request):
    """The rule as each door has it."""
    return request.param


@given(forged=st.text(max_size=60), hops=st.lists(st.sampled_from(["10.0.0.7", "::ffff:10.0.0.8"]), max_size=3))
def test_whatever_a_client_writes_its_address_is_the_one_that_the_outermost_proxy_saw(client_of, forged, hops):
    assert client_of("10.0.0.1", ",".join([forged, " 192.0.2.9", *hops]), TRUSTED) == "192.0.2.9"


@given(said=st.text(max_size=60))
def test_who_is_no_trusted_proxy_is_the_client_whatever_it_says(client_of, said):
    assert client_of("192.0.2.1", f"{said},10.0.0.7,192.0.2.9", TRUSTED) == "192.0.2.1"


@pytest.mark.parametrize("said", ["", "unknown", "192.0.2.9, unknown", "10.0.0.4:1234", "192.0.2.9 10.0.0.4"])
def test_where_the_proxy_wrote_no_address_down_the_clients_is_the_proxys(client_of, said):
    assert client_of("10.0.0.1", said, TRUSTED) == "10.0.0.1"
