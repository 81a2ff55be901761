"""Portals whose people sign in at an issuer, or through a proxy."""

import dataclasses
import shutil
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import delete

from consent_portal.web.people.sessions import WebSession
from tests.consent_portal.web.conftest import Portal
from tests.support.issuer import at_issuer, serving_canaille, serving_liar
from tests.support.portal import served
from tests.support.ports import free_port

PROXY = "127.0.0.2"
"""Where the trusted proxy of these tests connects from; everything else is called from 127.0.0.1."""
TRUSTING = f'trusted_proxies = ["{PROXY}"]\nproxy_user_header = "X-Remote-User"\nproxy_name = "Riverside proxy"'


def copy_of(prepared, folder, *, portal="", sections=""):
    """Return a prepared home of its own, with more settings."""
    shutil.copytree(prepared.folder, folder)
    home = dataclasses.replace(prepared, folder=folder)
    text = home.settings_file.read_text().replace("\n[site]", f"{portal}\n\n[site]", 1)
    home.settings_file.write_text(f"{text}\n{sections}")
    return home


def copy_cookies(person, thief):
    """Give somebody else's browser the cookies of a person."""
    for cookie in person.cookies.jar:
        thief.cookies.jar.set_cookie(cookie)


@contextmanager
def in_this_process(home, archive):
    portal = Portal(home, archive)
    try:
        yield portal
    finally:
        portal.parts.database.close()


@pytest.fixture(scope="session")
def canaille(tmp_path_factory, prepared):
    """The real issuer; it knows everybody of the portal, and a visitor whom the portal does not know."""
    people = {name: f"{password}-at-the-issuer" for name, password in prepared.passwords.items()}
    log = tmp_path_factory.mktemp("canaille") / "log"
    with serving_canaille({**people, "visitor": "just-visiting-today"}, prepared.url, log) as issuer:
        yield issuer


@pytest.fixture(scope="module")
def behind_canaille(tmp_path_factory, prepared, canaille):
    """A portal served as a process of its own, whose people may sign in at the real issuer."""
    home = copy_of(prepared, tmp_path_factory.mktemp("issuer") / "home")
    with served(at_issuer(home, canaille.url, canaille.client_secret)) as serving:
        yield serving


@contextmanager
def believing_in_a_liar(prepared, archive, folder, *, portal=""):
    """Give a portal that believes in an issuer which can be made to lie, and that issuer."""
    with serving_liar() as issuer:
        home = at_issuer(
            copy_of(prepared, folder, portal=portal), issuer.url, issuer.client_secret, second_factor="mfa,hwk"
        )
        with in_this_process(home, archive) as believing:
            yield believing, issuer


@pytest.fixture(scope="module")
def lasting_pair(tmp_path_factory, archive, prepared):
    with believing_in_a_liar(prepared, archive, tmp_path_factory.mktemp("liar") / "home") as pair:
        yield pair


@pytest.fixture
def liar(lasting_pair):
    """The issuer, honest until a test says otherwise."""
    lasting_pair[1].be_honest()
    return lasting_pair[1]


@pytest.fixture
def behind_liar(lasting_pair, liar):
    """The portal that believes in it, where nobody is signed in."""
    portal = lasting_pair[0]
    with portal.app.app_context():
        portal.parts.database.accounts().execute(delete(WebSession))
    ask_the_issuer_anew(portal)
    return portal


def come_back(client, liar, begin="/login/oidc"):
    """Go to the issuer and return what the portal says to its answer."""
    asked = parse_qs(urlsplit(client.get(begin).location).query)
    liar.nonce = asked["nonce"][0]
    return client.get("/login/oidc/callback", query_string={"code": "code", "state": asked["state"][0]})


def ask_the_issuer_anew(portal):
    """Let the portal forget what the issuer said of itself, as it does after an hour."""
    portal.app.extensions["aoa_issuer"]._client.server_metadata.pop("_loaded_at", None)


@pytest.fixture
def issuer_away(tmp_path, archive, prepared):
    """A portal whose issuer does not answer."""
    home = at_issuer(copy_of(prepared, tmp_path / "home"), f"http://127.0.0.1:{free_port()}", "secret")
    with in_this_process(home, archive) as portal:
        yield portal


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory, prepared):
    """A portal served as a process of its own, which trusts a proxy that connects from `PROXY`."""
    home = copy_of(prepared, tmp_path_factory.mktemp("proxy") / "home", portal=TRUSTING)
    with served(home) as serving:
        yield serving
