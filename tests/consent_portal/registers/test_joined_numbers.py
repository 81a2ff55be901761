"""What is joined to a number is read once in a moment, and never later than it changed."""

import pytest
from sqlalchemy.exc import DBAPIError

from consent_portal.registers import joining, studies
from consent_portal.services import identity
from consent_portal.services.identity import Finding
from tests.consent_portal.ledger.conftest import a_subject, database, template, url

__all__ = ["database", "template", "url"]
FOUND = Finding("The records office says so.", ("name", "birth-date"))


@pytest.fixture
def two(database):
    """Two people's studies, whose numbers nobody has joined."""
    with database.writing() as session:
        return [
            studies.register(session, a_subject(uid, patient=number))
            for uid, number in (("1.1", "RXA0017"), ("1.2", "RXA0099"))
        ]


def joined(session, study):
    return joining.joined(session, [study.patient_key])


def test_a_reading_session_asks_once_who_is_joined(database, two):
    with database.reading() as session:
        first = joined(session, two[0])
        session.connection().connection.driver_connection.close()
        assert joined(session, two[0]) == first
        with pytest.raises(DBAPIError):
            joined(session, two[1])
        session.invalidate()


def test_a_session_that_writes_sees_at_once_what_it_joined(database, two):
    with database.writing() as session:
        assert len(joined(session, two[0])) == 1
        identity.merge(session, *two, FOUND, "me")
        assert len(joined(session, two[0])) == 2


def test_the_next_moment_sees_what_was_joined_meanwhile(database, two):
    with database.reading() as session:
        assert len(joined(session, two[0])) == 1
        with database.writing() as writer:
            identity.merge(writer, *two, FOUND, "me")
        session.rollback()
        assert len(joined(session, two[0])) == 2
