"""A small engine that speaks docs/interfaces.md over real HTTP, for the gate's tests: `small_engine.py PORT FOLDER`.

It writes down what it hears (`heard.jsonl`) and answers as usual, or as `say.json` says, by the name of the route.
"""

import json
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

from consent_portal.api.words import words
from consent_portal.policy.load import load_policy

VOCABULARY = json.loads(
    (Path(__file__).parents[3] / "docs" / "contract" / "vocabulary.json").read_text(encoding="utf-8")
)

PACKAGE = b"PK\x05\x06" + bytes(18)
REASON = {"rule": "row 10", "text": "The patient did not agree to the internet.", "source": "S1 L25"}
SUMMARY = {
    "study_uid": "1.2.826.0.1.3680043.8.498.1",
    "recording_kind": "P10_XRAY",
    "levels": {"record": "accepted", "teaching": "accepted", "print": "not chosen", "internet": "declined"},
    "purposes": {
        purpose: {
            "outcome": {"internet": "deny", "print": "ask"}.get(purpose, "permit"),
            "profile": "D3",
            "reasons": [REASON],
        }
        for purpose in VOCABULARY["purposes"]
    },
    "words": words(load_policy()),
}
JOB = "0b0e1f6a-6b1c-4d0e-9c3a-1d2e3f4a5b6c"
STATE = {"state": "running", "progress": 0.5, "released": 0, "excluded": 0, "quarantined": 0, "reasons": []}
ROUTES = (
    ("GET", r"/health/(live|ready)", "health", 200, {"parts": {}}),
    ("GET", r"/consent/studies/[^/]+", "consent", 200, SUMMARY),
    ("POST", r"/exports", "export", 202, {"job": JOB, "href": f"/exports/{JOB}"}),
    ("GET", r"/exports/[^/]+", "job", 200, STATE),
    ("GET", r"/exports/[^/]+/package", "package", 200, None),
    ("POST", r"/journal", "journal", 204, None),
    ("POST", r"/pushes", "push", 202, {"job": JOB, "href": f"/exports/{JOB}"}),
)


LOCK = Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path

    def do_GET(self):
        self._answer("GET", b"")

    def do_POST(self):
        self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *arguments):
        return

    def _answer(self, method, body):
        if not self.path.startswith("/health"):
            self._write_down(method, body)
            if self.headers.get("Authorization") != f"Bearer {os.environ['ENGINE_TOKEN']}":
                return self._send(401, {"message": "wrong token"})
        big = self.folder / "package.bin"
        for verb, pattern, name, status, content in ROUTES:
            if verb == method and re.fullmatch(pattern, self.path):
                said_status, said = self._said().get(name, (status, content))
                if name == "job" and big.exists():
                    said = {**said, "package_bytes": big.stat().st_size}
                return self._send(said_status, said, package=name == "package" and said_status == 200)
        return self._send(404, {"message": "no such route"})

    def _said(self):
        file = self.folder / "say.json"
        return json.loads(file.read_text()) if file.exists() else {}

    def _write_down(self, method, body):
        entry = {
            "method": method,
            "path": self.path,
            "user": self.headers.get("X-AOA-User"),
            "role": self.headers.get("X-AOA-Role"),
        }
        entry["body"] = json.loads(body) if body else None
        with LOCK, (self.folder / "heard.jsonl").open("a") as out:
            out.write(json.dumps(entry) + "\n")

    def _send(self, status, content, package=False):
        big = self.folder / "package.bin"
        body = (
            (big.read_bytes() if big.exists() else PACKAGE)
            if package
            else b""
            if status == 204
            else json.dumps(content).encode()
        )
        self.send_response(status)
        self.send_header("Content-Type", "application/zip" if package else "application/json")
        cut = content == "cut"
        self.close_connection = self.close_connection or cut
        self.send_header("Content-Length", str(len(body) + (1000 if cut else 0)))
        if package:
            self.send_header("Content-Disposition", 'attachment; filename="teaching.zip"')
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    Handler.folder = Path(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
