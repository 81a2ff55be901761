"""What is refused, with which words, and that nothing is left of it."""

import json

import httpx
import pytest

from tests.integration.engine.conftest import asked_for
from tests.integration.engine.test_changes_of_mind import nothing_is_left
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.integration

UNKNOWN = "00000000-00000000-00000000-00000000-00000000"


def nothing_was_kept(engine):
    return not engine.kept() and not engine.worked_on()


def test_every_fault_of_a_request_is_named_at_once(engine, small_chest):
    answer = engine.post(
        "/exports",
        {
            "studies": [],
            "purpose": "entertainment",
            "format": "bmp",
            "attestations": {"identifiable": "perhaps", "colour": "red"},
            "context": [],
            "encrypted": True,
            "passphrase": "short",
            "surprise": 1,
        },
    )
    assert answer.status_code == 400
    fields = {fault["field"] for fault in answer.json()["faults"]}
    assert fields == {
        "studies",
        "purpose",
        "recipient",
        "format",
        "attestations.identifiable",
        "attestations.colour",
        "context",
        "passphrase",
        "surprise",
    }
    assert all(fault["message"] for fault in answer.json()["faults"])
    assert "short" not in answer.text.replace("shorter", "")


@pytest.mark.parametrize("form", ["mp4", "pptx"])
def test_a_format_that_is_not_yet_offered_says_so(engine, small_chest, form):
    answer = engine.export(small_chest, format=form)
    assert answer.status_code == 400
    assert "not yet offered" in answer.json()["faults"][0]["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"not json", b'"text"', b"\xff\xfe"])
def test_a_body_that_is_no_request_is_a_fault_and_not_a_crash(engine, body):
    answer = httpx.post(
        engine.url + "/exports", content=body, headers=engine.headers("anna", "clinician"), timeout=PATIENCE
    )
    assert answer.status_code == 400
    assert answer.json()["faults"]


@pytest.mark.parametrize("text", ["\ud800", "a\x00b"], ids=["half a character", "NUL"])
def test_a_text_that_no_ledger_can_hold_is_a_fault_and_not_a_portal_that_is_away(engine, small_chest, text):
    broken = {"reason": text, "recipient": text, "context": {"project": [text]}, "passphrase": text}
    body = json.dumps({**asked_for([small_chest]), **broken, "encrypted": True})  # httpx sends no half characters
    answer = httpx.post(
        engine.url + "/exports",
        content=body,
        headers={**engine.headers("anna", "clinician"), "Content-Type": "application/json"},
        timeout=PATIENCE,
    )
    assert answer.status_code == 400
    assert {fault["field"] for fault in answer.json()["faults"]} == set(broken)
    assert nothing_was_kept(engine)


def test_an_encrypted_package_without_passphrase_is_a_fault(engine, small_chest):
    answer = engine.export(small_chest, encrypted=True)
    assert [fault["field"] for fault in answer.json()["faults"]] == ["passphrase"]


def test_the_faults_that_the_portal_finds_are_told_together_with_the_engines_own(engine, portal, small_chest):
    portal.says(faults=[{"field": "attestations.unusual_finding", "message": "answer whether the finding is unusual"}])
    answer = engine.export(small_chest, recipient="")
    assert {fault["field"] for fault in answer.json()["faults"]} == {"recipient", "attestations.unusual_finding"}
    alone = engine.export(small_chest)
    assert alone.status_code == 400
    assert [fault["field"] for fault in alone.json()["faults"]] == ["attestations.unusual_finding"]
    assert nothing_was_kept(engine)


def test_a_study_that_orthanc_does_not_know_is_not_found(engine, portal):
    assert engine.export(UNKNOWN).status_code == 404
    assert engine.export("../../system").status_code == 404
    assert portal.intents() == []


def test_ask_and_deny_are_passed_on_with_reasons_and_the_page_to_ask_on(engine, portal, small_chest):
    portal.says(outcome="deny")
    assert engine.export(small_chest).json()["outcome"] == "deny"
    assert nothing_was_kept(engine)
    portal.says(outcome="ask")
    answer = engine.export(small_chest)
    assert answer.status_code == 403
    assert answer.json()["outcome"] == "ask"
    assert answer.json()["reasons"][0]["text"]
    assert answer.json()["ask_url"]
    portal.says(outcome="deny")
    assert engine.export(small_chest).json()["outcome"] == "deny"
    assert engine.state(answer.json()["job"])["state"] == "recalled"
    assert nothing_is_left(engine, answer.json()["job"])


@pytest.mark.parametrize(
    "changes",
    [
        {"body": {"outcome": "permit"}},
        {"body": []},
        {"body": {"contract": 2, "outcome": "permit", "profile": "D3"}},
        {"obligations": ["sing-a-song"]},
        {"profile": "D0"},
        {"level": None},
    ],
    ids=["incomplete", "a list", "another contract", "unknown obligation", "original for teaching", "no level"],
)
def test_an_answer_that_cannot_be_trusted_is_a_deny(engine, portal, small_chest, changes):
    portal.says(**changes)
    answer = engine.export(small_chest)
    assert answer.status_code == 403
    assert answer.json()["outcome"] == "deny"
    assert answer.json()["reasons"][0]["rule"] == "F1"
    assert nothing_was_kept(engine)


@pytest.mark.parametrize("status", [500, 502, 401, 404, 302, 204])
def test_a_portal_that_answers_anything_else_is_a_portal_that_is_away(engine, portal, small_chest, status):
    portal.says(status=status)
    answer = engine.export(small_chest)
    assert answer.status_code == 503
    assert "nothing leaves" in answer.json()["message"]
    assert nothing_was_kept(engine)


def test_without_the_gates_token_nothing_is_told(engine, small_chest):
    for path in (f"/consent/studies/{small_chest}", "/exports/1", "/exports/1/package"):
        assert httpx.get(engine.url + path, headers={"X-AOA-User": "anna"}, timeout=PATIENCE).status_code == 401
    headers = {"Authorization": "Bearer wrong", "X-AOA-User": "anna", "X-AOA-Role": "clinician"}
    for path in ("/exports", "/journal", "/pushes", "/nowhere"):
        assert httpx.post(engine.url + path, json={}, headers=headers, timeout=PATIENCE).status_code == 401
    nobody = {"Authorization": engine.headers("", "")["Authorization"]}
    assert httpx.post(engine.url + "/exports", json={}, headers=nobody, timeout=PATIENCE).status_code == 400


def test_health_says_which_part_is_away(engine, portal):
    assert httpx.get(engine.url + "/health/ready", timeout=PATIENCE).status_code == 200
    portal.stop()
    answer = httpx.get(engine.url + "/health/ready", timeout=PATIENCE)
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"engine": "up", "portal": "away", "orthanc": "up"}
