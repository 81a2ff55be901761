"""Serves Canaille, an OpenID Connect issuer that organisations run, with the people and the client of a test.

``python -m tests.support.canaille_server`` reads what it is to be from its standard input, as JSON.
"""

import json
import sys
from typing import Any

import waitress
from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from joserfc.jwk import RSAKey


def main() -> None:
    """Serve until ended."""
    wanted = json.load(sys.stdin)
    app = create_app(
        config={
            "SECRET_KEY": wanted["secret"],
            "SERVER_NAME": f"127.0.0.1:{wanted['port']}",
            "PREFERRED_URL_SCHEME": "http",
            "SESSION_COOKIE_NAME": "canaille",
            "CANAILLE": {"DATABASE": "memory", "SMTP": None, "CAPTCHA_ENABLED": False, "LOGGING": None},
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [RSAKey.generate_key(2048, {"kid": "of-the-tests"}).as_dict(True)]},
        }
    )
    with app.app_context(), Backend.instance.session():
        for user, password in wanted["people"].items():
            Backend.instance.save(models.User(user_name=user, password=password, family_name=user, formatted_name=user))
        client = _client(**wanted["client"])
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)
    waitress.serve(app, host="127.0.0.1", port=wanted["port"], ident="")


def _client(client_id: str, client_secret: str, at: str) -> Any:
    return models.Client(
        client_id=client_id,
        client_secret=client_secret,
        client_name="The consent portal",
        client_uri=at,
        redirect_uris=[f"{at}/login/oidc/callback"],
        post_logout_redirect_uris=[f"{at}/login"],
        token_endpoint_auth_method="client_secret_basic",
        response_types=["code"],
        grant_types=["authorization_code"],
        scope=["openid", "profile"],
    )


if __name__ == "__main__":
    main()
