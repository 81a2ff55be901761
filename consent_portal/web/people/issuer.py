"""The OpenID Connect issuer, by Authlib: authorization code with PKCE, and an ID token that has to prove itself.

Authlib compares state, nonce and signature. What it leaves to its caller stands here: that the issuer and the audience
are exactly ours, that a signature is one which only the issuer can make, and that there is a token at all.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, request
from joserfc.errors import JoseError
from requests import RequestException

from consent_portal.portal_settings import OidcSettings

NAME = "oidc"
TIMEOUT = 10
LEEWAY = 30
"""Seconds by which the two clocks may differ."""
KEPT = 3600
"""Seconds after which the issuer's settings and keys are fetched anew: a key taken back opens nothing for longer."""
ONLY_THE_ISSUERS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""Signatures with a private key; ``none`` and those that a client's own secret makes are not among them."""
_NOT_AS_AGREED = (AuthlibBaseError, JoseError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


class IssuerAway(Exception):  # noqa: N818  (named for the situation)
    """The issuer does not answer."""


class NotProven(Exception):  # noqa: N818  (named for the situation)
    """What came back proves nobody; the text is the kind of fault, never what it held."""


@dataclass(frozen=True)
class Proof:
    """Whom the issuer signed in.

    Attributes
    ----------
    user
        What the claim of the user name holds.
    second_factor
        Whether the issuer says that it asked for one, in a word that the settings accept.
    """

    user: object
    second_factor: bool


class _App(FlaskOAuth2App):  # type: ignore[misc]  # Authlib publishes no types
    """Authlib's client, for the one issuer that the settings name."""

    server_metadata: dict[str, Any]

    def load_server_metadata(self) -> dict[str, Any]:
        """Return the issuer's settings, once they are the issuer's own."""
        if time.time() - self.server_metadata.get("_loaded_at", 0) > KEPT:
            self.server_metadata = {"issuer_wanted": self.server_metadata["issuer_wanted"]}
        metadata: dict[str, Any] = super().load_server_metadata()
        if metadata.get("issuer") != metadata["issuer_wanted"]:
            self.server_metadata = {"issuer_wanted": metadata["issuer_wanted"]}
            raise NotProven("another issuer answers at the issuer's address")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        accepted = [name for name in offered if name in ONLY_THE_ISSUERS]
        if not accepted:
            raise NotProven("the issuer signs in no way that proves it")
        metadata["id_token_signing_alg_values_supported"] = accepted
        return metadata


class Issuer:
    """What the pages ask of the issuer.

    Parameters
    ----------
    app
        The portal.
    settings
        Checked settings.
    """

    def __init__(self, app: Flask, settings: OidcSettings) -> None:
        self._settings = settings
        self._client = OAuth(app).register(
            NAME,
            client_cls=_App,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=settings.issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT,
            },
            issuer_wanted=settings.issuer,
        )

    @property
    def name(self) -> str:
        """Return what people call it."""
        return self._settings.name

    def redirect(self, callback: str) -> Any:
        """Return the answer that leads a browser to the issuer."""
        return _asked(lambda: self._client.authorize_redirect(callback))

    def redirect_to_sign_out(self, back: str) -> Any:
        """Return the answer that leads a browser to the issuer's own sign-out (RP-Initiated Logout 1.0)."""
        return _asked(lambda: self._client.logout_redirect(back, client_id=self._settings.client_id))

    def proof(self) -> Proof:
        """Return whom the issuer signed in, by the code that the present request carries.

        Raises
        ------
        IssuerAway
            If the issuer cannot be asked.
        NotProven
            If anything at all is not as it must be.
        """
        if request.args.get("iss", self._settings.issuer) != self._settings.issuer:
            raise NotProven("the answer is of another issuer")  # RFC 9207
        token = _asked(lambda: self._client.authorize_access_token(claims_options=self._claims(), leeway=LEEWAY))
        claims = token.get("userinfo")
        if not isinstance(claims, Mapping):
            raise NotProven("no ID token")
        return Proof(claims.get(self._settings.user_claim), self._has_second_factor(claims))

    def _claims(self) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
        }

    def _has_second_factor(self, claims: Mapping[str, Any]) -> bool:
        said = [*(claims.get("amr") or []), claims.get("acr")]
        return any(word in self._settings.second_factor for word in said)


def _asked(ask: Any) -> Any:
    """Return the answer; a library's text never leaves here, for it may quote a token."""
    try:
        return ask()
    except RequestException:
        raise IssuerAway from None
    except OAuthError as error:
        raise NotProven("refused by the issuer" if error.error else "refused") from None
    except _NOT_AS_AGREED as error:
        raise NotProven(f"{type(error).__name__} {getattr(error, 'claim', '')}".strip()) from None
