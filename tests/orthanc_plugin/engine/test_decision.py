"""The portal's answer: anything but a whole, fresh, understood PERMIT about these studies is a refusal (F1)."""

import copy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orthanc_plugin.engine.errors import RefusedError
from orthanc_plugin.engine.neighbours.decision import CLOCK_SKEW, Decision, parse

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
REASON = {"rule": "5", "text": "Teaching is allowed.", "source": "S1 L69"}
PERMIT = {
    "contract": 1,
    "decision": "d1",
    "outcome": "permit",
    "profile": "D3",
    "level": "teaching",
    "policy_version": "1",
    "decided_at": NOW.isoformat(),
    "obligations": ["exclude-dose-and-documents"],
    "review": None,
    "reasons": [REASON],
    "ask_url": None,
    "subjects": [{"study_uid": "1.2", "outcome": "permit", "profile": "D3", "reasons": [REASON]}],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


def changed(**changes):
    return {**copy.deepcopy(PERMIT), **changes}


def test_a_whole_fresh_permit_is_believed():
    assert parse(PERMIT, ["1.2"], NOW).profile == "D3"


@given(st.sampled_from(sorted(PERMIT)), JSON)
def test_changing_any_part_of_an_answer_never_makes_a_refusal_a_permit(name, value):
    refused = changed(outcome="deny", **({name: value} if name != "outcome" else {}))
    with pytest.raises(RefusedError):
        parse(refused, ["1.2"], NOW)


@given(st.sampled_from(sorted(set(PERMIT) - {"ask_url"})))
def test_an_answer_with_a_part_missing_is_refused(name):
    part = {key: value for key, value in PERMIT.items() if key != name}
    with pytest.raises(RefusedError):
        parse(part, ["1.2"], NOW)


@given(JSON)
def test_whatever_json_the_portal_sends_only_a_permit_passes(value):
    with pytest.raises(RefusedError):
        parse(value, ["1.2"], NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"profile": None},
        {"subjects": []},
        {"subjects": [{**PERMIT["subjects"][0], "study_uid": "1.3"}]},
        {"subjects": PERMIT["subjects"] * 2},
        {"subjects": [{**PERMIT["subjects"][0], "outcome": "ask", "profile": None}]},
        {"obligations": ["view-only"]},
        {"decided_at": (NOW - CLOCK_SKEW - timedelta(seconds=1)).isoformat()},
        {"decided_at": (NOW + CLOCK_SKEW + timedelta(seconds=1)).isoformat()},
        {"decided_at": "yesterday"},
        {"reasons": []},
        {"extra": 1},
        {"contract": "1"},
    ],
    ids=str,
)
def test_a_permit_with_a_doubt_is_a_deny_with_rule_f1(changes):
    with pytest.raises(RefusedError) as caught:
        parse(changed(**changes), ["1.2"], NOW)
    assert caught.value.outcome == "deny"
    assert caught.value.reasons[0].rule == "F1"


def test_what_is_not_believed_is_not_quoted():
    with pytest.raises(RefusedError) as caught:
        parse(changed(profile="ZZCANARY", subjects="ZZCANARY"), ["1.2"], NOW)
    assert "ZZCANARY" not in str(caught.value)


def test_an_ask_keeps_its_reasons_and_its_page():
    with pytest.raises(RefusedError) as caught:
        parse(changed(outcome="ask", profile=None, ask_url="http://portal/asks/1"), ["1.2"], NOW)
    assert (caught.value.outcome, caught.value.ask_url) == ("ask", "http://portal/asks/1")
    assert caught.value.reasons[0].text == "Teaching is allowed."


def test_a_decision_prints_without_the_studies_it_is_about():
    assert "1.2" not in repr(Decision.model_validate(changed(policy_version="x")).subjects)


def test_only_studies_permitted_on_consent_count_as_consented():
    consented = {**REASON, "rule": "R36"}
    subjects = [
        {"study_uid": "1.2", "outcome": "permit", "profile": "D3", "reasons": [REASON, consented]},
        {"study_uid": "1.3", "outcome": "permit", "profile": "D3", "reasons": [REASON]},
    ]
    assert parse(changed(subjects=subjects), ["1.3", "1.2"], NOW).consented() == {"1.2"}
