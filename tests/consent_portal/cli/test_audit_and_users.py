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
from consent_portal.parts import parts
from consent_portal.services import users
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


def test_a_new_person_may_sign_in_at_the_portal_and_after_a_restart_at_orthanc(lonely):
    told = lonely.json("user", "add", "jo.bloggs", "--role", "trainer")
    assert "start" in told["restart"]
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


def test_the_same_person_again_gets_a_new_password_and_role(lonely):
    first = lonely.json("user", "add", "jo", "--role", "trainer")
    second = lonely.json("user", "add", "jo", "--role", "clinician")
    found, _ = accounts(lonely.home)
    assert list(found) == ["jo"]
    assert found["jo"][0] == "clinician"
    assert first["password"] != second["password"]


def test_names_of_service_users_and_roles_that_are_none_are_refused(lonely):
    lonely("user", "add", "aoa-portal", "--role", "administrator", expect=2)
    lonely("user", "add", "jo", "--role", "engine", expect=2)


def test_the_users_file_may_be_applied_again_and_again(lonely):
    home = lonely.home.prepare()
    command = home.command("users", "--file", str(home.folder / "secrets" / "users.json"))
    again = subprocess.run(command, env=home.environment, capture_output=True, text=True, check=True)
    assert again.stdout.startswith("0 accounts")
    noted = home.folder / "secrets" / "users.applied"
    assert stat.S_IMODE(noted.stat().st_mode) == 0o600
    assert not [one for one in home.passwords.values() if one in noted.read_text(encoding="utf-8")]
    found, _ = accounts(home)
    assert {role for role, _ in found.values()} == set(home.passwords)


def test_the_command_works_as_a_process_of_its_own(lonely):
    lonely.process("consent", "record", "--levels", "record,teaching", *BASIC)
    shown = lonely.process("consent", "show", "--study", "1.2.3").stdout
    assert re.search(r"Teaching, examination & other educational purposes +Agreed$", shown, re.MULTILINE)
    assert re.search(r"Publication in print +Ask first", shown)
    assert "1 events are whole" in lonely.process("audit", "verify").stdout
    lonely.process("consent", "record", "--levels", "record", "--study", "1.2.3", expect=2)


def test_what_is_noted_of_the_users_file_never_stands_in_for_a_password(lonely, monkeypatch, tmp_path):
    checked = []
    monkeypatch.setattr(users, "verify_password", lambda *given: checked.append(given) or verify_password(*given))
    listed = {"jo": {"password": "three random words", "role": "trainer"}}
    lonely.json("user", "add", "al", "--role", "trainer")
    _, app = accounts(lonely.home)
    noted, database = tmp_path / "users.applied", parts(app).database
    with app.app_context():
        assert users.apply(database, listed, noted) == 1
        assert (users.apply(database, listed, noted), checked) == (0, [])
        other = {"jo": {"password": "three other words", "role": "trainer"}}
        assert (users.apply(database, other, noted), len(checked)) == (1, 1)
        noted.write_text("no fingerprints here", encoding="utf-8")
        assert (users.apply(database, other, noted), len(checked)) == (0, 2)
        assert users.apply(database, {"jo": {**other["jo"], "role": "clinician"}}, noted) == 1
