"""`POST /api/v1/disclosures`: what leaves is in the ledger first, or it does not leave."""

import uuid

import pytest

from consent_portal.ledger import store
from consent_portal.ledger.events import EventType
from consent_portal.ledger.rows import AccessRow
from consent_portal.tasks import recalls, reviews
from tests.consent_portal.api.test_decisions import fresh
from tests.support.api import PHOTO, a_decision_request, a_disclosure, a_request


def permitted(engine, purpose="teaching", subject=None, **fields):
    body = a_decision_request(purpose, subject or fresh(), **fields)
    engine.ask(body)
    return body, engine.ask(body, "hand-over")


def releases(database, job):
    with database.reading() as session:
        events = store.events_of_type(session, EventType.RELEASED)
    return [event for event in events if event.payload.job == job]


def test_a_release_is_in_the_ledger_before_it_is_answered(engine, database):
    body, decision = permitted(engine)
    told = engine.disclose(a_disclosure(body, decision))
    found = releases(database, body["job"])
    assert [event.seq for event in found] == [told["seq"]]
    payload = found[0].payload
    assert (payload.disclosure, payload.purpose, payload.level_needed) == (told["disclosure"], "teaching", "teaching")
    assert [engine.name for engine in payload.engines] == ["anonymise-or-ask", "verifier"]
    with database.reading() as session:
        assert store.verify_ledger(session).whole


def test_the_same_key_again_is_the_same_row(engine, database):
    body, decision = permitted(engine)
    first = engine.disclose(a_disclosure(body, decision))
    again = engine.ask(body, "hand-over")
    assert engine.disclose(a_disclosure(body, again, at="2025-06-01T11:00:00Z")) == first
    assert len(releases(database, body["job"])) == 1


def test_a_key_cannot_stand_for_two_things(engine, database):
    body, decision = permitted(engine)
    engine.disclose(a_disclosure(body, decision))
    refused = engine.disclose(a_disclosure(body, decision, package_sha256="cd" * 32), expect=409)
    assert refused["reasons"]
    assert len(releases(database, body["job"])) == 1


def test_a_withdrawal_between_the_last_answer_and_the_record_stops_the_release(engine, database, illustrator):
    photo = fresh((PHOTO,))
    illustrator.records(photo, "record,teaching")
    body, decision = permitted(engine, subject=photo)
    assert decision["outcome"] == "permit"
    illustrator.withdraws(photo)
    stopped = engine.disclose(a_disclosure(body, decision), expect=409)
    assert any("withdrew" in reason["text"] for reason in stopped["reasons"])
    assert releases(database, body["job"]) == []


def test_a_withdrawal_after_the_release_opens_a_recall_for_the_job(engine, database, illustrator):
    subject = fresh()
    body, decision = permitted(engine, subject=subject)
    engine.disclose(a_disclosure(body, decision))
    illustrator.withdraws(subject, "teaching")
    with database.reading() as session:
        assert [one.job for one in recalls.waiting(session) if one.job == body["job"]] == [body["job"]]
    assert engine.ask(body, "check")["outcome"] == "deny"


@pytest.mark.parametrize("decision", [None, "no-such-decision"])
def test_without_a_recorded_decision_nothing_is_released(engine, database, decision):
    body, made = permitted(engine)
    refused = engine.disclose({**a_disclosure(body, made), "decision": decision}, expect=409)
    assert "decision" in refused["reasons"][0]["text"]
    assert releases(database, body["job"]) == []


def test_a_decision_about_another_study_or_purpose_does_not_cover_the_release(engine):
    body, decision = permitted(engine)
    engine.disclose(a_disclosure({**body, "subjects": [fresh()]}, decision), expect=409)
    engine.disclose(a_disclosure({**body, "request": a_request("exam")}, decision), expect=409)
    engine.disclose(a_disclosure({**body, "job": str(uuid.uuid4())}, decision), expect=409)


