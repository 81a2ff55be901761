"""`POST /api/v1/decisions` over a real socket."""

import uuid
from datetime import date

import httpx
import pytest

from consent_portal.ledger.rows import DecisionRow
from consent_portal.registers import approvals, recipients
from consent_portal.registers.recipients import Recipient, RecipientKind
from consent_portal.tasks import asks, reviews
from tests.support.api import A_PHOTO, ANSWERS, CT, PHOTO, a_decision_request, a_subject
from tests.support.patience import PATIENCE


def fresh(contents=(CT,)):
    """Return a study that nobody has asked about."""
    return a_subject(f"2.25.{uuid.uuid4().int}", contents, patient=str(uuid.uuid4()))


def field_names(answer):
    return {fault["field"] for fault in answer["faults"]}


def test_a_chest_scan_may_be_shown_in_teaching(engine):
    answer = engine.decide("teaching", fresh())
    assert (answer["outcome"], answer["profile"], answer["level"]) == ("permit", "D3", "teaching")
    assert answer["obligations"] == ["exclude-dose-and-documents"]
    assert answer["ask_url"] is None


def test_a_photograph_without_consent_opens_a_question_with_its_own_page(engine, database, home):
    photo = fresh((PHOTO,))
    body = a_decision_request("teaching", photo)
    answer = engine.ask(body)
    assert answer["outcome"] == "ask"
    assert answer["ask_url"].startswith(f"{home.url}/asks/")
    with database.reading() as session:
        ask = asks.get(session, answer["ask_url"].rsplit("/", 1)[1])
    assert ask.requested_by == "dr-who"
    assert ask.purpose == "teaching"
    assert ask.questions
    assert ask.reasons
    assert engine.ask({**body, "job": str(uuid.uuid4())})["ask_url"] == answer["ask_url"]


def test_recorded_consent_turns_the_question_into_a_permit_and_a_withdrawal_into_a_denial(engine, illustrator):
    photo = fresh((PHOTO,))
    assert engine.decide("teaching", photo)["outcome"] == "ask"
    illustrator.records(photo, "record,teaching")
    assert engine.decide("teaching", photo)["outcome"] == "permit"
    assert engine.decide("internet", photo)["outcome"] == "ask"
    illustrator.withdraws(photo)
    denied = engine.decide("teaching", photo)
    assert denied["outcome"] == "deny"
    assert denied["profile"] is None
    assert any("withdrew" in reason["text"] for reason in denied["reasons"])
    assert engine.decide("direct-care", photo)["profile"] == "D0"


def test_a_withdrawal_for_one_patient_leaves_another_alone(engine, illustrator):
    one, other = fresh(), fresh()
    illustrator.withdraws(one)
    assert engine.decide("teaching", one)["outcome"] == "deny"
    assert engine.decide("teaching", other)["outcome"] == "permit"


def test_several_studies_get_the_strictest_answer_with_reasons_by_position(engine, illustrator):
    refused = fresh()
    illustrator.withdraws(refused)
    answer = engine.decide("teaching", fresh(), refused)
    assert answer["outcome"] == "deny"
    assert [one["outcome"] for one in answer["subjects"]] == ["permit", "deny"]
    assert all(reason["text"].startswith("Study 2") for reason in answer["reasons"])


@pytest.mark.parametrize(
    "purpose",
    [
        "teaching", "handout", "exam", "lecture", "learning-discrepancy", "service-evaluation", "print", "internet",
        "research", "commercial", "external-archive",
    ],
)  # fmt: skip
@pytest.mark.parametrize("question", ["identifiable", "unusual_finding", "damage_or_distress"])
def test_an_unanswered_question_is_sent_back_by_name(engine, purpose, question):
    answers = {name: value for name, value in ANSWERS.items() if name != question}
    faults = engine.decide(purpose, attestations=answers, expect=400)
    assert field_names(faults) == {f"attestations.{question}"}
    assert all("?" in fault["message"] for fault in faults["faults"])


@pytest.mark.parametrize(
    "purpose", ["lecture", "handout", "print", "internet", "research", "commercial", "external-archive"]
)
def test_what_leaves_needs_the_motivated_intruder_question_answered(engine, purpose):
    answers = {name: value for name, value in ANSWERS.items() if name != "motivated_intruder_checked"}
    assert field_names(engine.decide(purpose, attestations=answers, expect=400)) == {
        "attestations.motivated_intruder_checked"
    }


@pytest.mark.parametrize("purpose", ["direct-care", "send-out", "live-case", "research-capture"])
def test_care_and_capture_are_asked_no_questions(engine, purpose):
    engine.decide(purpose, attestations={})


def test_all_faults_are_told_at_once(engine):
    faults = engine.decide(
        "print",
        attestations={},
        recipient="nobody",
        context={"publication": "unknown", "ethnics": "x", "coded": 1},
        expect=400,
    )
    assert field_names(faults) == {
        *(f"attestations.{name}" for name in ANSWERS),
        "recipient",
        "context.publication",
        "context.ethnics",
        "context.coded",
    }


