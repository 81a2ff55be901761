"""Signing in at an issuer: Canaille for what is right, and one that lies for what must not work (assurance F5, F20)."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from consent_portal.services.users.second_factor import AT_ISSUER
from consent_portal.web.people.sessions import BY, WebSession, signed_in_by
from tests.consent_portal.web.people.conftest import ask_the_issuer_anew, believing_in_a_liar, come_back, copy_cookies
from tests.support.patience import PATIENCE

NOT_PROVEN = "does not prove who you are"
NO_ACCOUNT = "you have no open account here"
AWAY = "Riverside ID does not answer"


def browser(follow=True):
    return httpx.Client(follow_redirects=follow, timeout=PATIENCE)


def at_the_issuer(home, person, wanted="/"):
    """Begin at the portal and arrive at the issuer's sign-in page."""
    page = person.get(home.url + wanted)
    assert "Sign in with Riverside ID" in page.text
    return person.get(f"{home.url}/login/oidc", params=page.url.params)


def is_signed_in(home, person):
    return person.get(f"{home.url}/", follow_redirects=False).status_code == httpx.codes.OK


def callback_of(canaille, home, user, person):
    """Sign in at the issuer, and stop before the portal hears of it.

    Open the address in the end: Canaille's store in memory takes one open code of a client for another.
    """
    page = at_the_issuer(home, person)
    person.event_hooks["response"] = [_stop_at_callback(home)]
    try:
        canaille.sign_in(person, page, user)
    except _Arrived as arrived:
        return arrived.address
    finally:
        person.event_hooks["response"] = []
    raise AssertionError("the issuer led nowhere")


class _Arrived(Exception):  # noqa: N818  (named for the situation)
    def __init__(self, address):
        self.address = address


def _stop_at_callback(home):
    def look(response):
        if response.headers.get("location", "").startswith(f"{home.url}/login/oidc/callback"):
            raise _Arrived(response.headers["location"])

    return look


def test_who_signs_in_at_the_issuer_is_signed_in_here_and_reaches_the_page_that_was_wanted(canaille, behind_canaille):
    with browser() as person:
        page = canaille.sign_in(person, at_the_issuer(behind_canaille, person, "/recipients"), "clinician")
        assert str(page.url) == f"{behind_canaille.url}/recipients"
        assert "(Clinician)" in page.text