def test_a_denied_request_cannot_be_disclosed(engine):
    body = a_decision_request("research", fresh())
    decision = engine.ask(body)
    engine.disclose(a_disclosure(body, decision, profile="D3"), expect=409)


@pytest.mark.parametrize("profile", ["D0", "D1", "D2", None])
def test_a_package_of_another_profile_is_not_what_was_permitted(engine, profile):
    body, decision = permitted(engine)
    engine.disclose(a_disclosure(body, decision, profile=profile), expect=409)


def test_an_unreviewed_publication_is_not_released(engine, database):
    body = a_decision_request("print", fresh())
    decision = engine.ask(body)
    engine.disclose(a_disclosure(body, decision), expect=409)
    with database.writing() as session:
        review = next(one for one in reviews.waiting(session) if one.job == body["job"])
        reviews.decide(session, review.id, approve=True, user="guardian", role="caldicott-guardian")
    engine.disclose(a_disclosure(body, decision))
    assert len(releases(database, body["job"])) == 1


def test_contents_may_be_empty_since_the_portal_remembers_them(engine):
    body, decision = permitted(engine)
    told = a_disclosure(body, decision)
    told["subjects"] = [{**one, "contents": []} for one in told["subjects"]]
    engine.disclose(told)


def test_two_studies_of_one_package_are_two_events(engine, database):
    body = a_decision_request("teaching", fresh(), fresh())
    decision = engine.ask(body)
    told = engine.disclose(a_disclosure(body, decision))
    assert [event.seq for event in releases(database, body["job"])] == [told["seq"], told["seq"] + 1]


def test_what_leaves_for_care_is_recorded_even_when_it_left_while_the_portal_was_away(engine, database, illustrator):
    subject = fresh()
    illustrator.withdraws(subject)
    body = a_decision_request("direct-care", subject)
    told = a_disclosure(body, {"decision": None, "profile": "D0"})
    engine.disclose(told)
    assert [event.payload.level_needed for event in releases(database, body["job"])] == ["none"]


def care_read(subject, key):
    return {
        "contract": 1, "key": key, "kind": "care-read", "job": None, "decision": None, "at": "2025-06-01T10:00:00Z",
        "request": a_request("direct-care", format="archive", attestations={}, context={"level": "study"}),
        "subjects": [subject], "profile": "D0", "released": 20, "excluded": 0, "quarantined": 0, "engines": [],
        "package_sha256": None,
    }  # fmt: skip


def looks(database, key):
    with database.reading() as session:
        return [row for row in session.query(AccessRow) if key in row.detail]


def test_a_look_in_direct_care_goes_to_the_access_journal_and_not_to_the_ledger(engine, database):
    key = f"care-{uuid.uuid4()}"
    with database.reading() as session:
        before = store.head(session)
    first = engine.disclose(care_read(fresh(), key))
    assert engine.disclose(care_read(fresh(), f"{key}-2"))["seq"] == first["seq"] + 1
    with database.reading() as session:
        assert store.head(session) == before
    rows = looks(database, f'"{key}"')
    assert [(row.user, row.action, row.at) for row in rows] == [("dr-who", "care-read", "2025-06-01T10:00:00.000000Z")]


def test_a_look_told_twice_is_noted_once(engine, database):
    key, subject = f"care-{uuid.uuid4()}", fresh()
    first = engine.disclose(care_read(subject, key))
    assert engine.disclose(care_read(subject, key)) == first
    assert len(looks(database, key)) == 1


def test_a_look_at_a_study_that_is_gone_is_noted_too(engine, database):
    nobody = {"id": "", "issuer": "", "name": "", "birth_date": "", "sex": ""}
    gone = {**fresh(), "study_uid": "", "patient": nobody, "contents": []}
    key = f"care-{uuid.uuid4()}"
    engine.disclose(care_read(gone, key))
    assert [row.study_key for row in looks(database, key)] == [None]
