"""A study whose details the archive corrects is looked at again, and what left of it is asked back (H1, ADR 0161)."""

import pytest

from consent_portal.ledger.events import EventType
from consent_portal.services.released_studies import ReleasedStudies
from consent_portal.tasks import recalls

BELLA = {"PatientBirthDate": "19700101", "PatientSex": "F", "PatientName": "QUIRKLEBY^BELLA"}


@pytest.fixture
def photograph(portal):
    """A photograph of somebody new, as Orthanc keeps it."""
    given = portal.archive.photograph_of_somebody_new()
    (subject,) = portal.parts.orthanc.find_studies({"PatientID": f"T-{given}"})
    return subject.orthanc_id


def leave(portal, orthanc_id, said, purpose="teaching"):
    """Record a consent for the study and let it leave for somebody."""
    reader = portal.reader("medical-illustration")
    reader.send(f"/studies/{portal.study(orthanc_id).key}/record", **said)
    subject = portal.subject(orthanc_id)
    portal.engine.release(subject, portal.engine.request("medical-illustration", "medical-illustration", purpose))
    return reader


def asked_back(portal):
    with portal.parts.database.reading() as session:
        return recalls.waiting(session)


def look_again(portal):
    return ReleasedStudies(portal.parts.database, portal.parts.orthanc).look()


def changes(portal):
    return [event for event in portal.events() if event.type is EventType.DETAILS_CHANGED]


def test_what_left_is_asked_back_when_the_study_turns_out_to_be_another_persons(portal, photograph, said):
    leave(portal, photograph, said)
    assert (look_again(portal), asked_back(portal)) == (0, [])
    portal.archive.correct(photograph, **BELLA)
    assert (look_again(portal), look_again(portal)) == (1, 0)
    (recall,) = asked_back(portal)
    (change,) = changes(portal)
    assert recall.withdrawn_event == change.id
    assert set(change.payload.details) == {"date of birth", "sex", "name"}
    assert "BELLA" not in change.payload.model_dump_json()
    assert portal.state(portal.study(photograph), "teaching") == "unknown"


def test_whoever_opens_the_study_first_sees_that_its_details_changed_and_finds_the_recall(portal, photograph, said):
    reader, study = leave(portal, photograph, said), portal.study(photograph)
    portal.archive.correct(photograph, PatientBirthDate="19700101")
    page = reader.open(f"/studies/{study.key}").get_data(as_text=True)
    assert "Details changed by the archive" in page
    assert len(asked_back(portal)) == 1
    told = reader.open(f"/patients/{portal.study(photograph).patient_key}/releases").get_data(as_text=True)
    assert "the hospital corrected whose recording this is" in told


def test_a_name_that_is_only_spelled_otherwise_asks_nothing_back(portal, photograph, said):
    leave(portal, photograph, said)
    name = str(portal.parts.orthanc.study(photograph).patient.name)
    portal.archive.correct(photograph, PatientName=name.replace("QUIRKLEBY", "Quirkleby") + "^Mary")
    assert look_again(portal) == 1
    assert (asked_back(portal), changes(portal)) == ([], [])


def test_what_left_for_care_stays_with_whoever_cares(portal, photograph, said):
    leave(portal, photograph, said, "direct-care")
    portal.archive.correct(photograph, **BELLA)
    assert look_again(portal) == 1
    assert asked_back(portal) == []