def test_the_issuer_is_asked_for_a_code_with_pkce_state_and_nonce_at_our_own_address_whatever_host_was_named(
    canaille, behind_canaille
):
    with browser(follow=False) as person:
        answer = person.get(f"{behind_canaille.url}/login/oidc", headers={"Host": "evil.example"})
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert answer.headers["location"].startswith(f"{canaille.url}/oauth/authorize?")
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert asked["redirect_uri"] == [f"{behind_canaille.url}/login/oidc/callback"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 20


def test_the_issuer_says_who_somebody_is_and_the_portal_what_they_may_do(canaille, behind_canaille):
    with browser() as person:
        page = canaille.sign_in(person, at_the_issuer(behind_canaille, person, "/users"), "trainer")
        assert page.status_code == httpx.codes.FORBIDDEN
        assert is_signed_in(behind_canaille, person)


def test_whom_the_portal_does_not_know_is_not_signed_in_and_reads_whom_to_ask(canaille, behind_canaille):
    with browser() as person:
        page = canaille.sign_in(person, at_the_issuer(behind_canaille, person), "visitor")
        assert NO_ACCOUNT in page.text
        assert "Ask your system administrator" in page.text
        assert not is_signed_in(behind_canaille, person)


def test_an_answer_of_the_issuer_serves_once_even_to_somebody_who_copied_the_cookie(canaille, behind_canaille):
    with browser() as person, browser() as thief:
        address = callback_of(canaille, behind_canaille, "clinician", person)
        copy_cookies(person, thief)
        person.get(address)
        assert is_signed_in(behind_canaille, person)
        assert NOT_PROVEN in thief.get(address).text
        assert not is_signed_in(behind_canaille, thief)


def test_an_answer_of_the_issuer_serves_only_the_browser_that_asked_for_it(canaille, behind_canaille):
    with browser() as person, browser() as victim:
        address = callback_of(canaille, behind_canaille, "clinician", person)
        assert NOT_PROVEN in victim.get(address).text
        assert not is_signed_in(behind_canaille, victim)
        at_the_issuer(behind_canaille, victim)
        assert NOT_PROVEN in victim.get(address).text
        assert not is_signed_in(behind_canaille, victim)
        person.get(address)
        assert is_signed_in(behind_canaille, person)


def test_signing_out_ends_the_session_here_and_leads_to_the_issuers_own_sign_out(canaille, behind_canaille):
    with browser() as person:
        page = canaille.sign_in(person, at_the_issuer(behind_canaille, person), "clinician")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        with browser() as thief:
            copy_cookies(person, thief)
            page = person.post(f"{behind_canaille.url}/logout", data={"csrf_token": token})
            assert "You may still be signed in at Riverside ID" in page.text
            assert not is_signed_in(behind_canaille, thief)
        there = person.get(f"{behind_canaille.url}/login/oidc/sign-out")
        assert str(there.url).startswith(f"{canaille.url}/oauth/end_session?")
        assert "may still be signed in" not in person.get(f"{behind_canaille.url}/login").text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_signing_in_at_the_issuer_never_leads_to_another_site(behind_liar, liar, elsewhere):
    reader = behind_liar.stranger()
    answer = come_back(reader.browser, liar, f"/login/oidc?{httpx.QueryParams(next=elsewhere)}")
    assert answer.location == "/"


def nobody_was_signed_in(portal):
    with portal.app.app_context():
        return portal.parts.database.accounts().query(WebSession).count() == 0


def test_an_honest_answer_signs_in(behind_liar, liar):
    reader = behind_liar.stranger()
    assert come_back(reader.browser, liar, "/login/oidc?next=/recipients").location == "/recipients"
    reader.open("/recipients")


ANOTHER = {"aud": "another-client"}
LIES = {
    "a nonce of another sign-in": {"lies": {"nonce": "of-another-sign-in"}},
    "no nonce": {"lies": {"nonce": None}},
    "for another audience": {"lies": ANOTHER},
    "for another audience in our name": {"lies": {**ANOTHER, "azp": "consent-portal"}},
    "for no audience": {"lies": {"aud": None}},
    "run out": {"lies": {"exp": 1}},
    "without an end": {"lies": {"exp": None}},
    "of another issuer": {"lies": {"iss": "https://evil.example"}},
    "not signed": {"signature": "none"},
    "signed with another's key": {"signature": "stranger"},
    "signed with what the client knows": {"signature": "client-secret"},
    "no ID token": {"has_id_token": False},
    "an issuer of another name": {"metadata": {"issuer": "https://evil.example"}},
    "signatures that prove nothing": {"metadata": {"id_token_signing_alg_values_supported": ["none", "HS256"]}},
}


@pytest.mark.parametrize("said", LIES.values(), ids=LIES)
def test_an_answer_that_does_not_prove_who_it_was_signs_nobody_in(behind_liar, liar, said):
    client = behind_liar.app.test_client()
    asked = parse_qs(urlsplit(client.get("/login/oidc").location).query)
    liar.nonce = asked["nonce"][0]
    for name, value in said.items():
        setattr(liar, name, value)
    ask_the_issuer_anew(behind_liar)
    answer = client.get(
        "/login/oidc/callback", query_string={"code": "code", "state": asked["state"][0]}, follow_redirects=True
    )
    assert NOT_PROVEN in answer.get_data(as_text=True)
    assert client.get("/").status_code == 302
    assert nobody_was_signed_in(behind_liar)


@pytest.mark.parametrize("state", ["", "guessed"])
def test_an_answer_with_another_state_signs_nobody_in(behind_liar, liar, state):
    client = behind_liar.app.test_client()
    client.get("/login/oidc")
    query = {"code": "code", "state": state}
    answer = client.get("/login/oidc/callback", query_string=query, follow_redirects=True)
    assert NOT_PROVEN in answer.get_data(as_text=True)
    assert nobody_was_signed_in(behind_liar)


@pytest.mark.parametrize("name", ["nobody-here", "", None, ["clinician"], "clinician\x00", "c" * 65, "\u212alinician"])
def test_a_claim_that_is_no_name_of_an_open_account_signs_nobody_in(behind_liar, liar, name):
    liar.lies = {"sub": name if name is not None else 7}
    page = come_back(behind_liar.app.test_client(), liar)
    assert page.location.startswith("/login")
    assert nobody_was_signed_in(behind_liar)


def test_capital_letters_in_the_claim_do_not_matter(behind_liar, liar):
    liar.lies = {"sub": "Clinician"}
    reader = behind_liar.stranger()
    come_back(reader.browser, liar)
    reader.open("/recipients")


def test_a_closed_account_is_not_opened_by_the_issuer_and_its_session_ends_at_once(tmp_path, archive, prepared):
    with believing_in_a_liar(prepared, archive, tmp_path / "home") as (portal, liar):
        reader, system = portal.stranger(), portal.reader("administrator")
        come_back(reader.browser, liar)
        assert reader.browser.get("/").status_code == 200
        users = system.open("/users").get_data(as_text=True)
        number = users.split(">clinician</th>")[1].split("/users/")[1].split('"')[0]
        system.send(f"/users/{number}/active", page=system.browser.get(f"/users/{number}"), active="no")
        assert reader.browser.get("/").status_code == 302
        answer = come_back(reader.browser, liar)
        assert NO_ACCOUNT in reader.browser.get(answer.location).get_data(as_text=True)
        assert reader.browser.get("/").status_code == 302


def test_while_the_issuer_is_away_the_page_says_so_and_a_password_still_signs_in(issuer_away):
    reader = issuer_away.stranger()
    page = reader.open("/login/oidc?next=/recipients")
    assert AWAY in page.get_data(as_text=True)
    answer = reader.send(page.request.full_path, page=page, username=reader.role, password=reader.password)
    assert answer.request.path == "/recipients"


def test_where_no_issuer_is_named_there_is_none(portal):
    reader = portal.stranger()
    assert "login/oidc" not in reader.open("/login").get_data(as_text=True)
    assert {reader.browser.get(f"/login/oidc{path}").status_code for path in ("", "/callback", "/sign-out")} == {404}


def test_a_session_from_the_issuer_is_a_new_one_and_ends_the_one_before(behind_liar, liar):
    reader = behind_liar.reader("trainer")
    planted = reader.browser.get_cookie("aoa_portal").value
    with reader.browser.session_transaction() as held:
        held["_state_oidc_known"] = {"data": {"nonce": "n", "redirect_uri": "r", "code_verifier": "v"}, "exp": 2**33}
    liar.nonce = "n"
    reader.browser.get("/login/oidc/callback?code=code&state=known")
    assert "(Clinician)" in reader.open("/").get_data(as_text=True)
    thief = behind_liar.app.test_client()
    thief.set_cookie("aoa_portal", planted)
    assert thief.get("/").status_code == 302


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "hwk"}, True),
        ({"acr": "0"}, False),
    ],
)
def test_the_issuers_word_for_a_second_factor_counts_where_the_settings_accept_it(behind_liar, liar, said, counts):
    liar.lies = said
    with behind_liar.app.test_client() as client:
        come_back(client, liar)
        client.get("/")
        assert signed_in_by() == frozenset({"oidc", AT_ISSUER} if counts else {"oidc"})


def test_a_password_is_no_word_of_the_issuer_even_in_a_browser_that_had_one(behind_liar, liar):
    liar.lies = {"amr": ["mfa"]}
    reader = behind_liar.stranger()
    come_back(reader.browser, liar)
    reader.sign_out()
    reader.sign_in()
    with reader.browser.session_transaction() as held:
        assert held[BY] == ["password"]
