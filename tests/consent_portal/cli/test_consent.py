"""`aoa consent`: the same ledger, rules and audit as the portal, beside a real Orthanc."""

import json
import sqlite3

import pytest
from click.testing import CliRunner

from orthanc_plugin.cli import build
from tests.support.portal import FAMILY, NHS_NUMBER

BASIC = ("--clinician", "Dr A. Example", "--date", "2025-03-01")


def outcome(aoa, study, purpose):
    return aoa.json("consent", "show", "--study", study)["purposes"][purpose]["outcome"]


def test_recording_amending_and_withdrawing_change_what_a_photograph_may_be_used_for(aoa, photo):
    assert outcome(aoa, photo, "teaching") == "ask"
    recorded = aoa.json("consent", "record", "--study", photo, "--levels", "record,teaching", *BASIC)
    assert recorded["levels"] == {
        "record": "accepted",
        "teaching": "accepted",
        "print": "not chosen",
        "internet": "not chosen",
    }
    assert outcome(aoa, photo, "teaching") == "permit"
    assert outcome(aoa, photo, "internet") == "ask"
    amended = aoa.json("consent", "amend", "--study", photo, "--levels", "internet", *BASIC, "--reason", "asked again")
    assert (amended["type"], amended["supersedes"]) == ("AMENDED", recorded["event"])
    assert outcome(aoa, photo, "internet") == "permit"
    assert outcome(aoa, photo, "teaching") == "permit"
    withdrawn = aoa.json("consent", "withdraw", "--study", photo, "--reason", "changed her mind")
    assert withdrawn["levels"].pop("record") == "accepted"
    assert set(withdrawn["levels"].values()) == {"withdrawn"}
    assert outcome(aoa, photo, "teaching") == outcome(aoa, photo, "internet") == "deny"
    assert outcome(aoa, photo, "direct-care") == "permit"


def test_one_level_can_be_withdrawn_alone(aoa, photo):
    aoa("consent", "record", "--study", photo, "--levels", "record,teaching,internet", *BASIC)
    states = aoa.json("consent", "withdraw", "--study", photo, "--levels", "internet", "--reason", "no web")["levels"]
    assert (states["teaching"], states["internet"]) == ("accepted", "withdrawn")


def test_a_declined_level_is_a_refusal_and_one_not_named_asks(aoa, photo):
    aoa("consent", "record", "--study", photo, "--levels", "record", "--declined", "print", *BASIC)
    assert outcome(aoa, photo, "print") == "deny"
    assert outcome(aoa, photo, "internet") == "ask"


def test_consent_given_again_today_opens_what_was_withdrawn(aoa, photo):
    aoa("consent", "record", "--study", photo, "--levels", "record,teaching", *BASIC)
    aoa("consent", "withdraw", "--study", photo, "--reason", "no")
    again = aoa.json("consent", "record", "--study", photo, "--levels", "record,teaching", "--clinician", "Dr A")
    assert again["levels"]["teaching"] == "accepted"
    assert again["not_opened"] == []


def test_an_old_form_entered_after_the_withdrawal_opens_nothing_and_says_so(aoa, photo):
    aoa("consent", "withdraw", "--study", photo, "--reason", "no")
    run = aoa("consent", "record", "--study", photo, "--levels", "record,teaching", *BASIC, expect=3)
    assert "this does not open teaching, which is withdrawn" in run.stdout
    assert outcome(aoa, photo, "teaching") == "deny"


def test_an_older_no_entered_after_a_later_yes_closes_all_the_same(aoa, photo):
    aoa("consent", "record", "--study", photo, "--levels", "record,teaching,print", *BASIC)
    older = ("--declined", "teaching", "--clinician", "Dr A", "--date", "2025-02-28")
    told = aoa.json("consent", "record", "--study", photo, *older)
    assert (told["levels"]["teaching"], told["not_closed"]) == ("declined", [])
    assert outcome(aoa, photo, "teaching") == "deny"
    again = aoa.json("consent", "amend", "--study", photo, "--levels", "teaching", "--clinician", "Dr A")
    assert again["levels"]["teaching"] == "accepted"


def test_a_scan_needs_no_consent_for_teaching(aoa, scan):
    shown = aoa.json("consent", "show", "--study", scan)
    assert shown["recording_kind"] == "internal-organs-or-structures"
    assert shown["levels"]["teaching"] == "not asked"
    assert shown["purposes"]["teaching"]["outcome"] == "permit"


