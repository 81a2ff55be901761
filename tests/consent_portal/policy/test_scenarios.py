"""The RCR's four scenarios and the further cases of the policy, as it would answer them."""

from datetime import UTC, date, datetime

import pytest

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import EventType
from consent_portal.policy.facts import AttestedFacts
from consent_portal.policy.load import in_force
from tests.support.consent import FAVOURABLE, POLICY, Story, answered, ask_policy, given, subject

OUTSIDE = ("reason",)
COMMERCIAL = p.Conditions(
    commercial=True,
    commercial_data="abdominal CT slices without dates",
    commercial_confidentiality="kept in a closed network, never sold on",
)


def rules(decision):
    return {reason.rule for reason in decision.reasons}


# Scenario 1: magnetic resonance for a new research question


def test_imaging_patients_for_a_hypothesis_is_denied_and_names_protocol_sheet_and_form():
    decision = ask_policy("research-capture")
    assert str(decision.outcome) == "deny"
    assert all(
        word in decision.reasons[0].text for word in ("protocol", "participant information sheet", "consent form")
    )


def test_imaging_under_a_protocol_is_permitted_for_who_signed_that_project():
    signed = Story().given("record", conditions=p.Conditions(research_project="knee-study"))
    facts = (*OUTSIDE, "ethics", "protocol")
    assert answered("research-capture", subject(story=signed), facts=facts, project="knee-study") == "permit D3"
    assert answered("research-capture", subject(story=signed), facts=facts, project="hip-study") == "deny"
    assert answered("research-capture", subject(), facts=facts, project="knee-study") == "deny"


def test_existing_images_with_ethics_approval_need_no_consent_and_without_it_they_stay():
    assert answered("research", facts=(*OUTSIDE, "ethics")) == "permit D3"
    assert answered("research", facts=OUTSIDE) == "deny"


def test_research_without_ethics_is_denied_whatever_the_consent():
    keen = Story().given("record,teaching,print,internet", conditions=p.Conditions(purposes=("research",)))
    assert answered("research", subject(story=keen), facts=OUTSIDE) == "deny"
    assert answered("research", subject(story=keen), facts=(*OUTSIDE, "ethics")) == "permit D3"


# Scenario 2: a drug company and body fat


def test_a_company_without_ethics_is_denied():
    assert answered("commercial", subject(story=Story().given("record", conditions=COMMERCIAL))) == "deny"


def test_a_company_with_ethics_but_without_consent_must_ask():
    assert answered("commercial", facts=(*OUTSIDE, "ethics")) == "ask"


def test_a_company_with_ethics_and_explicit_consent_may_have_publication_strength_images():
    story = Story().given("record", conditions=COMMERCIAL)
    assert answered("commercial", subject(story=story), facts=(*OUTSIDE, "ethics")) == "permit D3"


@pytest.mark.parametrize("blank", ["commercial_data", "commercial_confidentiality"])
def test_a_company_asks_when_either_text_of_the_consent_is_blank(blank):
    story = Story().given("record", conditions=COMMERCIAL.model_copy(update={blank: "  "}))
    assert answered("commercial", subject(story=story), facts=(*OUTSIDE, "ethics")) == "ask"


def test_agreement_to_teaching_is_no_agreement_to_a_company():
    story = Story().given("record,teaching,print,internet")
    assert answered("commercial", subject(story=story), facts=(*OUTSIDE, "ethics")) == "ask"


def test_a_patient_who_said_no_to_companies_is_not_asked_again():
    story = Story().given("record,teaching", conditions=p.Conditions(commercial=False))
    assert answered("commercial", subject("x-rays", story), facts=("ethics",)) == "deny"
    assert answered("teaching", subject("x-rays", story)) == "permit D3"


def test_a_company_gets_nothing_by_another_door():
    story = Story().given("record,teaching")
    assert answered("teaching", subject(story=story), facts=("reason", "commercial-recipient")) == "deny"


# Scenario 3: a conference lecture and a workshop


def test_a_chest_scan_on_a_slide_is_permitted_at_publication_strength():
    assert answered("lecture", facts=OUTSIDE) == "permit D3"


def test_the_same_scan_in_the_workshop_must_be_clean_inside_as_well():
    assert answered("handout", facts=OUTSIDE) == "permit D4"


def test_an_unusual_finding_is_asked_about_even_without_identifiers():
    unusual = AttestedFacts("no", "yes", "no", motivated_intruder_checked=True)
    decision = ask_policy("lecture", facts=OUTSIDE, attested=unusual)
    assert str(decision.outcome) == "ask"
    assert "R28" in rules(decision)


def test_an_unusual_finding_may_be_shown_where_the_patient_agreed():
    unusual = AttestedFacts("no", "yes", "no", motivated_intruder_checked=True)
    story = Story().given("record,teaching")
    assert answered("lecture", subject(story=story), attested=unusual) == "permit D3"


