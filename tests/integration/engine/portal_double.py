"""A consent portal that answers from the contract and can be told to misbehave: a real process on a real port.

It holds every request against ``docs/contract/*.schema.json`` and answers 599 to one that does not follow it, so that
a test in which the engine speaks out of contract fails. ``POST /control`` changes what it says; ``GET /control`` tells
what it was asked and what is in its ledger.
"""

import json
import sys
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

import jsonschema
from referencing import Registry, Resource

from consent_portal.api.words import words
from consent_portal.policy.load import load_policy

CONTRACT = Path(__file__).parents[3] / "docs" / "contract"
SCHEMAS = {path.name.split(".")[0]: json.loads(path.read_text()) for path in CONTRACT.glob("*.schema.json")}
REGISTRY = Registry().with_resources([(name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()])

lock = Lock()
DEFAULTS = {
    "outcome": "permit",
    "profile": "D3",
    "level": "teaching",
    "obligations": [],
    "review": None,
    "faults": [],
    "status": 200,
    "body": None,
    "by_intent": {},
    "disclosure_status": 201,
    "rule": "5",
    "head": 1,
    "called_back": False,
    "answered": False,
    "asks": True,
    "review_of": None,
    "image_decisions": [],
    "image_status": 200,
}
says: dict = dict(DEFAULTS)
asked: list[dict] = []
ledger: dict[str, dict] = {}
attempts: list[str] = []
images: dict[tuple[str, str], dict] = {}


def forget():
    says.update(DEFAULTS)
    for memory in (asked, ledger, attempts, images):
        memory.clear()


def validate(name, value):
    jsonschema.Draft202012Validator(SCHEMAS[name], registry=REGISTRY).validate(value)


def reason(outcome):
    return {"rule": says["rule"], "text": f"The portal double says {outcome} to this purpose.", "source": "test"}


def decide(body):
    answer = {**says, **says["by_intent"].get(body["intent"], {})}
    if answer["status"] != 200:
        return answer["status"], {"message": "told to"}
    if answer["body"] is not None:
        return 200, answer["body"]
    if answer["faults"]:
        return 400, {"faults": answer["faults"]}
    outcome = answer["outcome"]
    profile = "D0" if body["request"]["purpose"] == "direct-care" else answer["profile"]
    part = {"outcome": outcome, "profile": profile if outcome == "permit" else None, "reasons": [reason(outcome)]}
    decision = {
        "contract": 1,
        "decision": str(uuid.uuid4()),
        **part,
        "level": None if profile == "D0" else answer["level"],
        "policy_version": "test-1",
        "decided_at": datetime.now(UTC).isoformat(),
        "obligations": answer["obligations"],
        "review": answer["review"],
        "review_of": answer["review_of"],
        "ask_url": "http://127.0.0.1/asks/1" if outcome == "ask" and says["asks"] else None,
        "subjects": [{"study_uid": subject["study_uid"], **part} for subject in body["subjects"]],
    }
    validate("decision", decision)
    return 200, decision


def disclose(body):
    attempts.append(body["key"])
    if says["disclosure_status"] == 409:
        return 409, {"reasons": [{"rule": "R19", "text": "Withdrawn a moment ago.", "source": "test"}]}
    if says["disclosure_status"] != 201:
        return says["disclosure_status"], {}
    ledger.setdefault(body["key"], body)
    return 201, {"disclosure": str(uuid.uuid4()), "seq": list(ledger).index(body["key"]) + 1}


def called_back(body):
    if says["status"] != 200:
        return says["status"], {"message": "told to"}
    moved = body["since"] is None or body["since"] < says["head"]
    jobs = body["jobs"] if moved and says["called_back"] else []
    told = [{"job": job, "reasons": [reason("deny")]} for job in jobs]
    answer = {"contract": 1, "head": says["head"], "called_back": told}
    validate("called-back", answer)
    return 200, answer


def answered(body):
    if says["status"] != 200:
        return says["status"], {"message": "told to"}
    answer = {"contract": 1, "head": says["head"], "answered": body["jobs"] if says["answered"] else []}
    validate("answered", answer)
    return 200, answer


def undecided(told):
    decided = {(one["image"], one["basis"]) for one in says["image_decisions"]}
    return [image for image, basis in told if (image, basis) not in decided]


def told_of_images(body):
    if says["image_status"] != 200:
        return says["image_status"], {"message": "told to"}
    here = [(one["image"], one["basis"]) for one in body["images"]]
    images.update({(one["image"], one["basis"]): one for one in body["images"]})
    answer = {"contract": 1, "waiting": undecided(here)}
    validate("held-images", answer)
    return 200, answer


def image_decisions(body):
    if says["image_status"] != 200:
        return says["image_status"], {"message": "told to"}
    here = [pair for pair, one in images.items() if one["subject"]["study_uid"] in body["studies"]]
    standing = [one for one in says["image_decisions"] if (one["image"], one["basis"]) in here]
    answer = {"contract": 1, "decisions": standing, "waiting": undecided(here)}
    validate("held-image-decisions", answer)
    return 200, answer


def consent(body):
    levels = {"record": "accepted", "teaching": "accepted", "print": "not chosen", "internet": "declined"}
    names = SCHEMAS["consent-summary"]["properties"]["purposes"]["required"]
    purposes = {name: {"outcome": "permit", "profile": "D3", "reasons": [reason("permit")]} for name in names}
    uid = body["subject"]["study_uid"]
    summary = {
        "study_uid": uid,
        "recording_kind": "PARA10",
        "levels": levels,
        "purposes": purposes,
        "words": words(load_policy()),
    }
    validate("consent-summary", summary)
    return 200, summary


ROUTES = {
    "/api/v1/decisions": ("decision-request", decide),
    "/api/v1/disclosures": ("disclosure-request", disclose),
    "/api/v1/jobs/called-back": ("called-back-request", called_back),
    "/api/v1/jobs/answered": ("answered-request", answered),
    "/api/v1/held-images": ("held-images-request", told_of_images),
    "/api/v1/held-images/decisions": ("held-image-decisions-request", image_decisions),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle(self):
        with suppress(ConnectionError):
            super().handle()

    def answer(self, status, value):
        data = b"" if status == 204 else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        with lock:
            told = {"asked": asked, "ledger": ledger, "attempts": attempts, "images": [*images.values()]}
            self.answer(200, told if self.path == "/control" else {"parts": {}})

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.loads(raw)
        with lock:
            if self.path == "/control":
                if not body:
                    forget()
                says.update(body)
                return self.answer(200, {})
            if self.headers.get("Authorization") != f"Bearer {sys.argv[2]}":
                return self.answer(401, {})
            return self.answer(*self.contract(body))

    def contract(self, body):
        asked.append({"path": self.path, "body": body})
        try:
            schema, answer = ROUTES.get(self.path, ("", consent))
            if schema:
                validate(schema, body)
            return answer(body)
        except jsonschema.ValidationError as error:
            asked[-1]["out_of_contract"] = error.message
            return 599, {"message": error.message}


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
