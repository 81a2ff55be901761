"""A package that nobody fetched goes in time, but not under the hands of somebody who is being given it."""

from time import time
from types import SimpleNamespace

import pytest

from orthanc_plugin.engine.errors import GoneError, WaitingError
from orthanc_plugin.engine.export.endings import Endings
from orthanc_plugin.engine.export.order import Export
from orthanc_plugin.engine.jobs.sealed import SealedWriter
from orthanc_plugin.engine.jobs.store import is_collectable
from tests.orthanc_plugin.engine.conftest import JOB


@pytest.fixture
def export(jobs):
    export = object.__new__(Export)  # without DBOS, which only calls what is looked at here
    export.jobs, export.portal = jobs, None  # nothing of it was looked at by a person, so nobody is asked
    export.settings = SimpleNamespace(package_hours=1)
    export.endings = Endings(jobs, 1)
    package = jobs.package(JOB)
    package.parent.mkdir(parents=True, exist_ok=True)
    package.write_bytes(bytes(100))
    export.endings.ready(JOB, {"sha256": "0" * 64})
    return export


def test_what_nobody_fetched_is_destroyed_with_the_reason(export):
    export._expire(JOB)
    state = export.jobs.state(JOB)
    assert state["state"] == "recalled"
    assert "not fetched within 1 hours" in state["reasons"][0]["text"]
    assert not export.jobs.kept(JOB).exists()


def test_what_is_being_handed_over_is_left_to_who_gets_it_and_never_said_to_be_expired(export):
    with export.jobs.claimed(JOB):
        with pytest.raises(WaitingError):
            export._expire(JOB)
        export.endings.handed(JOB)
        assert export.jobs.kept(JOB).exists()
    export._expire(JOB)
    assert export.jobs.state(JOB)["state"] == "ready"
    assert "handed over" in export.jobs.state(JOB)["reasons"][0]["text"]


def test_a_hand_over_that_failed_leaves_the_package_to_its_expiry(export):
    with pytest.raises(InterruptedError), export.jobs.claimed(JOB):
        raise InterruptedError
    export._expire(JOB)
    assert export.jobs.state(JOB)["state"] == "recalled"


def test_nobody_is_given_what_is_too_old_even_before_it_is_destroyed(export):
    export.jobs.update(JOB, expires_at=time() - 1)
    assert not is_collectable(export.jobs.state(JOB), time())
    with pytest.raises(GoneError) as gone:
        export.hand_over(JOB, "clinician")
    assert gone.value.reasons[0].rule == "expiry"
    assert export.jobs.state(JOB)["state"] == "recalled"


def test_a_package_stays_in_the_hands_of_its_reader_whatever_ends_the_job_meanwhile(export):
    content = b"de-identified " * 200_000
    with SealedWriter(export.jobs.package(JOB), export.jobs.kept(JOB).key("package")) as out:
        out.write(content)
    export.recording = SimpleNamespace(before=lambda *_: None)  # what it asks is looked at with a portal
    handed = export.hand_over(JOB, "clinician")
    assert handed.length == len(content)
    export.jobs.destroy(JOB)  # a late record of direct care is made, say
    assert b"".join(handed) == content
    handed.close()
    assert export.jobs.state(JOB)["package"] == "handed over"
