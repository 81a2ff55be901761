"""A study that was found to be another person's than its number says stands apart, wherever its number leads."""

import pytest

from consent_portal.ledger import payloads as p
from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.events import EventType
from consent_portal.ledger.scope import Scope
from consent_portal.registers import studies
from consent_portal.services import consent, identity, queries
from consent_portal.services.target import Target
from tests.consent_portal.services.told import EVERYTHING, FOUND, agreed, state, told


def test_another_persons_study_stands_under_its_own_patient_and_keeps_to_it(session, shared):
    first, other = shared
    agreed(session, other, Scope.study("1.2"))
    made = identity.separate(session, other, FOUND, "me")
    moved = studies.by_uid(session, "1.2")
    assert moved.patient_key != first.patient_key
    assert told(session, "1.2", birth="19900930", name="OTHER^BELLA").patient_key == moved.patient_key
    assert identity.doubtful(session) == []
    assert state(session, moved) == "unknown"
    agreed(session, moved)
    agreed(session, first)
    consent.refuse(session, Target.from_study(moved, EVERYTHING), p.Refused(), "me")
    assert [state(session, one) for one in (first, moved)] == ["accepted", "refused"]
    for study in (first, moved):
        kinds = [event.type for event in queries.history(session, study)]
        assert EventType.STUDY_SEPARATED in kinds
    identity.undo(session, moved, made.id, "The label was right.", "me")
    back = studies.by_uid(session, "1.2")
    assert back.patient_key == first.patient_key
    assert state(session, back) == "refused"
    assert len(identity.doubtful(session)) == 1


ALIKE = {"birth": "", "name": "QUIRKLEBY^ANNA"}
"""What two people's studies say: nothing tells them apart but what somebody found."""


def present(session, uid):
    return studies.by_uid(session, uid)


@pytest.fixture
def alike(session):
    """Three studies of one name, the last another person's; the first two numbers are one person's."""
    first, second = told(session, "1.1", **ALIKE), told(session, "1.2", patient="HOSP-78", **ALIKE)
    other = told(session, "1.3", **ALIKE)
    identity.merge(session, first, second, FOUND, "me")
    agreed(session, present(session, "1.1"))
    assert [state(session, one) for one in (first, second, other)] == ["accepted"] * 3
    return first, second, other


def test_another_persons_study_stays_apart_under_every_number_joined_to_the_one_it_was_separated_from(session, alike):
    first, second, other = alike
    identity.separate(session, other, FOUND, "me")
    own = present(session, "1.3").patient_key
    for number in ("HOSP-78", "HOSP-77"):
        assert told(session, "1.3", patient=number, **ALIKE).patient_key == own
        assert state(session, other) == "unknown"
    assert [state(session, one) for one in (first, second)] == ["accepted", "accepted"]


def test_another_persons_study_stays_apart_when_its_new_number_is_joined_to_the_old_one(session, alike):
    _first, _second, other = alike
    told(session, "1.4", patient="HOSP-90", **ALIKE)
    identity.separate(session, other, FOUND, "me")
    agreed(session, present(session, "1.3"))
    moved = told(session, "1.3", patient="HOSP-90", **ALIKE)
    assert moved.patient_key == present(session, "1.4").patient_key
    assert [state(session, present(session, uid)) for uid in ("1.3", "1.4")] == ["accepted", "accepted"]
    consent.refuse(session, Target.from_study(moved, Scope.study("1.3")), p.Refused(), "me")
    identity.merge(session, present(session, "1.1"), present(session, "1.4"), FOUND, "me")
    assert "person, as somebody found" in identity.doubtful(session)[0].details
    agreed(session, present(session, "1.3"), Scope.study("1.3"))
    assert state(session, present(session, "1.3")) == "accepted"
    assert told(session, "1.3", patient="HOSP-77", **ALIKE).patient_key == moved.patient_key


def test_a_separated_study_whose_own_patient_is_joined_to_the_number_again_is_in_doubt(session, alike):
    first, _second, other = alike
    identity.separate(session, other, FOUND, "me")
    identity.merge(session, present(session, "1.3"), present(session, "1.1"), FOUND, "me")
    assert [state(session, one) for one in (first, other)] == ["accepted", "unknown"]
    with pytest.raises(Refusal, match="person, as somebody found"):
        agreed(session, present(session, "1.3"))


def test_a_separation_outweighs_an_earlier_confirmation_and_a_later_confirmation_the_separation(session):
    agreed(session, told(session, "1.1"))
    slip = told(session, "1.2", birth="19700518")
    identity.confirm(session, slip, "1.1", FOUND, "me")
    identity.separate(session, slip, FOUND, "me")
    identity.merge(session, present(session, "1.2"), present(session, "1.1"), FOUND, "me")
    assert state(session, slip) == "unknown"
    identity.confirm(session, present(session, "1.2"), "1.1", FOUND, "me")
    assert state(session, slip) == "accepted"
    assert identity.doubtful(session) == []
