"""Whatever takes something away is seen as such, whoever asks and for whatever: the policy itself is asked."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import EventType
from consent_portal.ledger.narrowing import narrows
from consent_portal.ledger.projection import project
from consent_portal.ledger.scope import Item, Scope, ScopeKind
from consent_portal.policy.decide import decide
from consent_portal.policy.facts import RequestFacts, SubjectFacts
from tests.consent_portal.policy.test_properties import attested, grants, known_facts, notes, refusals
from tests.support.consent import BORN, POLICY, START, STUDY, Story
from tests.support.consent import given as given_of

ITEM = Item(study_uids=frozenset({STUDY}))
UNABLE = p.CapacityAssessed(capacity=p.Capacity(answer=p.CapacityAnswer.NO))
GUARDIAN = p.Representative(name="G", kind=p.GrantorKind.PARENTAL_RESPONSIBILITY)
LATER = st.integers(0, 4000)
others = st.builds(
    lambda told, hour: (*told, Scope.patient(), hour),
    st.sampled_from(
        [
            (EventType.CAPACITY_ASSESSED, UNABLE),
            (EventType.REPRESENTATIVE_ADDED, GUARDIAN),
            (EventType.REPRESENTATIVE_REMOVED, GUARDIAN),
            (EventType.REVIEWED_AT_MATURITY, p.ReviewedAtMaturity(reviewed_by="r", outcome="confirmed")),
            (EventType.INVALIDATED, p.Invalidated(reason="wrong patient")),
        ]
    ),
    st.integers(0, 400),
)
anything = st.one_of(grants(EventType.GIVEN), grants(EventType.AMENDED), refusals, notes, others)
agreed = st.sets(st.sampled_from(["teaching", "print", "internet"]), max_size=3).map(
    lambda levels: (EventType.GIVEN, given_of(",".join(sorted(levels))), Scope.patient(), 0)
)
tellings = st.tuples(agreed, st.lists(anything, max_size=3), anything).map(lambda told: [told[0], *told[1], told[2]])


def told(telling):
    story = Story()
    for number, (kind, payload, scope, hour) in enumerate(telling, start=1):
        about = f"event-{number // 2}" if kind is EventType.INVALIDATED else None
        story.then(kind, payload, scope=scope, at=START + timedelta(hours=hour), about=about)
    return story.events


def answers(events, now, born, facts, said):
    """Return what every purpose would get, for every kind of recording."""
    consent = project(events, ITEM, now, born)
    for kind in POLICY.kinds.kinds.values():
        subject = SubjectFacts(kind, may_show_a_face=False, consent=consent)
        for purpose in POLICY.purposes:
            role = next(role for role, purposes in POLICY.roles.items() if purpose in purposes)
            request = RequestFacts(purpose, role, taking_away=True, attested=said, facts=facts)
            yield decide([subject], request, POLICY)


def how_strict(decision):
    return decision.outcome.strictness, decision.profile or ""


@settings(max_examples=120)
@given(
    telling=tellings,
    born=st.sampled_from([BORN, None, START.date() - timedelta(days=365 * 16 - 3)]),
    later=LATER,
    facts=known_facts,
    said=attested,
)
def test_whatever_makes_any_answer_stricter_narrows(telling, born, later, facts, said):
    events = told(telling)
    now = events[-1].recorded_at + timedelta(hours=later)
    before, after = (answers(some, now, born, facts, said) for some in (events[:-1], events))
    for was, became in zip(before, after, strict=True):
        if how_strict(became) > how_strict(was):
            assert narrows(events, ITEM, now, born)
            break


OF_A_SERIES = Scope(kind=ScopeKind.SERIES, study_uid=STUDY, series_uid="1")
NOW = START + timedelta(days=30)


@pytest.mark.parametrize(
    ("story", "is_narrower"),
    [
        (Story().given("record,teaching").given("record,teaching,print"), False),
        (Story().given("record,teaching").amended("print"), False),
        (Story().given("record,teaching").given("record,teaching"), False),
        (Story().given("record,teaching,print").given("record,teaching"), True),
        (Story().given("record,teaching").given("record,teaching,print", declined="internet"), True),
        (Story().given("record,print").given("record,print", conditions=p.Conditions(named_publication="x")), True),
        (Story().given("record,teaching").given("record,teaching", valid_from=NOW.date() + timedelta(9)), True),
        (Story().given("record,teaching").given("record", at=NOW), True),
        (Story().given("record,teaching").given("teaching", scope=OF_A_SERIES), False),
        (Story().given("record,teaching").withdrawn("internet"), True),
        (Story().given("record,teaching").then(EventType.DECEASED_NOTED, p.DeceasedNoted()), True),
        (Story().given("record,teaching").then(EventType.CAPACITY_ASSESSED, UNABLE), True),
        (Story().given("record,teaching").then(EventType.REPRESENTATIVE_ADDED, GUARDIAN), False),
    ],
)  # fmt: skip
def test_a_yes_to_more_narrows_nothing_and_a_yes_to_less_or_on_other_terms_does(story, is_narrower):
    assert narrows(story.events, ITEM, NOW, BORN) is is_narrower
