"""The step that adds who asked for what is called back: recalls in use learn it from the ledger."""

import pytest
from alembic import command
from sqlalchemy import inspect, text

from consent_portal.database import Base, Database
from consent_portal.ledger import store
from consent_portal.migrations import run
from consent_portal.tasks import recalls
from tests.support.databases import EITHER

BEFORE = "0010"
RELEASED = (
    '{"disclosure":"d-1","key":"k-1","job":null,"decision":null,"purpose":"teaching","level_needed":"teaching",'
    '"recipient":"self","format":"dicom-zip","profile":"D3","sender":"dr-who","role":"clinician","reason":"",'
    '"released":1,"excluded":0,"quarantined":0,"engines":[],"package_sha256":null,"basis":[]}'
)
EVENT = text(
    "INSERT INTO ledger_event (seq, id, prev_hash, hash, recorded_at, effective_at, recorded_by, type, patient_key, "
    "scope, payload, supersedes, study_uid) VALUES (1, 'left', :zeros, :hash, '2026-01-01T00:00:00.000000Z', "
    "'2026-01-01T00:00:00.000000Z', 'engine', 'RELEASED', 'patient', '{}', :payload, NULL, '1.2.3')"
)
RECALL = text(
    "INSERT INTO recall (id, opened_at, released_event, withdrawn_event, disclosure, job, patient_key, study_uid, "
    "recipient, purpose, status, note) VALUES ('recall', '2026-01-02T00:00:00.000000Z', 'left', 'no', 'd-1', NULL, "
    "'patient', '1.2.3', 'self', 'teaching', 'open', '')"
)


@pytest.fixture(params=EITHER, ids=lambda server: server.__name__)
def used(request, tmp_path):
    """A database of the step before, with a release that was called back."""
    with request.param(tmp_path) as url:
        yield from filled(Database(url))


def filled(database):
    database.may_be_made = True
    with database.engine.execution_options(aoa_writer=True).begin() as connection:
        command.upgrade(run.config_of(connection), BEFORE)
        connection.execute(EVENT, {"zeros": store.GENESIS, "hash": "1" * 64, "payload": RELEASED})
        connection.execute(RECALL)
    yield database
    database.close()


def test_a_recall_in_use_learns_who_has_the_copy(used):
    assert run.migrate(used) == run.newest()
    with used.reading() as session:
        (recall,) = recalls.held_by(session, "dr-who")
    assert (recall.holder, recall.released_event) == ("dr-who", "left")


def test_the_tables_are_those_that_the_programme_knows(used):
    run.migrate(used)
    found = inspect(used.engine)
    for name in ("recall", "recipient"):
        known = {column.name for column in Base.metadata.tables[name].columns}
        assert {column["name"] for column in found.get_columns(name)} == known
