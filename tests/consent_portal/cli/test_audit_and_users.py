"""`aoa audit verify` and `aoa user add`."""

import json
import re
import sqlite3
import stat
import subprocess

import pytest
from flask_security import verify_password

from consent_portal.accounts import User
from consent_portal.app import create_app
from consent_portal.database import Database
from consent_portal.ledger import store
from consent_portal.ledger.events import EventType
from consent_portal.parts import parts
from consent_portal.services.users import acts, second_factor
from consent_portal.services.users.browsers import WebSession
from consent_portal.settings import Settings

BASIC = ("--study", "1.2.3", "--clinician", "Dr A. Example", "--date", "2025-03-01")


def test_a_whole_ledger_is_whole(lonely):
    for _ in range(3):
        lonely("consent", "record", "--levels", "record", *BASIC)
    found = lonely.json("audit", "verify")
    assert (found["whole"], found["events"], found["bad_event"]) == (True, 3, None)
    assert lonely.json("audit", "verify", "--head", found["head"])["whole"]


def test_a_forged_event_is_named_and_the_exit_code_is_one(lonely):
    for _ in range(3):
        lonely("consent", "record", "--levels", "record", *BASIC)
    with sqlite3.connect(lonely.home.folder / "portal" / "portal.sqlite") as connection:
        connection.execute("DROP TRIGGER ledger_event_no_update")
        connection.execute("UPDATE ledger_event SET payload = replace(payload, 'record', 'internet') WHERE seq = 2")
    connection.close()
    run = lonely("audit", "verify", expect=1)
    assert "number 2" in run.stdout
    assert lonely.json("audit", "verify", expect=1)["bad_event"] == 2


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE ledger_event SET payload = x'ff00' WHERE seq = 2", "number 2"),
        ("DROP TABLE ledger_event", "cannot be read or written as it should be (OperationalError)"),
        ("UPDATE alembic_version SET version_num = 'later'", "of a newer version"),
    ],
)
def test_a_damaged_database_is_told_in_words_and_the_exit_code_is_one(lonely, damage, told):
    for _ in range(2):
        lonely("consent", "record", "--levels", "record", *BASIC)
    with sqlite3.connect(lonely.home.folder / "portal" / "portal.sqlite") as connection:
        connection.execute("DROP TRIGGER ledger_event_no_update")
        connection.execute(damage)
    connection.close()
    assert told in lonely("audit", "verify", expect=1).output


def test_a_file_that_is_no_database_is_told_in_words(lonely):
    lonely("consent", "record", "--levels", "record", *BASIC)
    for file in (lonely.home.folder / "portal").glob("portal.sqlite*"):
        file.write_bytes(b"no database " * 1000)
    assert "(DatabaseError)" in lonely("audit", "verify", expect=1).output


def test_an_unknown_head_means_that_the_end_is_gone(lonely):
    lonely("consent", "record", "--levels", "record", *BASIC)
    lonely("audit", "verify", "--head", "f" * 64, expect=1)


def accounts(home):
    """Return each person's role and password hash, and the app that can verify them."""
    app = create_app(Settings.load(home.settings_file))
    with app.app_context():
        people = parts(app).database.accounts().query(User).all()
        return {user.username: (user.role, user.password) for user in people}, app


def changes(home):
    """Return what the ledger tells of each account."""
    database = Database(f"sqlite:///{home.folder}/portal/portal.sqlite")
    with database.reading() as session:
        events = store.events_of_type(session, EventType.ACCOUNT_CHANGED)
    database.close()
    return [(event.payload.account, str(event.payload.change), event.payload.role) for event in events]


def test_a_new_person_may_sign_in_with_the_password_that_is_told_and_no_other(lonely):
    told = lonely.json("user", "add", "jo.bloggs", "--role", "trainer")
    users = lonely.home.folder / "secrets" / "users.json"
    assert json.loads(users.read_text(encoding="utf-8"))["jo.bloggs"] == {
        "password": told["password"],
        "role": "trainer",
    }
    assert stat.S_IMODE(users.stat().st_mode) == 0o600
    found, app = accounts(lonely.home)
    role, password = found["jo.bloggs"]
    assert role == "trainer"
    with app.app_context():
        assert verify_password(told["password"], password)
        assert not verify_password("guess", password)
    assert changes(lonely.home) == [("jo.bloggs", "opened", "trainer")]


