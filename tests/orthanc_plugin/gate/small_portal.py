"""The portal's two routes for the gate, over a real socket, with accounts that a test changes as it likes."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema

FOLDER = Path(__file__).parents[3] / "docs" / "contract"
TOKEN = "gate-to-portal-0123456789abcdef"


def fits(schema: str, value: Any) -> None:
    """Hold a value against its schema in docs/contract."""
    jsonschema.validate(value, json.loads((FOLDER / f"{schema}.schema.json").read_text(encoding="utf-8")))


@dataclass
class SmallPortal:
    """`people`: name to role and password; who is not in it is closed."""

    people: dict[str, tuple[str, str]] = field(default_factory=dict)
    guessing: bool = False
    away: bool = False
    broken: bytes | None = None
    checked: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def told(self, user: str) -> dict[str, str]:
        role, password = self.people[user]
        return {"user": user, "role": role, "stamp": hashlib.sha256(password.encode()).hexdigest()}

    def answer(self, path: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        if self.away:
            return 503, {}
        if body is None:
            return 200, {"contract": 1, "accounts": [self.told(user) for user in self.people]}
        fits("account-check-request", body)
        self.checked.append(body)
        if self.guessing:
            return 429, {}
        user = body["user"].lower()
        right = user in self.people and self.people[user][1] == body["password"]
        return 200, {"contract": 1, "account": self.told(user) if right else None}


@contextmanager
def running() -> Iterator[SmallPortal]:
    portal = SmallPortal()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(None)

        def do_POST(self) -> None:
            self._send(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _send(self, body: dict[str, Any] | None) -> None:
            known = self.headers["Authorization"] == f"Bearer {TOKEN}"
            status, content = portal.answer(self.path, body) if known else (401, {})
            told = json.dumps(content).encode() if portal.broken is None else portal.broken
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    portal.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
