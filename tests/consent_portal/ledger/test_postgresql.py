"""The same ledger on PostgreSQL, where this machine has it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from consent_portal.database import Database
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.levels import Level
from consent_portal.migrations.run import migrate, newest
from consent_portal.registers import studies
from consent_portal.services import consent as commands
from consent_portal.services import queries
from consent_portal.services.consent import Target
from tests.consent_portal.ledger.conftest import a_subject
from tests.consent_portal.ledger.test_many_writers import write_together
from tests.support.consent import given
from tests.support.postgres import AVAILABLE, running_postgres

SERVERS = ["postgresql"] if AVAILABLE else []
"""Empty where the machine has no PostgreSQL: then the SQLite tests are all there is to run."""


@pytest.fixture(scope="module")
def server():
    with running_postgres() as url:
        yield url


if SERVERS:

    def test_the_ledger_holds_on_postgresql(server):
        database = Database(server)
        assert migrate(database) == newest()
        with database.writing() as session:
            study = studies.register(session, a_subject())
            target = Target.study(study.patient_key, study.study_uid)
            commands.record(session, target, given("record,teaching", reason="Ünïcode"), "illustrator")
            commands.withdraw(session, target, p.Withdrawn(levels=(Level.TEACHING,)), "receptionist")
            assert str(queries.status(session, study).state(Level.TEACHING)) == "withdrawn"
        for statement in (
            "UPDATE ledger_event SET recorded_by = 'x'",
            "DELETE FROM ledger_event",
            "TRUNCATE ledger_event",
            "INSERT INTO ledger_event SELECT 9, 'id', hash, 'h', recorded_at, effective_at, recorded_by, type,"
            " patient_key, scope, payload, supersedes, study_uid FROM ledger_event WHERE seq = 2",
        ):
            with pytest.raises(DBAPIError, match=r"only grows|must follow"), database.writing() as session:
                session.execute(text(statement))
        write_together(server, writers=3, each=10)
        with database.reading() as session:
            found = store.verify_ledger(session)
        database.close()
        assert found.whole
        assert found.count == 32
