"""A second factor is owed by whichever door somebody came in, and what vouches for the first must go on to (F5, F6)."""

import pytest

from tests.consent_portal.web.conftest import tokens_of
from tests.consent_portal.web.people.conftest import (
    PROXY,
    TRUSTING,
    believing_in_a_liar,
    come_back,
    copy_of,
    in_this_process,
)
from tests.support.second_factor import App

OWED = 'second_factor_roles = ["clinician"]'
ASK, APP = "/second-factor", "/second-factor/app"


@pytest.fixture(scope="module")
def strict_pair(tmp_path_factory, archive, prepared):
    """A portal whose clinicians owe a second factor, and its issuer."""
    with believing_in_a_liar(prepared, archive, tmp_path_factory.mktemp("owed") / "home", portal=OWED) as pair:
        yield pair


@pytest.mark.parametrize(("said", "opens"), [("pwd", False), ("mfa", True)])
def test_the_issuers_sign_in_opens_pages_only_where_it_asked_for_a_second_factor(strict_pair, said, opens):
    portal, issuer = strict_pair
    issuer.be_honest()
    issuer.lies = {"amr": [said]}
    person = portal.stranger()
    come_back(person.browser, issuer)
    answer = person.browser.get("/recipients")
    assert answer.status_code == (200 if opens else 302)
    assert opens or answer.location.startswith(ASK)


def test_who_came_by_a_proxy_shows_a_second_factor_and_still_needs_the_proxys_word(tmp_path, archive, prepared):
    with in_this_process(copy_of(prepared, tmp_path / "home", portal=f"{TRUSTING}\n{OWED}"), archive) as portal:
        browser, named = portal.app.test_client(), {"X-Remote-User": "clinician"}
        browser.environ_base["REMOTE_ADDR"] = PROXY
        browser.post("/login/proxy", data=tokens_of(browser.get("/login", headers=named)), headers=named)
        assert browser.get("/", headers=named).location.startswith(ASK)
        page = browser.get(APP, headers=named)
        told = {"one_time_password": App.of(page.get_data(as_text=True)).digits()}
        browser.post(APP, data={**tokens_of(page), **told}, headers=named)
        assert browser.get("/", headers=named).status_code == 200
        for word in ({}, {"X-Remote-User": "trainer"}):
            assert browser.get("/", headers=word).status_code == 302