def test_a_lecture_recorded_online_needs_the_internet_level_too():
    teaching_only = subject("photo", Story().given("record,teaching"))
    both = subject("photo", Story().given("record,teaching,internet"))
    assert answered("lecture", teaching_only, slides_shared="internet") == "ask"
    decision = ask_policy("lecture", both, slides_shared="internet")
    assert (str(decision.outcome), decision.profile, decision.level) == ("permit", "D3", "internet")
    assert decision.needs_review


# Scenario 4: radiomics and cytogenetics of five organisations


def test_several_organisations_without_ethics_are_denied():
    assert answered("research", facts=(*OUTSIDE, "several-organisations")) == "deny"


def test_several_organisations_with_ethics_join_publication_strength_images_without_consent():
    assert answered("research", facts=(*OUTSIDE, "ethics", "several-organisations")) == "permit D3"


def test_coded_images_do_not_go_to_a_place_that_is_not_registered():
    facts = (*OUTSIDE, "ethics", "several-organisations", "coded")
    assert answered("research", facts=facts) == "deny"
    assert answered("research", facts=(*OUTSIDE, "ethics", "coded")) == "deny"


def test_coded_images_go_to_an_audited_secure_environment_under_contract():
    facts = (*OUTSIDE, "ethics", "several-organisations", "coded", "secure-environment")
    assert answered("research", facts=facts) == "permit D2"
    assert answered("research", facts=(*OUTSIDE, "ethics", "coded", "secure-environment")) == "permit D2"


# Further cases


def test_blacked_out_eyes_change_nothing():
    """There is no answer by which masked eyes could lower what the requester must say (R31)."""
    masked = AttestedFacts("maybe", "no", "no", motivated_intruder_checked=True)
    assert answered("teaching", subject("photo"), attested=masked) == "ask"
    assert "eyes_masked" not in AttestedFacts.__dataclass_fields__


def test_levels_two_and_four_do_not_permit_print():
    story = Story().given("record,teaching,internet")
    for purpose, wanted in (("teaching", "permit D3"), ("internet", "permit D3"), ("print", "ask")):
        assert answered(purpose, subject("photo", story)) == wanted


def test_level_one_alone_blocks_all_others_for_photographs_and_asks_for_x_rays():
    story = Story().given("record")
    for purpose in ("teaching", "handout", "exam", "lecture", "print", "internet", "service-evaluation"):
        decision = ask_policy(purpose, subject("photo", story))
        assert str(decision.outcome) == "ask"
        assert "R38" in rules(decision)
        assert answered(purpose, subject("x-rays", story)) == "ask"


def test_a_declined_level_is_a_refusal():
    story = Story().given("record,teaching", declined="internet")
    assert answered("internet", subject("x-rays", story)) == "deny"
    assert answered("teaching", subject("x-rays", story)) == "permit D3"


def test_a_representative_amends_and_the_use_becomes_possible():
    mother = p.Grantor(kind=p.GrantorKind.LASTING_POWER_OF_ATTORNEY, name="B. Example")
    story = Story().given("record")
    assert answered("teaching", subject("photo", story)) == "ask"
    story.amended("teaching", grantor=mother, about="event-1")
    assert answered("teaching", subject("photo", story)) == "permit D3"


def test_a_child_who_turns_sixteen_is_asked_before_further_use():
    parent = p.Grantor(kind=p.GrantorKind.PARENTAL_RESPONSIBILITY, name="C. Example")
    story = Story(birth_date=date(2010, 6, 15)).given("record,teaching", grantor=parent)
    before, after = datetime(2026, 6, 14, 12, tzinfo=UTC), datetime(2026, 6, 15, 12, tzinfo=UTC)
    assert answered("teaching", subject("photo", story, at=before)) == "permit D3"
    decision = ask_policy("teaching", subject("photo", story, at=after))
    assert str(decision.outcome) == "ask"
    assert any("old enough" in question.whom for question in decision.questions)
    assert answered("teaching", subject("x-rays", story, at=after)) == "ask"
    story.then(
        EventType.REVIEWED_AT_MATURITY,
        p.ReviewedAtMaturity(reviewed_by="Dr D"),
        at=datetime(2026, 6, 15, 13, tzinfo=UTC),
    )
    later = datetime(2026, 6, 16, 12, tzinfo=UTC)
    assert answered("teaching", subject("photo", story, at=later)) == "permit D3"


