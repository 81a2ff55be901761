"""A ledger in use gets its number, its evidence and its last days when it is brought to the present shape."""

from datetime import date
from importlib import import_module

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from consent_portal.clock import utc_now
from consent_portal.database import Database
from consent_portal.ledger import expiries
from consent_portal.ledger.anchor import AnchorFile, key_of
from consent_portal.ledger.continuity import Continuity
from consent_portal.ledger.scope import Scope
from consent_portal.migrations.run import migrate
from consent_portal.services import consent, verifying
from tests.consent_portal.ledger.test_evidence import BACKENDS, fill, server
from tests.support.consent import given

__all__ = ["server"]
REGISTERS = "0013_evidence_of_registers"


@pytest.fixture(params=BACKENDS)
def of_before(request, tmp_path):
    """A filled ledger as the version before left it."""
    url = request.getfixturevalue("server") if request.param == "postgresql" else f"sqlite:///{tmp_path}/portal.sqlite"
    database = Database(url)
    if request.param == "postgresql":
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    migrate(database)
    fill(database, before_images=True)
    with database.writing() as session:
        target = consent.Target("p", Scope.study("1.2.9"))
        consent.record(session, target, given("teaching", valid_to=date(2025, 7, 31)), "me")
        consent.record(session, target, given("teaching", valid_to=date(2060, 7, 31)), "me")
    with database.engine.begin() as connection:
        for table in ("evidence", "ledger_identity", "expiry"):
            connection.execute(text(f"DROP TABLE {table}"))
    yield database
    database.close()


def take_the_step(database, name="0010_identity_evidence_expiry"):
    step = import_module(f"consent_portal.migrations.versions.{name}")
    with (
        database.engine.execution_options(aoa_writer=True).begin() as connection,
        Operations.context(MigrationContext.configure(connection)),
    ):
        step.upgrade()


def test_everything_from_before_is_chained_and_whole(of_before, tmp_path):
    take_the_step(of_before)
    take_the_step(of_before, REGISTERS)
    continuity = Continuity(of_before, AnchorFile(tmp_path / "anchor", key_of("secret")))
    continuity.adopt()
    report = verifying.examine(continuity)
    assert (report.faults, report.events.count) == ((), 4)
    assert continuity.file.read().seq == 4
    with of_before.engine.begin() as connection:
        connection.execute(text("UPDATE study SET former_patients = '[\"x\"]'"))
    assert "is not as it was recorded" in verifying.examine(continuity).faults[0]


OF_STUDIES = {
    "accession number": "UPDATE study SET accession = 'X'",
    "date of birth": "UPDATE study SET birth_date = '20200101'",
    "name": "UPDATE patient SET name = 'X'",
    "recipient": "UPDATE recipient SET country = 'GB'",
}


@pytest.mark.parametrize("changed", OF_STUDIES)
def test_what_was_chained_before_in_part_is_chained_as_a_whole_afterwards(of_before, tmp_path, changed):
    take_the_step(of_before)
    continuity = Continuity(of_before, AnchorFile(tmp_path / "anchor", key_of("secret")))
    continuity.adopt()
    take_the_step(of_before, REGISTERS)
    assert verifying.examine(continuity).faults == ()
    with of_before.engine.begin() as connection:
        connection.execute(text(OF_STUDIES[changed]))
    assert "is not as it was recorded" in verifying.examine(continuity).faults[0]


def test_what_was_changed_past_the_portal_before_the_step_is_not_made_good_by_it(of_before, tmp_path):
    take_the_step(of_before)
    with of_before.engine.begin() as connection:
        connection.execute(text("UPDATE study SET former_patients = '[\"x\"]' WHERE accession = 'ACC-1'"))
    take_the_step(of_before, REGISTERS)
    continuity = Continuity(of_before, AnchorFile(tmp_path / "anchor", key_of("secret")))
    continuity.adopt()
    (fault,) = verifying.examine(continuity).faults
    assert fault.startswith("study ")
    assert fault.endswith("is not as it was recorded")


def test_the_last_days_from_before_are_known_and_noted_once(of_before):
    take_the_step(of_before)
    with of_before.writing() as session:
        assert [last for _, last in expiries.ended(session, utc_now().date())] == [date(2025, 7, 31)]
        assert [event.payload.ended_on for event in consent.note_expired(session)] == [date(2025, 7, 31)]
        assert consent.note_expired(session) == []


def test_many_that_end_in_one_night_are_noted_in_short_transactions(database):
    with database.writing() as session:
        for number in range(expiries.AT_ONCE + 5):
            target = consent.Target("p", Scope.study(f"1.2.{number}"))
            consent.record(session, target, given("teaching", valid_to=date(2025, 7, 31)), "me")
    noted = []
    for _ in range(3):
        with database.writing() as session:
            noted.append(len(consent.note_expired(session)))
    assert noted == [expiries.AT_ONCE, 5, 0]
