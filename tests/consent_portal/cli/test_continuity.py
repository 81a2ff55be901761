"""A home knows which ledger it has and how far it had come: absence is never emptiness (cases L1 to L4, F22)."""

import shutil
import sqlite3
import subprocess

import httpx
import pytest

from tests.support.api import A_PHOTO, PHOTO_STUDY, EngineClient, a_decision_request, a_disclosure
from tests.support.patience import PATIENCE
from tests.support.portal import PortalHome, served

YES = ("--study", PHOTO_STUDY, "--levels", "record,teaching", "--clinician", "Dr A. Example")
NO = ("--study", PHOTO_STUDY, "--reason", "no")
BY = ("--by", "Dr G. Example, Caldicott Guardian", "--reason", "The disk was lost.")


def database_files(home):
    return sorted((home.folder / "portal").glob("portal.sqlite*"))


def copy_ledger(home, kept):
    kept.mkdir()
    for file in database_files(home):
        shutil.copy(file, kept)


def put_back(home, kept):
    lose_ledger(home)
    for file in kept.iterdir():
        shutil.copy(file, home.folder / "portal")


def lose_ledger(home):
    for file in database_files(home):
        file.unlink()


@pytest.fixture
def overtaken(lonely, tmp_path):
    """A home whose ledger is the copy from before the withdrawal."""
    lonely("consent", "record", *YES)
    copy_ledger(lonely.home, tmp_path / "kept")
    lonely("consent", "withdraw", *NO)
    put_back(lonely.home, tmp_path / "kept")
    return lonely


def test_an_older_copy_is_named_with_how_far_the_home_had_come(overtaken):
    run = overtaken("audit", "verify", expect=1)
    assert "This ledger ends at event 1; this home had reached event 2 on " in run.stdout
    found = overtaken.json("audit", "verify", expect=1)
    assert (found["whole"], found["events"], found["reached"]) == (False, 1, 2)


@pytest.mark.parametrize(
    "command",
    [("consent", "show", "--study", PHOTO_STUDY), ("consent", "record", *YES), ("consent", "withdraw", *NO)],
)
def test_on_an_older_copy_nothing_is_shown_or_recorded(overtaken, command):
    run = overtaken(*command, expect=1)
    assert "this home had reached event 2" in run.stderr
    assert overtaken.json("audit", "verify", expect=1)["events"] == 1


def test_a_ledger_that_is_not_there_is_missed_and_none_is_made(lonely):
    lonely("consent", "record", *YES)
    lose_ledger(lonely.home)
    for command in (("consent", "show", "--study", PHOTO_STUDY), ("consent", "record", *YES)):
        assert "There is no ledger where [portal] database_url says" in lonely(*command, expect=1).stderr
    assert "this home had reached event 1" in lonely("audit", "verify", expect=1).stdout
    assert database_files(lonely.home) == []


def test_a_mistyped_place_of_the_database_is_missed_too(lonely):
    lonely("consent", "record", *YES)
    settings = lonely.home.settings_file
    settings.write_text(settings.read_text(encoding="utf-8").replace("portal.sqlite", "portl.sqlite"), encoding="utf-8")
    assert "this home had reached event 1" in lonely("audit", "verify", expect=1).stdout
    lonely("consent", "record", *YES, expect=1)
    assert list((lonely.home.folder / "portal").glob("portl*")) == []


def test_verifying_makes_no_ledger_in_a_new_home(lonely):
    assert "no ledger here yet" in lonely("audit", "verify").stdout
    assert not (lonely.home.folder / "portal").exists()


def test_another_homes_ledger_is_not_taken_for_its_own(lonely, tmp_path):
    other = type(lonely)(PortalHome(tmp_path / "other", "http://127.0.0.1:9", ("aoa-portal", "x")).make())
    for home in (lonely, other):
        home("consent", "record", *YES)
        home("consent", "record", *YES)
    copy_ledger(other.home, tmp_path / "kept")
    put_back(lonely.home, tmp_path / "kept")
    assert "another ledger than the one of this home" in lonely("audit", "verify", expect=1).stdout


def test_a_ledger_that_was_written_anew_from_some_event_on_is_found(lonely, tmp_path):
    lonely("consent", "record", *YES)
    copy_ledger(lonely.home, tmp_path / "kept")
    anchor = lonely.home.folder / "portal" / "ledger-anchor"
    shutil.copy(anchor, tmp_path / "anchor")
    lonely("consent", "withdraw", *NO)
    reached = anchor.read_bytes()
    put_back(lonely.home, tmp_path / "kept")
    shutil.copy(tmp_path / "anchor", anchor)
    lonely("consent", "record", *YES)  # the same length, with another end
    anchor.write_bytes(reached)
    assert "Event 2 is not the one that this home recorded" in lonely("audit", "verify", expect=1).stdout


@pytest.mark.parametrize("damage", ["gone", "forged", "empty"])
def test_without_the_homes_own_word_of_it_the_ledger_stays_closed(lonely, damage):
    lonely("consent", "record", *YES)
    anchor = lonely.home.folder / "portal" / "ledger-anchor"
    if damage == "gone":
        anchor.unlink()
    else:
        anchor.write_bytes(b"" if damage == "empty" else anchor.read_bytes().replace(b'"seq":1', b'"seq":0'))
    assert "nobody knows how far" in lonely("audit", "verify", expect=1).stdout
    lonely("consent", "record", *YES, expect=1)


def test_the_line_takes_no_more_room_however_long_the_ledger_grows(lonely):
    anchor = lonely.home.folder / "portal" / "ledger-anchor"
    sizes = set()
    for number in range(1, 4):
        lonely("consent", "record", *YES)
        sizes.add(anchor.stat().st_size)
        assert lonely.json("audit", "verify")["reached"] == number
    assert sizes == {1024}