def test_an_expired_consent_asks_again_even_for_an_x_ray():
    story = Story().given("record,teaching", valid_to=date(2025, 6, 30))
    last, next_day = datetime(2025, 6, 30, 22, 59, tzinfo=UTC), datetime(2025, 6, 30, 23, 1, tzinfo=UTC)
    assert answered("teaching", subject("photo", story, at=last)) == "permit D3"
    for kind in ("photo", "x-rays"):
        decision = ask_policy("teaching", subject(kind, story, at=next_day))
        assert str(decision.outcome) == "ask"
        assert "combining 4" in rules(decision)


def test_a_thin_head_scan_without_consent_asks_and_with_consent_is_permitted():
    decision = ask_policy("teaching", subject(face=True))
    assert str(decision.outcome) == "ask"
    assert "R25" in rules(decision)
    assert answered("teaching", subject(face=True, story=Story().given("record,teaching"))) == "permit D3"


@pytest.mark.parametrize("identifiable", ["maybe", "yes", None])
def test_whoever_may_be_identifiable_is_asked(identifiable):
    attested = AttestedFacts(identifiable, "no", "no", motivated_intruder_checked=True)
    assert "R8" in rules(ask_policy("exam", attested=attested))
    assert answered("exam", attested=attested) == "ask"


@pytest.mark.parametrize("distress", ["yes", None])
def test_use_without_consent_is_not_permitted_where_distress_cannot_be_ruled_out(distress):
    attested = AttestedFacts("no", "no", distress, motivated_intruder_checked=True)
    assert answered("teaching", attested=attested) == "ask"
    assert answered("teaching", subject(story=Story().given("record,teaching")), attested=attested) == "permit D3"


@pytest.mark.parametrize("purpose", ["lecture", "handout", "print", "internet"])
def test_what_leaves_waits_for_the_motivated_intruder_check_even_with_consent(purpose):
    unchecked = AttestedFacts("no", "no", "no", motivated_intruder_checked=False)
    story = Story().given("record,teaching,print,internet")
    assert answered(purpose, subject(story=story), attested=unchecked) == "ask"
    assert answered(purpose, subject(story=story), attested=FAVOURABLE).startswith("permit")


def test_a_live_case_may_be_looked_at_and_never_exported():
    assert answered("live-case", taking_away=False) == "permit D0"
    decision = ask_policy("live-case", taking_away=True)
    assert str(decision.outcome) == "deny"
    assert rules(decision) == {"R34"}


@pytest.mark.parametrize("purpose", ["print", "internet"])
def test_publication_owes_a_second_reviewer(purpose):
    assert ask_policy(purpose, facts=OUTSIDE).needs_review
    assert not ask_policy("teaching").needs_review


def test_a_photograph_for_print_may_go_ahead_where_asking_is_not_practicable_and_the_guardian_approved():
    facts = (*OUTSIDE, "caldicott-approval")
    assert answered("print", subject("photo"), facts=facts) == "permit D3"
    assert answered("print", subject("photo", Story().refused()), facts=facts) == "deny"
    maybe = AttestedFacts("maybe", "no", "no", motivated_intruder_checked=True)
    assert answered("print", subject("photo"), facts=facts, attested=maybe) == "ask"


def test_consent_for_one_named_publication_is_for_that_one_only():
    story = Story().given("record,print", conditions=p.Conditions(named_publication="atlas-2025"))
    assert answered("print", subject("photo", story), publication="atlas-2025") == "permit D3"
    assert answered("print", subject("photo", story), publication="a", publication_title="Atlas-2025 ") == "permit D3"
    assert answered("print", subject("photo", story), publication="journal-7") == "ask"
    assert answered("print", subject("photo", story)) == "ask"


def test_the_training_archive_needs_registered_archive_minute_and_undertaking():
    papers = ("archive-recipient", "board-approval", "undertaking")
    assert answered("external-archive", facts=papers) == "permit D3"
    for missing in papers:
        assert answered("external-archive", facts=[one for one in papers if one != missing]) == "deny"


def test_the_reason_that_stands_in_the_way_is_told_before_the_consent_that_there_is():
    agreed = subject(story=Story().given("record,teaching"))
    reasons = ask_policy("external-archive", agreed, facts=("archive-recipient", "board-approval")).reasons
    assert "undertaking" in reasons[0].text
    assert "R36" in {reason.rule for reason in reasons[1:]}


def test_service_evaluation_is_stricter_outside_than_inside():
    assert answered("service-evaluation", facts=("inside",)) == "permit D2"
    assert answered("learning-discrepancy", facts=()) == "permit D3"


def test_a_patient_who_cannot_decide_is_photographed_for_the_record_only():
    unable = p.CapacityAssessed(capacity=p.Capacity(answer=p.CapacityAnswer.NO))
    story = Story().then(EventType.CAPACITY_ASSESSED, unable)
    decision = ask_policy("teaching", subject("photo", story))
    assert str(decision.outcome) == "ask"
    assert any("recovery" in question.whom for question in decision.questions)
    assert answered("teaching", subject("x-rays", story)) == "permit D3"


