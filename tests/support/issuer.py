"""Two OpenID Connect issuers: Canaille, served as a process of its own, and one that says whatever a test wants."""

import json
import re
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

from tests.support.patience import PATIENCE, until
from tests.support.portal import PortalHome, answers, stop
from tests.support.ports import free_port

CLIENT_ID = "consent-portal"
_FIELD = re.compile(r'<input[^>]*name="(?P<name>csrf_token)"[^>]*value="(?P<value>[^"]*)"')


@dataclass
class Canaille:
    """The real issuer: who is known there, and where it answers."""

    people: dict[str, str]
    port: int = field(default_factory=free_port)
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def url(self) -> str:
        """Its address, which is its name as an issuer too."""
        return f"http://127.0.0.1:{self.port}"

    def sign_in(self, browser: httpx.Client, page: httpx.Response, user: str) -> httpx.Response:
        """Fill in the issuer's own pages, which ask for the name and then for the password; return what comes then."""
        for fields in ({"login": user}, {"password": self.people[user]}):
            page = browser.post(page.url, data={**_hidden(page), **fields, "answer": "submit"})
        return page


def _hidden(page: httpx.Response) -> dict[str, str]:
    found = _FIELD.search(page.text)
    assert found, page.text[:2000]
    return {found["name"]: found["value"]}


@contextmanager
def serving_canaille(people: dict[str, str], client_at: str, log: Path) -> Iterator[Canaille]:
    """Give a Canaille that knows these people and the portal at `client_at`, and end it."""
    issuer = Canaille(people)
    client = {"client_id": CLIENT_ID, "client_secret": issuer.client_secret, "at": client_at}
    wanted = {"secret": secrets.token_hex(16), "port": issuer.port, "people": people, "client": client}
    command = [sys.executable, "-m", "tests.support.canaille_server"]
    with log.open("ab") as written:
        process = subprocess.Popen(
            command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=written, stderr=written
        )
    try:
        assert process.stdin
        process.stdin.write(json.dumps(wanted).encode())
        process.stdin.close()
        until(lambda: answers(f"{issuer.url}/.well-known/openid-configuration"), "the issuer to answer")
        yield issuer
    finally:
        stop(process)


def at_issuer(home: PortalHome, url: str, secret: str, **more: str) -> PortalHome:
    """Let people of a portal that is made sign in at an issuer, and return the portal."""
    (home.folder / "secrets" / "oidc-client").write_text(secret, encoding="utf-8")
    own = {"issuer": url, "client_id": CLIENT_ID, "client_secret_file": "secrets/oidc-client"}
    settings = {"user_claim": "sub", "name": "Riverside ID", **own, **more}
    lines = [f'{name} = "{value}"' for name, value in settings.items()]
    text = home.settings_file.read_text(encoding="utf-8")
    home.settings_file.write_text("\n".join([text, "[oidc]", *lines, ""]), encoding="utf-8")
    return home


@dataclass
class Liar:
    """An issuer at a real address that says whatever a test wants; told nothing, it is as honest as any.

    Attributes
    ----------
    lies
        Claims that the next ID token has instead of the honest ones; a claim of None is left out.
    signature
        ``own`` for the issuer's key, ``stranger`` for another key under the same name, ``client-secret``, or ``none``.
    metadata
        What the issuer says about itself instead of the truth.
    """

    url: str = ""
    nonce: str = ""
    lies: dict[str, Any] = field(default_factory=dict)
    signature: str = "own"
    metadata: dict[str, Any] = field(default_factory=dict)
    has_id_token: bool = True
    client_secret: str = "a secret of the client that is long enough for HS256"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    stranger: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))

    def be_honest(self) -> None:
        """Take every lie back."""
        self.nonce, self.lies, self.signature, self.metadata, self.has_id_token = "", {}, "own", {}, True

    def answer(self, path: str) -> dict[str, Any]:
        """Return what a path gives."""
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        if path == "/token":
            token = {"access_token": "anything", "token_type": "Bearer"}
            return {**token, "id_token": self._id_token()} if self.has_id_token else token
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            **self.metadata,
        }

    def _id_token(self) -> str:
        now = int(time.time())
        honest = {
            "iss": self.url, "sub": "clinician", "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": self.nonce,
        }  # fmt: skip
        claims = {name: value for name, value in {**honest, **self.lies}.items() if value is not None}
        algorithm, key = {
            "own": ("RS256", self.key),
            "stranger": ("RS256", self.stranger),
            "client-secret": ("HS256", OctKey.import_key(self.client_secret)),
            "none": ("none", OctKey.import_key("a key that signs nothing")),
        }[self.signature]
        registry = JWSRegistry(algorithms=[algorithm])
        header = {"alg": algorithm, "kid": "1"}
        return jws.serialize_compact(header, json.dumps(claims), key, registry=registry)


@contextmanager
def serving_liar() -> Iterator[Liar]:
    """Give an issuer that can be made to lie, and end it."""
    liar = Liar()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._tell()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._tell()

        def _tell(self) -> None:
            body = json.dumps(liar.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    liar.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()