def test_an_unknown_purpose_is_sent_back_with_those_there_are(engine):
    faults = engine.decide("marketing", expect=400)
    assert field_names(faults) == {"purpose"}
    assert "direct-care" in faults["faults"][0]["message"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"contract": 2}, "contract"),
        ({"intent": "guess"}, "intent"),
        ({"subjects": []}, "subjects"),
        ({"extra": 1}, "extra"),
        ({"subjects": [{**a_subject(), "study_uid": ""}]}, "subjects.0.study_uid"),
        ({"subjects": [{**a_subject(), "patient": {}}]}, "subjects.0.patient.id"),
    ],
)
def test_what_does_not_follow_the_contract_is_sent_back(engine, change, field):
    faults = engine.post("decisions", {**a_decision_request(), **change}, expect=400)
    assert field in field_names(faults)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'{"contract": 1}', b"\xff\xfe"])
def test_a_body_that_is_no_request_is_a_400_and_never_a_500(engine, body):
    answer = engine.http.post("/api/v1/decisions", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["faults"]


def test_an_error_never_repeats_what_identifies_the_patient(engine):
    body = a_decision_request()
    body["subjects"][0]["patient"]["birth_date"] = 19700517
    body["subjects"][0]["study"]["secret"] = "CANARY"
    answer = engine.http.post("/api/v1/decisions", json=body)
    assert answer.status_code == 400
    assert "CANARY" not in answer.text
    assert "19700517" not in answer.text
    assert "QUIRKLEBY" not in answer.text


@pytest.mark.parametrize("shown", [None, "Bearer", "Bearer wrong", "Basic x", "bearer"])
@pytest.mark.parametrize("path", ["decisions", "consent", "disclosures"])
def test_without_the_engines_token_nothing_is_told(home, path, shown):
    headers = {"Authorization": shown} if shown is not None else {}
    answer = httpx.post(f"{home.url}/api/v1/{path}", json=a_decision_request(), headers=headers, timeout=PATIENCE)
    assert answer.status_code == 401
    assert set(answer.json()) == {"message"}


def test_a_live_case_is_never_exported(engine):
    assert engine.decide("live-case", intent="preview")["profile"] == "D0"
    assert engine.decide("live-case")["outcome"] == "deny"


def test_roles_limit_the_purposes(engine):
    trainer = {"user": "t", "role": "trainer"}
    assert engine.decide("teaching", fresh(), sender=trainer)["outcome"] == "permit"
    for purpose in ("direct-care", "print", "research"):
        assert engine.decide(purpose, fresh(), sender=trainer)["outcome"] == "deny"
    for role in ("administrator", "department-admin", "engine"):
        assert engine.decide("teaching", fresh(), sender={"user": "x", "role": role})["outcome"] == "deny"


def test_a_preview_records_nothing_and_opens_nothing(engine, database):
    with database.reading() as session:
        before = session.query(DecisionRow).count(), len(asks.waiting(session)), len(reviews.waiting(session))
    photo = fresh((PHOTO,))
    assert engine.decide("teaching", photo, intent="preview")["outcome"] == "ask"
    assert engine.decide("print", fresh(), intent="preview")["review"] is None
    with database.reading() as session:
        after = session.query(DecisionRow).count(), len(asks.waiting(session)), len(reviews.waiting(session))
    assert before == after


def test_a_decision_is_recorded_with_rule_and_policy_version_and_without_names(engine, database):
    answer = engine.decide("teaching", fresh())
    with database.reading() as session:
        row = session.get(DecisionRow, answer["decision"])
    assert (row.user, row.role, row.purpose, row.outcome) == ("dr-who", "clinician", "teaching", "permit")
    assert row.policy_version == answer["policy_version"]
    assert "row 5" in row.answer
    assert "QUIRKLEBY" not in row.answer + row.request + row.subjects


def test_a_publication_waits_for_a_second_person(engine, database):
    body = a_decision_request("print", fresh())
    assert engine.ask(body)["review"] == "pending"
    assert engine.ask(body, "check")["review"] == "pending"
    stopped = engine.ask(body, "hand-over")
    assert (stopped["outcome"], stopped["profile"]) == ("ask", None)
    with database.writing() as session:
        review = next(one for one in reviews.waiting(session) if one.job == body["job"])
        reviews.decide(session, review.id, approve=True, user="guardian", role="caldicott-guardian", shown="a1" * 32)
    assert engine.ask(body, "check")["review"] == "approved"
    assert engine.ask(body, "check")["review_of"] == "a1" * 32
    assert engine.ask(body, "hand-over")["outcome"] == "permit"


def test_a_refused_review_denies(engine, database):
    body = a_decision_request("internet", fresh())
    engine.ask(body)
    with database.writing() as session:
        review = next(one for one in reviews.waiting(session) if one.job == body["job"])
        reviews.decide(session, review.id, approve=False, user="guardian", role="caldicott-guardian")
    answer = engine.ask(body, "check")
    assert (answer["outcome"], answer["review"]) == ("deny", "refused")


def test_an_approval_holds_for_exactly_the_request_that_was_approved(engine, database):
    body = a_decision_request("print", fresh())
    engine.ask(body)
    with database.writing() as session:
        review = next(one for one in reviews.waiting(session) if one.job == body["job"])
        reviews.decide(session, review.id, approve=True, user="guardian", role="caldicott-guardian")
    assert engine.ask({**body, "subjects": [fresh()]}, "hand-over")["outcome"] == "ask"
    other = {**body, "request": {**body["request"], "recipient": "TEACHPACS"}}
    engine.ask(other, "hand-over", expect=400)


def test_a_check_that_finds_nothing_new_keeps_the_decision(engine, database):
    body = a_decision_request("teaching", fresh())
    first = engine.ask(body)
    assert {engine.ask(body, "check")["decision"] for _ in range(3)} == {first["decision"]}
    with database.reading() as session:
        assert session.query(DecisionRow).filter_by(job=body["job"]).count() == 1


def test_a_destination_set_up_for_teaching_receives_for_teaching_only(engine):
    assert engine.decide("teaching", fresh(), recipient="TEACHPACS")["outcome"] == "permit"
    assert field_names(engine.decide("exam", fresh(), recipient="TEACHPACS", expect=400)) == {"recipient"}


def test_research_goes_by_the_registers(engine, database):
    with database.writing() as session:
        approvals.save(
            session,
            approvals.Entry("rec-1", "Body fat", approvals.Ethics(decision="approved", reference="23/NI/0001")),
            "admin",
        )
        recipients.save(session, Recipient("university", "A university", RecipientKind.UNIVERSITY), "admin")
    assert engine.decide("research", fresh(), context={"ethics": "rec-1"}, recipient="university")["profile"] == "D3"
    assert engine.decide("research", fresh(), recipient="university")["outcome"] == "deny"
    coded = engine.decide("research", fresh(), context={"ethics": "rec-1", "coded": True}, recipient="university")
    assert coded["outcome"] == "deny"
    unknown = engine.decide("research", fresh(), context={"ethics": "rec-2"}, expect=400)
    assert field_names(unknown) == {"context.ethics"}


def test_the_consent_of_a_study_lists_levels_and_all_purposes(engine, illustrator, home):
    photo = fresh((PHOTO,))
    illustrator.records(photo, "record,teaching", "internet")
    summary = engine.consent(photo)
    assert summary["recording_kind"] == "photo"
    assert summary["levels"] == {
        "record": "accepted",
        "teaching": "accepted",
        "print": "not chosen",
        "internet": "declined",
    }
    outcomes = {purpose: one["outcome"] for purpose, one in summary["purposes"].items()}
    assert len(outcomes) == 15
    assert (outcomes["teaching"], outcomes["print"], outcomes["internet"]) == ("permit", "ask", "deny")
    assert outcomes["direct-care"] == "permit"
    assert summary["portal_url"].startswith(f"{home.url}/studies/")
    assert photo["study_uid"] not in summary["portal_url"]


def test_a_photograph_of_nobody_in_particular_is_the_same_for_a_trainer_but_for_the_purposes(engine):
    summary = engine.consent(A_PHOTO, role="trainer")
    assert summary["purposes"]["direct-care"]["outcome"] == "deny"


RECIPIENTS = {
    "acme": Recipient("acme", "Acme Imaging", RecipientKind.COMPANY),
    "ended": Recipient("ended", "Old hospital", RecipientKind.NHS, contract_end=date(2021, 12, 31)),
    "to-come": Recipient("to-come", "New hospital", RecipientKind.NHS, contract_start=date(2199, 1, 1)),
    "closed": Recipient("closed", "Closed hospital", RecipientKind.NHS, closed=True),
    "hospital": Recipient("hospital", "The hospital next door", RecipientKind.NHS),
}


@pytest.fixture(scope="module")
def registered(database):
    with database.writing() as session:
        for recipient in RECIPIENTS.values():
            recipients.save(session, recipient, "guardian")


@pytest.mark.parametrize("purpose", ["direct-care", "send-out"])
@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_care_obeys_the_register_of_recipients(engine, registered, purpose, recipient):
    answer = engine.ask(a_decision_request(purpose, attestations={}, recipient=recipient))
    assert answer["outcome"] == ("permit" if recipient == "hospital" else "deny")


@pytest.mark.parametrize("purpose", ["direct-care", "send-out", "teaching"])
def test_what_a_requester_keeps_needs_no_reason(engine, registered, purpose):
    assert engine.ask(a_decision_request(purpose, reason=""))["outcome"] == "permit"


@pytest.mark.parametrize("purpose", ["send-out", "lecture"])
def test_what_goes_to_somebody_else_says_why_when_it_is_asked_for(engine, registered, purpose):
    body = a_decision_request(purpose, reason="  ", recipient="hospital")
    faults = engine.ask(body, expect=400)["faults"]
    assert [fault["field"] for fault in faults] == ["reason"]
    assert "(R57)" in faults[0]["message"]
    assert engine.ask({**body, "intent": "check"})["outcome"] == "permit"  # begun before this was asked
