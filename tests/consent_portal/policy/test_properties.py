"""Properties that hold for every story and every request, not only for those somebody thought of."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import EventType
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.ledger.scope import Scope
from consent_portal.policy.decide import decide
from consent_portal.policy.facts import AttestedFacts, RequestFacts, SubjectFacts
from tests.support.consent import OTHER_STUDY, POLICY, START, STUDY, Story

SCOPES = (Scope.patient(), Scope.study(STUDY), Scope.study(OTHER_STUDY))
some_levels = st.sets(st.sampled_from(list(Level)), min_size=1).map(tuple)
scopes = st.sampled_from(SCOPES)
hours = st.integers(min_value=0, max_value=400)
grantors = st.sampled_from([p.Grantor(), p.Grantor(kind=p.GrantorKind.PARENTAL_RESPONSIBILITY, name="G")])
conditions = st.sampled_from([
    p.Conditions(),
    p.Conditions(purposes=("research",)),
    p.Conditions(commercial=True, commercial_data="d", commercial_confidentiality="c"),
    p.Conditions(named_publication="atlas"),
])  # fmt: skip


def grants(kind):
    return st.builds(
        lambda accepted, declined, scope, hour, grantor, tied: (
            kind,
            p.Given(
                levels=dict.fromkeys(accepted, LevelState.ACCEPTED) | dict.fromkeys(declined, LevelState.DECLINED),
                requesting_clinician="Dr",
                discussed_on=START.date(),
                capacity=p.Capacity(answer=p.CapacityAnswer.YES),
                grantor=grantor,
                conditions=tied,
            ),
            scope,
            hour,
        ),
        some_levels, st.sets(st.sampled_from(list(Level))), scopes, hours, grantors, conditions,
    )  # fmt: skip


refusals = st.one_of(
    st.builds(
        lambda levels, scope, hour: (EventType.WITHDRAWN, p.Withdrawn(levels=levels), scope, hour),
        some_levels,
        scopes,
        hours,
    ),
    st.builds(
        lambda levels, scope, hour: (EventType.REFUSED, p.Refused(levels=levels), scope, hour),
        some_levels,
        scopes,
        hours,
    ),
    st.builds(
        lambda levels, scope, hour: (EventType.OBJECTION, p.Objection(levels=levels), scope, hour),
        some_levels,
        scopes,
        hours,
    ),
)
notes = st.builds(lambda scope, hour: (EventType.DECEASED_NOTED, p.DeceasedNoted(), scope, hour), scopes, hours)
tellings = st.lists(st.one_of(grants(EventType.GIVEN), grants(EventType.AMENDED), refusals, notes), max_size=7)

known_facts = st.sets(st.sampled_from([
    "inside", "reason", "ethics", "coded", "secure-environment", "several-organisations", "protocol", "undertaking",
    "board-approval", "archive-recipient", "caldicott-approval", "keep-identity", "collection", "consent-texts",
])).map(frozenset)  # fmt: skip
attested = st.builds(
    AttestedFacts,
    st.sampled_from(["yes", "maybe", "no", None]),
    st.sampled_from(["yes", "no", None]),
    st.sampled_from(["yes", "no", None]),
    st.sampled_from([True, False, None]),
)
requests = st.builds(
    RequestFacts,
    purpose=st.sampled_from([*POLICY.purposes, "unheard-of"]),
    role=st.sampled_from([*POLICY.roles, "unheard-of"]),
    taking_away=st.booleans(),
    attested=attested,
    facts=known_facts,
    publication=st.sampled_from(["", "atlas"]),
    slides_shared=st.sampled_from(["no", "print", "internet"]),
)
kinds = st.sampled_from(list(POLICY.kinds.kinds.values()))


def told(events):
    story = Story()
    for kind, payload, scope, hour in events:
        story.then(kind, payload, scope=scope, at=START + timedelta(hours=hour))
    return story


def answer(story, request, kind, *, face=False):
    facts = SubjectFacts(kind, face, story.status(START + timedelta(hours=1000)))
    return decide([facts], request, POLICY)


@settings(max_examples=400)
@given(tellings, refusals, requests, kinds)
def test_adding_a_refusal_never_makes_an_answer_milder(events, refusal, request, kind):
    before = answer(told(events), request, kind).outcome
    after = answer(told([*events, refusal]), request, kind).outcome
    assert after.strictness >= before.strictness


@settings(max_examples=200)
@given(tellings, requests, kinds)
def test_a_withdrawal_that_comes_last_closes_all_secondary_uses(events, request, kind):
    story = told(events).then(
        EventType.WITHDRAWN, p.Withdrawn(), scope=Scope.patient(), at=START + timedelta(hours=500)
    )
    decision = answer(story, request, kind)
    purpose = POLICY.purposes.get(request.purpose)
    assert str(decision.outcome) == "deny" or (purpose and purpose.is_care)


@given(st.sampled_from(list(Level)))
def test_no_level_implies_another(level):
    story = Story().given(str(level))
    assert {one for one in Level if story.state(one) == "accepted"} == {level, Level.RECORD}


@settings(max_examples=300)
@given(tellings, requests, kinds)
def test_an_unknown_kind_is_never_treated_more_mildly(events, request, kind):
    story = told(events)
    known = answer(story, request, kind).outcome
    unknown = answer(story, request, POLICY.kinds.from_text("something new")).outcome
    assert unknown.strictness >= known.strictness


@settings(max_examples=300)
@given(tellings, requests, kinds)
def test_a_worse_answer_to_a_question_never_makes_the_decision_milder(events, request, kind):
    story = told(events)
    asked = request.attested
    worse = replace(
        request,
        attested=AttestedFacts(
            "maybe", asked.unusual_finding, asked.damage_or_distress, asked.motivated_intruder_checked
        ),
    )
    if asked.identifiable == "no":
        assert answer(story, worse, kind).outcome.strictness >= answer(story, request, kind).outcome.strictness
    unanswered = replace(request, attested=AttestedFacts())
    assert answer(story, unanswered, kind).outcome.strictness >= answer(story, request, kind).outcome.strictness


@settings(max_examples=300)
@given(tellings, requests, kinds)
def test_a_rebuildable_face_never_makes_the_decision_milder(events, request, kind):
    story = told(events)
    assert answer(story, request, kind, face=True).outcome.strictness >= answer(story, request, kind).outcome.strictness


@settings(max_examples=200)
@given(tellings, kinds, attested, st.booleans())
def test_direct_care_is_always_permitted_to_who_gives_it(events, kind, answers, face):
    request = RequestFacts("direct-care", "clinician", taking_away=True, attested=answers)
    decision = answer(told(events), request, kind, face=face)
    assert (str(decision.outcome), decision.profile) == ("permit", "D0")


@settings(max_examples=200)
@given(tellings, requests, kinds)
def test_an_unknown_purpose_or_role_is_always_denied(events, request, kind):
    story = told(events)
    assert str(answer(story, replace(request, purpose="unheard-of"), kind).outcome) == "deny"
    assert str(answer(story, replace(request, role="unheard-of"), kind).outcome) == "deny"


@settings(max_examples=200)
@given(tellings, requests, kinds)
def test_the_same_facts_always_give_the_same_answer(events, request, kind):
    assert answer(told(events), request, kind) == answer(told(events), request, kind)
