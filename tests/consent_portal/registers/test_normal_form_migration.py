"""The step to one normal form: a register in use keeps every patient, every refusal, and finds its numbers again."""

import pytest
from alembic import command
from sqlalchemy import inspect, text

from consent_portal.database import Base, Database
from consent_portal.ledger import payloads as p
from consent_portal.ledger.scope import Scope
from consent_portal.migrations import run
from consent_portal.registers import studies
from consent_portal.services import consent, identity, queries
from consent_portal.services.target import Target
from tests.consent_portal.ledger.conftest import a_subject
from tests.support.databases import EITHER

PATIENTS = [("p1", "19600214"), ("p2", "19600214"), ("p3", "19900930"), ("p4", "")]
NUMBERS = [("p1", "hosp-77", ""), ("p2", "HOSP 77", ""), ("p3", "9434765919", "NHS"), ("p4", "rxa 1", "royal")]
STUDIES = [
    ("1.1", "p1", "hosp-77", "QUIRKLEBY^ÁNNA", "19600214"),
    ("1.2", "p2", "HOSP 77", "QUIRKLEBY^ANNA", "19600214"),
    ("1.3", "p3", "9434765919", "OTHER^BELLA", "19900930"),
    ("1.4", "p3", "9434765919", "OTHER^BELLA", "19900931"),
]


@pytest.fixture(params=EITHER, ids=lambda server: server.__name__)
def used(request, tmp_path):
    """A register of step 0005 in which one number stands in two spellings."""
    with request.param(tmp_path) as url:
        database = Database(url)
        database.may_be_made = True
        with database.engine.execution_options(aoa_writer=True).begin() as connection:
            command.upgrade(run.config_of(connection), "0005")
            _fill(connection)
        yield database
        database.close()


def _fill(connection):
    for key, born in PATIENTS:
        connection.execute(
            text("INSERT INTO patient (key, birth_date) VALUES (:key, :born)"), {"key": key, "born": born}
        )
    for key, value, issuer in NUMBERS:
        row = {"key": key, "value": value, "issuer": issuer}
        connection.execute(
            text("INSERT INTO patient_identifier (value, issuer, patient_key) VALUES (:value, :issuer, :key)"), row
        )
    for uid, key, number, name, born in STUDIES:
        row = {"uid": uid, "key": key, "number": number, "name": name, "born": born}
        connection.execute(
            text(
                "INSERT INTO study (key, study_uid, orthanc_id, patient_key, date, accession, episode, description, "
                "patient_id, patient_issuer, patient_name, birth_date, sex, contents, registered_at, former_patients) "
                "VALUES (:uid, :uid, '', :key, '', '', '', '', :number, '', :name, :born, 'F', '[]', :uid, '[]')"
            ),
            row,
        )


def test_a_register_in_use_goes_up_and_two_spellings_of_a_number_are_one_patient(used):
    assert run.migrate(used) == run.newest()
    with used.writing() as session:
        first, second = studies.by_uid(session, "1.1"), studies.by_uid(session, "1.2")
        consent.refuse(session, Target.from_study(second, Scope.patient()), p.Refused(), "me")
        for spelled in ("hosp 77", "HOSP-77"):
            new = studies.register(session, a_subject(f"1.{len(spelled)}5", patient=spelled, birth="19600214"))
            assert new.patient_key == first.patient_key
            assert str(queries.status(session, new).state("teaching")) == "refused"
        assert str(queries.status(session, first).state("teaching")) == "refused"
        assert studies.register(session, a_subject("1.9", patient="RXA-1", issuer="ROYAL")).patient_key == "p4"
        assert studies.register(session, a_subject("1.8", patient="943 476 5919")).patient_key == "p3"


def test_whose_studies_disagree_is_on_the_list_from_the_first_day(used):
    with used.engine.execution_options(aoa_writer=True).begin() as connection:
        connection.execute(text("UPDATE study SET birth_date = '19910930' WHERE study_uid = '1.4'"))
    run.migrate(used)
    with used.reading() as session:
        assert [doubt.details for doubt in identity.doubtful(session)] == [("date of birth",)]


def test_the_tables_are_those_that_the_programme_knows(used):
    run.migrate(used)
    found = inspect(used.engine)
    for name in ("patient", "study", "patient_identifier"):
        table = Base.metadata.tables[name]
        assert {one["name"]: one["nullable"] for one in found.get_columns(name)} == {
            one.name: one.nullable for one in table.columns
        }
        of_columns = [one for one in found.get_indexes(name) if None not in one["column_names"]]  # not of words
        assert {one["name"] for one in of_columns if not one["unique"]} == {
            index.name for index in table.indexes if not index.unique
        }
