"""Settings of signing in that cannot be meant are refused, with the others (ADR 0136)."""

import pytest

from consent_portal.settings import Settings, SettingsFaults
from tests.support.portal import PortalHome

OIDC = {"AOA_OIDC_ISSUER": "https://id.hospital.example", "AOA_OIDC_CLIENT_ID": "portal"}
PROXY = {"AOA_PORTAL_TRUSTED_PROXIES": "10.1.2.3,10.9.0.0/24", "AOA_PORTAL_PROXY_USER_HEADER": "X-Remote-User"}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return (
        PortalHome(tmp_path_factory.mktemp("settings") / "home", "http://127.0.0.1:9", ("a", "b")).make().settings_file
    )


def loaded(file, monkeypatch, **environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings.load(file)


def test_an_issuer_and_proxies_can_be_named_in_the_environment(file, monkeypatch):
    settings = loaded(file, monkeypatch, **OIDC, **PROXY, AOA_OIDC_SECOND_FACTOR="mfa, hwk")
    assert [str(network) for network in settings.portal.trusted_proxies] == ["10.1.2.3/32", "10.9.0.0/24"]
    assert settings.oidc.second_factor == ("mfa", "hwk")
    assert settings.oidc.client_secret is None


def test_without_them_there_is_no_issuer_and_no_trusted_proxy(file):
    settings = Settings.load(file)
    assert (settings.oidc, settings.portal.trusted_proxies, settings.portal.proxy_user_header) == (None, (), "")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"AOA_OIDC_NAME": "Riverside ID"}, "[oidc] issuer: Field required"),
        ({**OIDC, "AOA_OIDC_ISSUER": "http://id.hospital.example"}, "[oidc] issuer: must be the issuer's https"),
        ({**OIDC, "AOA_OIDC_ISSUER": "https://id.example/?a=b"}, "[oidc] issuer: must be the issuer's https"),
        ({**OIDC, "AOA_OIDC_CLIENT_SECRET_FILE": "secrets/none"}, "[oidc] client_secret_file: no readable file"),
        ({**OIDC, "AOA_OIDC_ROLES": "administrator"}, "[oidc] roles: is no setting"),
        ({"AOA_PORTAL_TRUSTED_PROXIES": "0.0.0.0/0"}, "[portal] trusted_proxies: trusts every address there is"),
        ({"AOA_PORTAL_TRUSTED_PROXIES": "proxy.example"}, "'proxy.example' is no address or network"),
        ({"AOA_PORTAL_TRUSTED_PROXIES": "10.1.2.3/24"}, "'10.1.2.3/24' is no address or network"),
        ({"AOA_PORTAL_PROXY_USER_HEADER": "X-Remote-User"}, "proxy_user_header needs trusted_proxies"),
        ({**PROXY, "AOA_PORTAL_PROXY_USER_HEADER": "X_Remote_User"}, "[portal] proxy_user_header"),
        ({**PROXY, "AOA_PORTAL_PROXY_USER_HEADER": "X-Forwarded-For"}, "it means something else already"),
        ({**PROXY, "AOA_PORTAL_PROXY_USER_HEADER": "Cookie"}, "it means something else already"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_named(file, monkeypatch, wrong, says):
    with pytest.raises(SettingsFaults) as told:
        loaded(file, monkeypatch, **wrong)
    assert says in str(told.value)
