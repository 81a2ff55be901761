"""A no to research or to a company denies it, whatever else would permit it (W1, combining rule 5)."""

import dataclasses

import pytest

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import EventType
from tests.support.consent import POLICY, Story, answered, subject

SWITCHED = dataclasses.replace(POLICY, on=frozenset({"commercial_without_consent"}))
WITHOUT_CONSENT = ("research", "commercial")


def answer(story, purpose):
    return answered(purpose, subject(story=story), facts=("inside", "reason", "ethics"), policy=SWITCHED)


NOES = {EventType.REFUSED: p.Refused, EventType.WITHDRAWN: p.Withdrawn, EventType.OBJECTION: p.Objection}


@pytest.mark.parametrize("kind", NOES)
@pytest.mark.parametrize("purpose", WITHOUT_CONSENT)
def test_what_needs_no_consent_is_denied_once_the_patient_said_no_to_it(purpose, kind):
    story = Story()
    assert answer(story, purpose) == "permit D3"
    story.then(kind, NOES[kind](levels=(), purposes=(purpose,)))
    assert answer(story, purpose) == "deny"
    assert answer(story, "teaching") == "permit D3"


def test_a_no_to_one_use_by_name_says_nothing_of_the_other():
    story = Story().then(EventType.REFUSED, p.Refused(levels=(), purposes=("commercial",)))
    assert (answer(story, "research"), answer(story, "commercial")) == ("permit D3", "deny")


def test_no_on_a_form_denies_companies_even_where_consent_is_not_needed():
    story = Story().given("teaching", conditions=p.Conditions(commercial=False))
    assert answer(story, "commercial") == "deny"