def test_consent_that_stands_is_weighed_again_when_the_patient_can_no_longer_decide():
    unable = p.CapacityAssessed(capacity=p.Capacity(answer=p.CapacityAnswer.NO))
    story = Story().given("record,teaching").then(EventType.CAPACITY_ASSESSED, unable)
    assert answered("teaching", subject("photo", story)) == "ask"
    weighed = p.Capacity(answer=p.CapacityAnswer.BEST_INTERESTS, assessor="Dr E")
    deputy = p.Grantor(kind=p.GrantorKind.DEPUTY, name="F. Example")
    story.amended("teaching", capacity=weighed, grantor=deputy)
    assert answered("teaching", subject("photo", story)) == "permit D3"


def test_after_a_death_known_wishes_are_followed():
    died = (EventType.DECEASED_NOTED, p.DeceasedNoted())
    assert answered("teaching", subject("photo", Story().then(*died))) == "ask"
    assert answered("teaching", subject("photo", Story().given("record,teaching").then(*died))) == "permit D3"
    assert answered("teaching", subject("x-rays", Story().refused().then(*died))) == "deny"
    assert answered("teaching", subject("x-rays", Story().then(*died))) == "permit D3"
    assert answered("internet", subject("x-rays", Story().then(*died))) == "ask"


def test_an_old_collection_without_record_keeps_its_photographs():
    assert answered("teaching", subject("photo"), facts=("inside", "collection")) == "deny"
    assert answered("teaching", subject("x-rays"), facts=("inside", "collection")) == "permit D3"


def test_several_studies_get_the_strictest_answer_and_the_reasons_say_which():
    decision = ask_policy("teaching", subject("x-rays"), subject("x-rays", Story().refused()), subject("photo"))
    assert str(decision.outcome) == "deny"
    assert [str(one.outcome) for one in decision.subjects] == ["permit", "deny", "ask"]
    assert decision.reasons
    assert all(reason.text.startswith("Study 2: ") for reason in decision.reasons)


def test_a_contradiction_between_patient_details_is_cleared_up_first():
    assert answered("teaching", subject("x-rays", conflict=True)) == "ask"
    own = Story().given("record,teaching")
    assert answered("teaching", subject("photo", own, conflict=True)) == "permit D3"
    assert answered("print", subject("photo", own, conflict=True)) == "ask"


def test_a_switch_counts_only_when_the_guardian_signed_it():
    key = "not_chosen_para10_permitted"
    story = Story().given("record")
    unsigned = in_force(POLICY, {key: True}, ())
    unwanted = in_force(POLICY, {key: False}, (key,))
    signed = in_force(POLICY, {key: True}, (key,))
    assert answered("teaching", subject("x-rays", story), policy=unsigned) == "ask"
    assert answered("teaching", subject("x-rays", story), policy=unwanted) == "ask"
    assert answered("teaching", subject("x-rays", story), policy=signed) == "permit D3"
    assert answered("teaching", subject("photo", story), policy=signed) == "ask"
    assert signed.version != POLICY.version == unsigned.version


@pytest.mark.parametrize(
    ("key", "purpose", "kind", "story", "facts", "off", "on"),
    [
        ("research_secondary_exempt_from_ethics", "research", "x-rays", Story(), OUTSIDE, "deny", "permit D3"),
        ("commercial_without_consent", "commercial", "x-rays", Story(), ("ethics",), "ask", "permit D3"),
        ("coded_without_contract", "research", "x-rays", Story(), ("ethics", "coded"), "deny", "permit D2"),
        ("refusal_does_not_bind_anonymised", "teaching", "x-rays", Story().refused(), (), "deny", "permit D3"),
        (
            "consented_images_may_stay_identifiable",
            "teaching",
            "photo",
            Story().given("record,teaching"),
            ("keep-identity", "reason"),
            "permit D3",
            "permit D0",
        ),
    ],
)
def test_each_contradiction_has_a_stricter_default_and_a_signed_way_out(key, purpose, kind, story, facts, off, on):
    signed = in_force(POLICY, {key: True}, (key,))
    assert answered(purpose, subject(kind, story), facts=facts) == off
    assert answered(purpose, subject(kind, story), facts=facts, policy=signed) == on


def test_identity_kept_in_teaching_owes_a_second_person():
    key = "consented_images_may_stay_identifiable"
    signed = in_force(POLICY, {key: True}, (key,))
    story = Story().given("record,teaching")
    decision = ask_policy("teaching", subject("photo", story), facts=("keep-identity", "reason"), policy=signed)
    assert decision.needs_review


def test_the_builder_records_what_it_says():
    assert given("record", "print").levels.keys() == {"record", "print"}
