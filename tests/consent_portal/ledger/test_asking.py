"""What is asked past SQLAlchemy is answered, and fails, as it would be by a session."""

import pytest
from sqlalchemy import Table, bindparam, select
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from consent_portal.asking import Question, entry
from consent_portal.database import Database
from consent_portal.ledger import evidence
from consent_portal.ledger.rows import DecisionRow
from consent_portal.registers.patients import new_patient
from consent_portal.registers.rows import PatientRow
from tests.consent_portal.ledger.test_evidence import decision, fresh_postgres
from tests.support.postgres import running_postgres

PATIENT: Table = PatientRow.__table__
AMONG = Question(
    select(PATIENT.c.key, PATIENT.c.sex)
    .where(PATIENT.c.key.in_(bindparam("keys", expanding=True)), PATIENT.c.sex == bindparam("sex"))
    .order_by(PATIENT.c.key)
)


@pytest.fixture(scope="module")
def server():
    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request, url):
    opened = Database(url if request.param == "sqlite" else fresh_postgres(request.getfixturevalue("server")))
    yield opened
    opened.close()


@pytest.fixture
def keys(either):
    with either.writing() as session:
        rows = [new_patient(session) for _ in range(5)]
        for row in rows:
            row.sex = "F"
    return sorted(row.key for row in rows)


def a_row(number="d-1"):
    return {name: getattr(decision(number), name) for name in evidence.shape_of("decision").columns}


def count(database):
    with database.reading() as session:
        return len(session.execute(select(DecisionRow.id)).all())


@pytest.mark.parametrize("length", [0, 1, 3, 5, 2])
def test_a_list_of_any_length_is_asked_for(either, keys, length):
    with either.reading() as session:
        assert AMONG.ask(session, keys=keys[:length], sex="F") == [(key, "F") for key in keys[:length]]
        assert AMONG.ask(session, keys=keys[:length], sex="M") == []


def test_what_the_session_has_not_written_yet_is_found(either, keys):
    with either.writing() as session:
        session.get(PatientRow, keys[0]).sex = "M"
        assert AMONG.ask(session, keys=keys, sex="M") == [(keys[0], "M")]


def test_what_another_writes_counts_in_the_next_session(either, keys):
    with either.reading() as session:
        assert len(AMONG.ask(session, keys=keys, sex="F")) == len(keys)
    other = Database(either.url)
    with other.writing() as session:
        session.get(PatientRow, keys[0]).sex = "M"
    other.close()
    with either.reading() as session:
        assert len(AMONG.ask(session, keys=keys, sex="F")) == len(keys) - 1


def enter_twice(database, row):
    with database.writing() as session:
        evidence.enter(session, DecisionRow.__table__, [row])
        entry(DecisionRow.__table__).bring(session.connection(), row)


def test_a_fault_is_told_without_the_values(either):
    with pytest.raises(IntegrityError) as told:
        enter_twice(either, {**a_row(), "user": "QUIRKLEBY"})
    assert "QUIRKLEBY" not in str(told.value)
    assert count(either) == 0


def enter_after_a_failure(database):
    with database.writing() as session:
        session.add_all([decision("d-1"), DecisionRow(id="d-2")])
        with pytest.raises(IntegrityError):
            session.flush()
        evidence.enter(session, DecisionRow.__table__, [a_row("d-3")])


def test_nothing_is_entered_after_a_transaction_failed(either):
    with pytest.raises(SQLAlchemyError, match="rolled back"):
        enter_after_a_failure(either)
    assert count(either) == 0


def test_a_connection_that_is_gone_is_told_and_not_handed_out_again(either, keys):
    with either.reading() as session:
        assert AMONG.ask(session, keys=keys, sex="F")
        session.connection().connection.driver_connection.close()
        with pytest.raises(DBAPIError):
            AMONG.ask(session, keys=keys, sex="F")
        session.invalidate()
    with either.reading() as session:
        assert len(AMONG.ask(session, keys=keys, sex="F")) == len(keys)
