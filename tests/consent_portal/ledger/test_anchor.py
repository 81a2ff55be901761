"""The home's word of how far its ledger had come is written whatever the disk does, and never in the way (F22)."""

import shutil
import sqlite3

import psutil
import pytest

from consent_portal.database import Database
from consent_portal.ledger import payloads as p
from consent_portal.ledger.anchor import Anchor, AnchorFile, key_of
from consent_portal.ledger.continuity import Continuity
from consent_portal.services import consent, opening, verifying
from tests.support.consent import given
from tests.support.full_disk import no_room


class OnAFullDisk(AnchorFile):
    """The file on a disk that has no room while it is written."""

    def advance(self, seen):
        with no_room([psutil.Process()]):
            super().advance(seen)


def kept_beside(database, folder):
    return Continuity(database, AnchorFile(folder / "anchor", key_of("secret")))


@pytest.fixture
def continuity(tmp_path, database):
    """A home that writes down how far its ledger has come."""
    made = kept_beside(database, tmp_path)
    made.adopt()
    made.attach()
    return made


def test_a_withdrawal_that_is_recorded_is_no_failure_although_the_anchor_cannot_be_written(continuity, target):
    database, file = continuity.database, continuity.file
    with database.writing() as session:
        consent.record(session, target, given("record,teaching"), "me")
    Continuity(database, OnAFullDisk(file.path, file.key)).attach()
    with database.writing() as session:
        withdrawn = consent.withdraw(session, target, p.Withdrawn(), "me")
    assert file.read().seq == withdrawn.seq - 1
    assert verifying.examine(continuity).faults == ()
    continuity.attach()
    with database.writing() as session:
        last = consent.record(session, target, given("record,teaching"), "me")
    assert file.read().seq == last.seq
    assert verifying.examine(continuity).faults == ()


def test_a_first_start_that_was_cut_off_is_made_good_by_the_next(tmp_path, database):
    first = kept_beside(database, tmp_path)
    with no_room([psutil.Process()]), pytest.raises(OSError, match="too large"):
        first.file.start_anew(Anchor("a ledger"))
    assert list(tmp_path.glob("anchor*")) == []
    first.file.path.touch()  # as an older version left it
    opening.prepare(kept_beside(database, tmp_path))
    assert verifying.examine(first).faults == ()
    assert [path.name for path in tmp_path.glob("anchor*")] == ["anchor"]


def test_an_emptied_file_beside_a_ledger_in_use_is_missed(continuity):
    continuity.file.path.write_bytes(b"")
    assert "nobody knows how far this home's ledger had come" in continuity.gap()


def test_an_emptied_file_without_a_ledger_is_no_new_home(continuity, url):
    continuity.file.path.write_bytes(b"")
    for path in continuity.file.path.parent.glob("portal.sqlite*"):
        path.unlink()
    assert "There is no ledger where" in continuity.gap()


@pytest.mark.parametrize(("order", "opens"), [("anchor, database", True), ("database, anchor", False)])
def test_a_copy_made_while_the_portal_writes_is_whole_where_the_anchor_was_copied_first(
    continuity, target, tmp_path, order, opens
):
    """As docs/operating.md says under Backup."""
    kept = tmp_path / "kept"
    kept.mkdir()
    copies = {"anchor": copy_anchor, "database": copy_database}
    for part in order.split(", "):
        copies[part](continuity, kept)
        with continuity.database.writing() as session:
            consent.withdraw(session, target, p.Withdrawn(), "me")
    restored = Database(f"sqlite:///{kept}/portal.sqlite")
    found = kept_beside(restored, kept)
    assert (found.gap() == "") is opens
    assert verifying.examine(found).whole is opens
    restored.close()


def copy_anchor(continuity, folder):
    shutil.copy(continuity.file.path, folder)


def copy_database(continuity, folder):
    source = sqlite3.connect(continuity.database.engine.url.database)
    target = sqlite3.connect(folder / "portal.sqlite")
    source.backup(target)
    target.close()
    source.close()
