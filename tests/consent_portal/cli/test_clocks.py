"""Case C1: a second machine whose clock is ahead records a yes; at the right time the patient says no."""

import os
import re
import subprocess

import pytest

from tests.consent_portal.cli.conftest import AOA
from tests.support.api import A_PHOTO, PHOTO_STUDY, EngineClient
from tests.support.clocks import at_a_wrong_time
from tests.support.patience import PATIENCE
from tests.support.portal import PortalHome, served

ALL = "record,teaching,print,internet"
BEYOND_CARE = ("teaching", "print", "internet")
YES = ("--levels", ALL, "--clinician", "Dr A. Example")


def elsewhere(aoa, offset, *arguments, expect=0):
    """Run `aoa` as a second host would whose clock is off."""
    command = at_a_wrong_time(offset, [str(AOA), *arguments[:2], "--home", str(aoa.home.folder), *arguments[2:]])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AOA_")}
    run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment)
    assert run.returncode == expect, run.stdout + run.stderr
    return run


def outcomes(aoa, photo):
    shown = aoa.json("consent", "show", "--study", photo)
    return {key: one["outcome"] for key, one in shown["purposes"].items()}


@pytest.mark.parametrize("ahead", ["+2h", "+1d"])
def test_a_withdrawal_after_a_yes_from_a_clock_that_was_ahead_wins_at_once(aoa, photo, ahead):
    elsewhere(aoa, ahead, "consent", "record", "--study", photo, *YES)
    withdrawn = aoa.json("consent", "withdraw", "--study", photo, "--reason", "no")
    assert {withdrawn["levels"][level] for level in BEYOND_CARE} == {"withdrawn"}
    assert outcomes(aoa, photo)["teaching"] == outcomes(aoa, photo)["internet"] == "deny"
    assert outcomes(aoa, photo)["direct-care"] == "permit"


@pytest.mark.parametrize("ahead", ["+2h", "+1d"])
def test_declining_after_a_yes_from_a_clock_that_was_ahead_wins_at_once(aoa, photo, ahead):
    elsewhere(aoa, ahead, "consent", "record", "--study", photo, *YES)
    no = ("--declined", "teaching,print,internet", "--clinician", "Dr A. Example")
    amended = aoa.json("consent", "amend", "--study", photo, *no)
    assert [amended["levels"][level] for level in BEYOND_CARE] == ["declined"] * 3
    assert outcomes(aoa, photo)["teaching"] == "deny"


def test_a_yes_is_refused_while_the_clock_is_before_the_last_entry_and_says_so(aoa, photo):
    elsewhere(aoa, "+2h", "consent", "record", "--study", photo, *YES)
    aoa("consent", "withdraw", "--study", photo, "--reason", "no")
    run = aoa("consent", "record", "--study", photo, *YES, expect=1)
    assert "before the ledger's last entry" in run.stderr
    shown = aoa.json("consent", "show", "--study", photo)["levels"]
    assert {shown[level] for level in BEYOND_CARE} == {"withdrawn"}


def test_the_guardian_says_which_clock_is_right_and_the_record_goes_on(aoa, photo):
    elsewhere(aoa, "+2h", "consent", "record", "--study", photo, *YES)
    aoa("consent", "withdraw", "--study", photo, "--reason", "no")
    by = ("--by", "Dr G. Example, Caldicott Guardian", "--reason", "The second host was two hours ahead.")
    assert aoa.json("audit", "accept-clock", *by)["type"] == "CONTINUITY_ACCEPTED"
    assert outcomes(aoa, photo)["teaching"] == "deny"  # the patient's "no" is not touched
    only_teaching = ("--levels", "record,teaching", "--clinician", "Dr A. Example")
    again = aoa.json("consent", "record", "--study", photo, *only_teaching)
    assert (again["levels"]["teaching"], again["levels"]["internet"]) == ("accepted", "withdrawn")
    assert aoa.json("audit", "verify")["events"] == 4


def test_a_clock_that_is_far_back_closes_every_use_but_care_and_names_the_clock(aoa, scan):
    """Case C2: portal and engine agree with each other, and the last entry lies in the future."""
    aoa("consent", "record", "--study", scan, "--levels", "record,teaching", "--clinician", "Dr A. Example")
    shown = elsewhere(aoa, "-40d", "consent", "show", "--study", scan).stdout
    assert re.search(r"Direct care +Permitted", shown)
    assert re.search(r"Teaching inside the organisation, on screen +Not permitted", shown)
    assert "The clock here says" in shown
    assert outcomes(aoa, scan)["teaching"] == "permit"


def test_the_decision_asked_by_the_engine_is_denied_after_the_no(tmp_path):
    home = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x")).make().prepare()
    aoa = type("Home", (), {"home": home})()
    with served(home):
        engine = EngineClient(home.url, (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8"))
        job = {"job": "job-1"}
        engine.consent(A_PHOTO)
        elsewhere(aoa, "+0s", "consent", "record", "--study", PHOTO_STUDY, *YES)
        assert engine.decide("teaching", A_PHOTO, **job)["outcome"] == "permit"
        elsewhere(aoa, "+2h", "consent", "record", "--study", PHOTO_STUDY, *YES)
        elsewhere(aoa, "+0s", "consent", "withdraw", "--study", PHOTO_STUDY, "--reason", "no")
        answers = {
            intent: engine.decide("teaching", A_PHOTO, intent=intent, **job)
            for intent in ("export", "check", "hand-over")
        }
        assert {one["outcome"] for one in answers.values()} == {"deny"}
        assert engine.decide("direct-care", A_PHOTO)["outcome"] == "permit"
