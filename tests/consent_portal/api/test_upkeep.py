"""What the portal does beside its requests: it notes what has run out, and sends the head elsewhere."""

import json
import sqlite3
from datetime import date

from consent_portal.clock import utc_now
from consent_portal.database import Database
from consent_portal.ledger.anchor import key_of, read_line
from consent_portal.ledger.scope import Scope
from consent_portal.services import consent
from consent_portal.services.target import Target
from tests.support.api import EngineClient, a_decision_request, a_disclosure
from tests.support.consent import given
from tests.support.patience import until
from tests.support.portal import PortalHome, served


def events(home):
    with sqlite3.connect(home.folder / "portal" / "portal.sqlite") as connection:
        found = [row[0] for row in connection.execute("SELECT type FROM ledger_event ORDER BY seq")]
    connection.close()
    return found


def test_what_has_run_out_is_noted_after_the_portal_is_ready(tmp_path):
    home = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x")).make().prepare()
    database = Database(f"sqlite:///{home.folder}/portal/portal.sqlite")
    with database.writing() as session:
        form = given("teaching", valid_to=date(2025, 7, 31))
        consent.record(session, Target("p", Scope.study("1.2.3")), form, "illustrator")
    database.close()
    with served(home):
        until(lambda: events(home)[-2:] == ["GIVEN", "EXPIRED"], "EXPIRED to be noted")


def test_the_head_leaves_the_home_at_each_start_and_stop(tmp_path):
    copy = tmp_path / "elsewhere"
    home = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x")).make().prepare()
    settings = home.settings_file.read_text(encoding="utf-8")
    home.settings_file.write_text(settings.replace("[portal]", f'[portal]\nanchor_copy = "{copy}"'), encoding="utf-8")
    with served(home):
        secret = (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8")
        engine, asked = EngineClient(home.url, secret), a_decision_request("direct-care")
        engine.disclose(a_disclosure(asked, engine.ask(asked), profile=None))
    lines = copy.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["why"] for line in lines] == ["start", "stop"]
    key = key_of((home.folder / "secrets" / "portal-secret-key").read_text(encoding="utf-8"))
    before, after = (read_line(line, key).seq for line in lines)
    assert after == before + 1
    assert read_line(lines[1].replace(f'"seq":{after}', f'"seq":{before}'), key) is None
    assert json.loads(lines[1])["written_at"] <= utc_now().isoformat()


def test_a_place_elsewhere_that_cannot_be_written_ends_nothing(tmp_path):
    home = PortalHome(tmp_path / "home", "http://127.0.0.1:9", ("aoa-portal", "x")).make().prepare()
    settings = home.settings_file.read_text(encoding="utf-8")
    gone = tmp_path / "no" / "such" / "folder"
    home.settings_file.write_text(settings.replace("[portal]", f'[portal]\nanchor_copy = "{gone}"'), encoding="utf-8")
    with served(home):
        secret = (home.folder / "secrets" / "portal-token").read_text(encoding="utf-8")
        assert EngineClient(home.url, secret).decide("teaching")["outcome"] == "permit"
    assert "no line could be kept elsewhere" in (home.folder / "portal.log").read_text(encoding="utf-8")
