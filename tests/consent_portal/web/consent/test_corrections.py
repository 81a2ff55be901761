"""Entered in error: marked with a reason, told at both events, listed, and what rested on it called back (H1, W2)."""

import re
import uuid

import pytest

from consent_portal.ledger.events import EventType

WHY = {"never_said": "y", "reason": "The form of another patient"}


@pytest.fixture
def illustrator(portal):
    return portal.reader("medical-illustration")


def test_what_was_entered_in_error_no_longer_counts_and_is_told_at_both_events(portal, illustrator, said):
    address = f"/studies/{portal.photo.key}"
    illustrator.send(f"{address}/record", **said)
    asked = portal.engine.request("clinician", "clinician", "teaching")
    portal.engine.release(portal.subject(portal.archive.photo), asked)
    (given, _released) = portal.events()
    page = illustrator.open(f"{address}/entered-in-error/{given.id}").get_data(as_text=True)
    assert "What left because of this record is called back." in page
    empty = illustrator.send(f"{address}/entered-in-error/{given.id}").get_data(as_text=True)
    assert 'href="#never_said"' in empty
    assert 'href="#reason"' in empty
    assert len(portal.events()) == 2
    after = illustrator.send(f"{address}/entered-in-error/{given.id}", **WHY).get_data(as_text=True)
    assert "1 release to call back" in after
    assert after.count("The form of another patient") >= 2
    assert "About: Consent recorded" in after
    assert f"entered-in-error/{given.id}" not in after
    assert portal.state(portal.photo, "teaching") == "invalidated"
    assert portal.engine.ask(portal.subject(portal.archive.photo), asked)["outcome"] == "ask"
    twice = illustrator.send(f"{address}/entered-in-error/{given.id}", **WHY).get_data(as_text=True)
    assert "marked as entered in error already" in twice


def test_the_guardian_sees_every_record_made_by_mistake_and_what_left_meanwhile(portal, illustrator, said):
    guardian = portal.reader("caldicott-guardian")
    assert "Nothing was entered in error." in guardian.open("/entered-in-error").get_data(as_text=True)
    address = f"/studies/{portal.photo.key}"
    illustrator.send(f"{address}/record", **said)
    asked = portal.engine.request("clinician", "clinician", "teaching")
    portal.engine.release(portal.subject(portal.archive.photo), asked)
    illustrator.send(f"{address}/entered-in-error/{portal.events()[0].id}", **WHY)
    page = guardian.open("/entered-in-error").get_data(as_text=True)
    assert "The form of another patient" in page
    assert re.search(r'data-label="Left meanwhile">1<', page)
    assert f'href="{address}"' in page
    assert "Entered in error" in guardian.open("/").get_data(as_text=True)


def test_a_release_or_another_patient_s_event_cannot_be_marked(portal, illustrator, said):
    illustrator.send(f"/studies/{portal.ct.key}/record", **said)
    portal.engine.release(
        portal.subject(portal.archive.ct), portal.engine.request("clinician", "clinician", "teaching")
    )
    given, released = portal.events()
    assert released.type is EventType.RELEASED
    illustrator.open(f"/studies/{portal.ct.key}/entered-in-error/{released.id}", expect=404)
    illustrator.open(f"/studies/{portal.photo.key}/entered-in-error/{given.id}", expect=404)
    illustrator.open(f"/studies/{portal.photo.key}/entered-in-error/{uuid.uuid4()}", expect=404)