def test_a_write_ahead_log_that_was_left_beside_a_copy_never_passes_for_the_ledger(lonely, tmp_path):
    """Case L4: the copy is put back, and the log of before still lies beside it."""
    lonely("consent", "record", *YES)
    with sqlite3.connect(lonely.home.folder / "portal" / "portal.sqlite") as source:
        with sqlite3.connect(tmp_path / "copy") as target:
            source.backup(target)
        target.close()
    source.close()
    lonely("consent", "withdraw", *NO)
    for file in database_files(lonely.home):
        if file.suffix == ".sqlite":
            shutil.copy(tmp_path / "copy", file)
    run = lonely("audit", "verify", expect=1)
    assert "this home had reached event 2" in run.output or "cannot be read" in run.output


def test_the_guardian_accepts_a_loss_in_writing_and_the_record_says_so(overtaken):
    told = overtaken.json("audit", "accept-loss", *BY)
    assert told["type"] == "CONTINUITY_ACCEPTED"
    assert "had reached event 2" in told["missing"]
    assert overtaken.json("audit", "verify")["events"] == 2
    overtaken("consent", "withdraw", *NO)
    assert overtaken.json("audit", "verify")["reached"] == 3


def test_after_a_whole_loss_a_new_ledger_begins_only_when_the_guardian_says_so(lonely):
    lonely("consent", "record", *YES)
    lose_ledger(lonely.home)
    lonely("audit", "accept-loss", "--by", " ", "--reason", "lost", expect=1)
    lonely("audit", "accept-loss", *BY)
    assert lonely.json("audit", "verify")["events"] == 1
    lonely("consent", "withdraw", *NO)


def test_nothing_is_accepted_where_nothing_is_missing(lonely):
    lonely("consent", "record", *YES)
    assert "Nothing is missing" in lonely("audit", "accept-loss", *BY, expect=1).stderr
    assert "does not stand before" in lonely("audit", "accept-clock", *BY, expect=1).stderr


def ask(home, path, body):
    token = (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8")
    head = {"Authorization": f"Bearer {token}"}
    return httpx.post(f"{home.url}/api/v1/{path}", json=body, headers=head, timeout=PATIENCE)


def closed_answers(home):
    """Ask a closed portal all that the engine asks."""
    assert httpx.get(f"{home.url}/health/live", timeout=PATIENCE).status_code == 200
    ready = httpx.get(f"{home.url}/health/ready", timeout=PATIENCE)
    assert ready.status_code == 503
    assert "this home had reached event" in ready.json()["parts"]["ledger"]
    asked = a_decision_request("teaching", A_PHOTO)
    denied = ask(home, "decisions", asked).json()
    assert denied["outcome"] == "deny"
    assert "this home had reached event" in denied["reasons"][0]["text"]
    assert ask(home, "decisions", a_decision_request("direct-care", A_PHOTO)).json()["outcome"] == "permit"
    shown = ask(home, "consent", {"contract": 1, "subject": A_PHOTO, "sender": asked["request"]["sender"]}).json()
    assert set(shown["levels"].values()) == {"unknown"}
    assert shown["purposes"]["teaching"]["outcome"] == "deny"
    assert shown["purposes"]["direct-care"]["outcome"] == "permit"
    assert ask(home, "disclosures", a_disclosure(asked, denied)).status_code == 409
    care = {"request": {**asked["request"], "purpose": "direct-care"}, "profile": None}
    assert ask(home, "disclosures", a_disclosure(asked, denied, **care)).status_code == 503


@pytest.fixture
def prepared(tmp_path):
    return PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x")).make().prepare()


def test_a_portal_without_its_ledger_serves_and_closes_everything_but_care(prepared):
    with served(prepared):
        engine = EngineClient(prepared.url, (prepared.folder / "secrets" / "portal-token").read_text(encoding="utf-8"))
        engine.decide("teaching")
        engine.disclose(
            a_disclosure(asked := a_decision_request("direct-care"), engine.ask(asked), profile=None), expect=201
        )
    lose_ledger(prepared)
    run = subprocess.run(
        prepared.command("migrate"), env=prepared.environment, capture_output=True, text=True, check=False
    )
    assert (run.returncode, "There is no ledger where" in run.stderr) == (3, True)
    with served(prepared):
        closed_answers(prepared)
        page = httpx.get(f"{prepared.url}/login", timeout=PATIENCE)
        assert "Traceback" not in page.text
    assert database_files(prepared) == []


def test_a_portal_closes_while_it_runs_and_opens_again_with_the_right_ledger(prepared, tmp_path):
    with served(prepared):
        engine = EngineClient(prepared.url, (prepared.folder / "secrets" / "portal-token").read_text(encoding="utf-8"))
        asked = a_decision_request("direct-care")
        engine.disclose(a_disclosure(asked, engine.ask(asked), profile=None))
    copy_ledger(prepared, tmp_path / "early")
    with served(prepared):
        asked = a_decision_request("direct-care")
        engine.disclose(a_disclosure(asked, engine.ask(asked), profile=None))
    copy_ledger(prepared, tmp_path / "late")
    put_back(prepared, tmp_path / "early")
    with served(prepared):
        closed_answers(prepared)
    put_back(prepared, tmp_path / "late")
    with served(prepared):
        assert httpx.get(f"{prepared.url}/health/ready", timeout=PATIENCE).status_code == 200
        assert engine.decide("teaching")["outcome"] == "permit"
