"""The step from 0003 to 0004: a ledger in use gets the tables of the notices and keeps all it has."""

import pytest
from alembic import command
from sqlalchemy.exc import IntegrityError

from consent_portal.clock import utc_now
from consent_portal.database import Base, Database
from consent_portal.ledger import store
from consent_portal.ledger.events import Draft, EventType
from consent_portal.ledger.scope import Scope
from consent_portal.migrations import run
from consent_portal.publishing import settings
from notices import Site
from tests.support.consent import given


@pytest.fixture
def used(tmp_path):
    """A ledger of step 0003 with an event in it."""
    database = Database(f"sqlite:///{tmp_path}/portal.sqlite")
    database.may_be_made = True
    with database.engine.execution_options(aoa_writer=True).begin() as connection:
        command.upgrade(run.config_of(connection), "0003")
    with database.writing() as session:
        scope = Scope.study("1.2.3")
        store.append(session, Draft(EventType.GIVEN, "patient", scope, given("teaching"), utc_now(), "recorder"))
    yield database
    database.close()


def test_a_ledger_in_use_goes_up_and_keeps_its_events(used):
    assert run.present(used) == "0003"
    assert run.migrate(used) == run.newest()
    with used.writing() as session:
        assert store.verify_ledger(session).whole
        assert store.head(session)[0] == 1
        assert settings.saved(session) is None
        settings.save(session, Site.default(), "jo")
        assert settings.saved(session) == Site.default()


def test_the_tables_are_those_that_the_programme_knows(used):
    run.migrate(used)
    with used.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name.startswith("notice_") or table.name == "study":
                found = connection.exec_driver_sql(f"PRAGMA table_info({table.name})").all()
                assert {(row[1], not row[3]) for row in found} == {(one.name, one.nullable) for one in table.columns}


@pytest.mark.parametrize("change", ["UPDATE notice_settings SET data = '{}'", "DELETE FROM notice_settings"])
def test_saved_settings_are_never_changed_or_deleted(used, change):
    run.migrate(used)
    with used.writing() as session:
        settings.save(session, Site.default(), "jo")
    with pytest.raises(IntegrityError, match="only grows"), used.engine.begin() as connection:
        connection.exec_driver_sql(change)
