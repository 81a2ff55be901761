"""The portal vouches to the gate for the accounts of its home's own ledger, and for no others (F20, F22, H18)."""

import shutil
import sqlite3

import pytest
from click.testing import CliRunner

from consent_portal.app import create_app
from consent_portal.parts import parts
from consent_portal.services.users import acts
from consent_portal.settings import Settings
from orthanc_plugin.cli import build
from tests.consent_portal.api.gate import Gate, a_home
from tests.support.portal import served


@pytest.fixture
def home(tmp_path):
    return a_home(tmp_path / "home").prepare()


def ledger(home):
    return home.folder / "portal" / "portal.sqlite"


def change(home, act, name, *values, **named):
    """Change an account as the portal does, and write down how far its ledger has come."""
    app = create_app(Settings.load(home.settings_file))
    with app.app_context(), parts(app).database.writing() as session:
        act(session, acts.named(session, name), *values, "an administrator", **named)
    parts(app).database.close()


def kept(home, folder):
    """Keep a copy of the ledger, as a backup does."""
    with sqlite3.connect(ledger(home)) as source, sqlite3.connect(folder / "kept.sqlite") as copy:
        source.backup(copy)
    return folder / "kept.sqlite"


def lose(home):
    for file in ledger(home).parent.glob("portal.sqlite*"):
        file.unlink()


def refused(home, user, told):
    """Return nothing where neither route vouches for anybody, and each says why."""
    for asked in ({"method": "GET", "path": ""}, {"user": user, "password": home.passwords[user]}):
        answer = Gate(home).ask(**asked)
        assert answer.status_code == 503, answer.text
        assert told in answer.json()["message"]
        assert set(answer.json()) == {"message"}


def test_an_older_ledger_opens_no_closed_account_and_takes_no_former_password(home, tmp_path):
    older = kept(home, tmp_path)
    change(home, acts.set_active, "trainer", active=False)
    change(home, acts.set_password, "clinician", "three other words")
    lose(home)
    shutil.copy(older, ledger(home))
    with served(home):
        refused(home, "trainer", "this home had reached event")
        refused(home, "clinician", "this home had reached event")


def test_a_portal_whose_ledger_is_gone_says_so_and_not_that_nobody_has_an_account(home):
    lose(home)
    with served(home):
        refused(home, "clinician", "There is no ledger where")


def test_after_the_guardian_accepted_a_loss_an_empty_table_is_not_told_as_no_accounts(home):
    lose(home)
    with served(home):
        by = ("--by", "Dr G. Example, Caldicott Guardian", "--reason", "The disk was lost.")
        run = CliRunner().invoke(build(), ["audit", "accept-loss", "--home", str(home.folder), *by])
        assert run.exit_code == 0, run.output
        refused(home, "clinician", "No account was ever opened")
    with served(home.prepare()):
        assert Gate(home).check("clinician", home.passwords["clinician"])["role"] == "clinician"


def test_without_the_gates_token_nobody_learns_that_the_ledger_is_gone(home):
    lose(home)
    with served(home):
        assert Gate(home).ask("GET", "", token="guess").status_code == 401
