"""The home's word of how far its ledger had come is written whatever the disk does, and never in the way (F22)."""

import psutil
import pytest

from consent_portal.ledger import payloads as p
from consent_portal.ledger.anchor import AnchorFile, key_of
from consent_portal.ledger.continuity import Continuity
from consent_portal.services import consent, verifying
from tests.support.consent import given
from tests.support.full_disk import no_room


class OnAFullDisk(AnchorFile):
    """The file on a disk that has no room while it is written."""

    def advance(self, seen):
        with no_room([psutil.Process()]):
            super().advance(seen)


@pytest.fixture
def continuity(tmp_path, database):
    """A home that writes down how far its ledger has come."""
    made = Continuity(database, AnchorFile(tmp_path / "anchor", key_of("secret")))
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
