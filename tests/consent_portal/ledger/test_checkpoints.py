"""The write-ahead log is brought into the database beside the requests, and nobody waits for it."""

import shutil
from pathlib import Path

import pytest

from consent_portal.checkpoints import Checkpoints
from consent_portal.database import Database
from consent_portal.ledger import store
from consent_portal.services import consent
from tests.support.consent import given
from tests.support.patience import until


@pytest.fixture
def file(database):
    return Path(database.engine.url.database)


def events_without_the_log(file, folder):
    """Return how many events stand in the database's file alone."""
    shutil.copy(file, folder / "alone.sqlite")
    alone = Database(f"sqlite:///{folder / 'alone.sqlite'}")
    with alone.reading() as session:
        found = store.head(session)[0]
    alone.close()
    return found


def test_what_was_written_is_brought_in_and_only_once(database, target, file, tmp_path):
    with database.writing() as session:
        consent.record(session, target, given("record"), "illustrator")
    assert events_without_the_log(file, tmp_path) == 0
    looked = Checkpoints(database)
    assert looked.look()
    assert not looked.look()
    assert events_without_the_log(file, tmp_path) == 1


def test_whoever_reads_and_whoever_writes_goes_on_meanwhile(database, target):
    looked = Checkpoints(database)
    with database.reading() as reading:
        assert store.head(reading)[0] == 0
        with database.writing() as session:
            consent.record(session, target, given("record"), "illustrator")
            assert looked.look()
        assert looked.look()
        assert store.head(reading)[0] == 0
    with database.reading() as reading:
        assert store.head(reading)[0] == 1


def test_a_ledger_that_is_gone_is_not_made_anew(database, file):
    database.close()
    file.rename(file.with_suffix(".away"))
    looked = Checkpoints(database)
    assert not looked.look()
    Path(f"{file}-wal").write_bytes(b"left behind")
    with pytest.raises(Exception, match="unable to open"):
        looked.look()
    assert not file.exists()


def test_it_is_done_by_itself_while_the_portal_serves(database, target, file, tmp_path, monkeypatch):
    monkeypatch.setattr("consent_portal.checkpoints.EVERY", 0.01)
    looked = Checkpoints(database)
    looked.start()
    with database.writing() as session:
        consent.record(session, target, given("record"), "illustrator")
    until(lambda: events_without_the_log(file, tmp_path) == 1, "the log is brought in")
    looked.stop()
