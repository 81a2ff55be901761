"""A command loads what its own work needs, and what stands for something heavy says the same (ADR 0160)."""

import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory

from consent_portal import accounts, standing
from consent_portal.database import Base
from consent_portal.migrations import run

LOADED = "import sys, importlib; [importlib.import_module(name) for name in {names!r}]; print(*sys.modules)"
HEAVY = {"flask", "flask_security", "alembic", "pydicom", "weasyprint", "pyorthanc"}


@pytest.mark.parametrize(
    ("names", "not_loaded"),
    [
        (["consent_portal.__main__", "consent_portal.settings"], HEAVY | {"sqlalchemy"}),
        (["consent_portal.console.consent", "consent_portal.console.audit"], HEAVY),
        (["consent_portal.app", "consent_portal.web", "consent_portal.api"], {"alembic", "pydicom", "weasyprint"}),
    ],
)
def test_a_command_loads_nothing_heavy_that_it_does_not_need(names: list[str], not_loaded: set[str]) -> None:
    told = subprocess.run(
        [sys.executable, "-c", LOADED.format(names=names)], capture_output=True, text=True, check=True
    )
    assert not_loaded & set(told.stdout.split()) == set()


def test_the_steps_told_by_their_files_are_alembics() -> None:
    script = ScriptDirectory.from_config(run.config_of())
    assert run.newest() == script.get_current_head()
    assert all(run.is_known(step.revision) for step in script.walk_revisions())
    with pytest.raises(run.UnknownStepError):
        run.is_known("later")


def test_the_tables_that_say_how_an_account_stands_are_those_of_the_accounts() -> None:
    assert accounts.User.__tablename__ == standing.ACCOUNT.name
    for named in (standing.ACCOUNT, standing._ROLE, standing._HELD):
        assert set(named.c.keys()) <= set(Base.metadata.tables[named.name].c.keys())
