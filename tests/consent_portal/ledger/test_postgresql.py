"""The same ledger on PostgreSQL."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from consent_portal.database import Database
from consent_portal.ledger import payloads as p
from consent_portal.ledger import store
from consent_portal.ledger.levels import Level
from consent_portal.migrations.run import migrate, newest
from consent_portal.registers import studies
from consent_portal.services import answers, queries
from consent_portal.services import consent as commands
from consent_portal.services.target import Target
from consent_portal.tasks import asks
from tests.consent_portal.ledger.conftest import a_subject
from tests.consent_portal.ledger.test_many_writers import write_together
from tests.consent_portal.services.test_acts import ACTOR, ask
from tests.support.clocks import today
from tests.support.consent import given
from tests.support.postgres import running_postgres


@pytest.fixture(scope="module")
def server():
    with running_postgres() as url:
        yield url


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


def test_a_no_to_a_question_holds_on_postgresql(server):
    database = Database(server)
    migrate(database)
    with database.writing() as session:
        study = studies.register(session, a_subject())
        question = ask(session, study, "research")
        answers.answer_no(session, question.id, p.Refused(levels=(), purposes=("research",)), ACTOR, today())
    with database.writing() as session:
        (told,) = asks.told(session, question.requested_by)
        assert (told.outcome, len(told.recorded)) == ("declined", 1)
        assert asks.acknowledge(session, question.id, question.requested_by)
        assert queries.status(session, study).refused_purposes == {"research"}
    database.close()