def test_the_history_is_shown_in_order_with_who_and_when(aoa, photo):
    aoa("consent", "record", "--study", photo, "--levels", "record", *BASIC)
    aoa("consent", "withdraw", "--study", photo, "--reason", "no")
    history = aoa.json("consent", "show", "--study", photo)["history"]
    assert [event["type"] for event in history] == ["GIVEN", "WITHDRAWN"]
    assert all(event["recorded_by"].startswith("cli:") for event in history)
    assert history[0]["effective_at"] == "2025-03-01T00:00:00.000000Z"


def test_a_representative_may_agree_for_the_patient(aoa, photo):
    grantor = ("--grantor", "representative", "--grantor-name", "B. Example", "--evidence", "Order 12")
    unable = ("--capacity", "no", "--capacity-assessor", "Dr B")
    done = aoa.json("consent", "record", "--study", photo, "--levels", "record,teaching", *BASIC, *grantor, *unable)
    assert done["levels"]["teaching"] == "accepted"


def test_the_patient_is_the_one_that_orthanc_names(aoa, scan):
    aoa("consent", "record", "--study", scan, "--levels", "record", *BASIC)
    with sqlite3.connect(aoa.home.folder / "portal" / "portal.sqlite") as connection:
        rows = list(connection.execute("SELECT i.value, i.issuer FROM patient_identifier i"))
        events = list(connection.execute("SELECT scope, payload FROM ledger_event"))
    connection.close()
    assert rows == [(NHS_NUMBER, "NHS")]
    assert FAMILY not in json.dumps(events)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--levels", "record"), 2, "--clinician"),
        (("--levels", "record", "--clinician", "  "), 2, "requesting clinician"),
        (("--levels", "everything", *BASIC), 2, "record, teaching, print, internet"),
        (("--levels", "print", "--declined", "print", *BASIC), 2, "at once"),
        (BASIC, 2, "--levels"),
        (("--levels", "record", "--clinician", "Dr", "--date", "01/03/2025"), 2, "date"),
        (("--levels", "record", "--clinician", "Dr", "--date", "2999-01-01"), 1, "future"),
        (("--levels", "record", "--clinician", "Dr", "--date", "0202-05-06"), 1, "Check the year"),
        (("--levels", "teaching", "--capacity", "no", *BASIC), 1, "cannot decide"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_the_reason(aoa, photo, arguments, code, told):
    run = aoa("consent", "record", "--study", photo, *arguments, expect=code)
    assert told in run.stderr
    assert aoa.json("audit", "verify")["events"] == 0


@pytest.mark.parametrize("study", ["1.2.3.4.5", "-".join(["0123abcd"] * 5)])
def test_a_study_that_orthanc_does_not_have_is_refused(aoa, study):
    run = aoa("consent", "record", "--study", study, "--levels", "record", *BASIC, expect=1)
    assert "no such study" in run.stderr


def test_what_is_no_uid_is_refused(aoa):
    aoa("consent", "show", "--study", "../../etc", expect=2)


def test_orthancs_own_identifier_names_the_study_too(aoa, archive, photo):
    assert aoa.json("consent", "show", "--study", archive.photo)["study_uid"] == photo


def test_there_must_be_something_to_amend(aoa, photo):
    run = aoa("consent", "amend", "--study", photo, "--levels", "teaching", *BASIC, expect=1)
    assert "record it first" in run.stderr


def test_consent_is_recorded_while_orthanc_is_away_and_counts_when_it_is_back(lonely, archive, photo):
    run = lonely("consent", "record", "--study", photo, "--levels", "record,teaching", *BASIC)
    assert "Orthanc does not answer" in run.stderr
    settings = lonely.home.settings_file
    told = settings.read_text(encoding="utf-8").replace("http://127.0.0.1:9", archive.orthanc.url)
    settings.write_text(told, encoding="utf-8")
    (lonely.home.folder / "secrets" / "aoa-portal").write_text(archive.orthanc.auth[1], encoding="utf-8")
    shown = lonely.json("consent", "show", "--study", photo)
    assert shown["recording_kind"] == "photo"
    assert shown["levels"]["teaching"] == "accepted"


def test_a_home_that_is_none_is_named(tmp_path):
    run = CliRunner().invoke(build(), ["consent", "show", "--home", str(tmp_path), "--study", "1.2.3"])
    assert run.exit_code == 1
    assert "no settings file" in run.stderr