def test_the_same_person_again_gets_a_new_password_and_role_and_each_change_is_an_event(lonely):
    first = lonely.json("user", "add", "jo", "--role", "trainer")
    second = lonely.json("user", "add", "jo", "--role", "clinician")
    found, _ = accounts(lonely.home)
    assert list(found) == ["jo"]
    assert found["jo"][0] == "clinician"
    assert first["password"] != second["password"]
    assert changes(lonely.home) == [
        ("jo", "opened", "trainer"),
        ("jo", "role", "clinician"),
        ("jo", "password", "clinician"),
    ]


def test_a_second_factor_is_reset_by_command_once_and_only_of_somebody_who_is_there(lonely):
    lonely("user", "add", "jo", "--role", "clinician")
    app = create_app(Settings.load(lonely.home.settings_file))
    with app.app_context(), parts(app).database.writing() as session:
        jo = acts.named(session, "jo")
        second_factor.set_up_app(session, jo, "sealed", ["digest"], "jo")
        former = jo.fs_uniquifier
        session.add(WebSession(id="1" * 64, user_id=jo.id, started_at="2026", seen_at="2026", factor_at="2026"))
    assert "is taken away, and every session" in lonely("user", "reset-second-factor", "JO").output
    with app.app_context(), parts(app).database.reading() as session:
        jo, session_row = acts.named(session, "jo"), session.get(WebSession, "1" * 64)
        assert (jo.has_second_factor, jo.tf_totp_secret, jo.mf_recovery_codes) == (False, None, [])
        assert (jo.fs_uniquifier == former, session_row.ended_by) == (False, "second factor reset")
    assert lonely.json("user", "reset-second-factor", "jo")["reset"] is False
    assert changes(lonely.home)[1:] == [
        ("jo", "second-factor", "clinician"),
        ("jo", "second-factor-reset", "clinician"),
    ]
    assert "no account of that name" in lonely("user", "reset-second-factor", "nobody", expect=1).output
    assert lonely.json("audit", "verify")["whole"]


def test_names_of_service_users_and_roles_that_are_none_are_refused(lonely):
    lonely("user", "add", "aoa-portal", "--role", "administrator", expect=2)
    lonely("user", "add", "jo", "--role", "engine", expect=2)


def test_the_users_file_opens_who_was_never_known_and_changes_nobody_else(lonely):
    home = lonely.home.prepare()
    before, app = accounts(home)
    with app.app_context(), parts(app).database.writing() as session:
        acts.set_active(session, acts.named(session, "trainer"), "an administrator", active=False)
        acts.change_role(session, acts.named(session, "clinician"), "trainer", "an administrator")
        acts.set_password(session, acts.named(session, "administrator"), "three other words", "an administrator")
    file = home.folder / "secrets" / "users.json"
    users = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**users, "NEW.one": {"password": "x" * 16, "role": "trainer"}}), encoding="utf-8")
    said = [subprocess.run(home.command("users", "--file", str(file)), env=home.environment, capture_output=True,
                           text=True, check=True).stdout for _ in range(2)]  # fmt: skip
    assert said == ["1 accounts opened.\n", "0 accounts opened.\n"]
    after, app = accounts(home)
    assert set(after) == {*before, "NEW.one"}
    assert after["clinician"][0] == "trainer"
    with app.app_context(), parts(app).database.reading() as session:
        assert not acts.named(session, "TRAINER").active
        assert not verify_password(home.passwords["administrator"], after["administrator"][1])


def test_the_command_works_as_a_process_of_its_own(lonely):
    lonely.process("consent", "record", "--levels", "record,teaching", *BASIC)
    shown = lonely.process("consent", "show", "--study", "1.2.3").stdout
    assert re.search(r"Teaching, examination & other educational purposes +Agreed$", shown, re.MULTILINE)
    assert re.search(r"Publication in print +Ask first", shown)
    assert "1 events are whole" in lonely.process("audit", "verify").stdout
    lonely.process("consent", "record", "--levels", "record", "--study", "1.2.3", expect=2)
