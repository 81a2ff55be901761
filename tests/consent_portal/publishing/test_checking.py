"""What a version is compared with: the policy in force, and what the export profile takes off."""

import json
from dataclasses import asdict, replace

from consent_portal.policy.load import load_policy
from consent_portal.policy.model import Outcome
from consent_portal.publishing.checking import PURPOSES, forbidden, rules_of
from consent_portal.publishing.press import work
from notices import Site, check
from notices.lint import InForce
from notices.lint.practice import SWITCHES

POLICY = load_policy()


def denying(purpose):
    """Return the policy as it would be if it denied a purpose in every case."""
    rows = tuple(
        replace(row, cells={at: replace(cell, outcome=Outcome.DENY) for at, cell in row.cells.items()})
        if purpose in row.purposes
        else row
        for row in POLICY.rows
    )
    return replace(POLICY, rows=rows)


def test_the_policy_as_it_comes_forbids_nothing_that_a_notice_may_say():
    assert forbidden(POLICY) == {}
    assert set(PURPOSES) <= set(SWITCHES)


def test_a_use_that_the_policy_always_denies_may_not_be_said():
    assert forbidden(denying("internet")) == {"internet": False}


def test_a_use_that_no_role_may_ask_for_may_not_be_said():
    roles = {role: purposes - {"research"} for role, purposes in POLICY.roles.items()}
    assert forbidden(replace(POLICY, roles=roles)) == {"research": False}


def test_a_relaxation_that_is_in_force_reaches_the_check_as_the_press_is_told_it():
    address = "https://images.riverside.example/notices/web"
    relaxed = replace(POLICY, on=frozenset({"refusal_does_not_bind_anonymised"}))
    for policy, found in ((POLICY, []), (relaxed, ["statement-not-kept"])):
        told = json.loads(json.dumps(asdict(rules_of(policy, address))))
        assert [one.code for one in check(Site.default(), in_force=InForce(**told))] == found


def test_a_plan_that_cannot_be_had_is_a_finding_that_bars_approval(monkeypatch):
    kept, missing = work._kept()
    assert kept
    assert "PatientName" not in kept
    assert missing == ()
    monkeypatch.setattr(work.sys, "executable", "/nowhere/python")
    kept, missing = work._kept()
    assert kept == frozenset()
    assert [(one.code, one.severity.value) for one in missing] == [("plan-not-compared", "error")]
