"""How events combine into the answer for each level (policy.md, "Combining")."""

from datetime import UTC, date, datetime, timedelta

import pytest

from consent_portal.ledger import payloads as p
from consent_portal.ledger.events import EventType
from consent_portal.ledger.levels import LABELS, Level, LevelState
from consent_portal.ledger.scope import Item, Scope, ScopeKind
from tests.support.consent import OTHER_STUDY, START, STUDY, Story

PATIENT = Scope.patient()
SERIES = Scope(kind=ScopeKind.SERIES, study_uid=STUDY, series_uid="1.2.3.1")
PARENT = p.Grantor(kind=p.GrantorKind.PARENTAL_RESPONSIBILITY, name="C. Example")


def states(story, **more):
    return {str(level): story.state(level, **more) for level in Level}


def test_the_labels_are_those_of_the_paper_forms():
    assert list(LABELS.values()) == [
        "Record only",
        "Teaching, examination & other educational purposes",
        "Publication in printed materials",
        "Publication on the internet for educational purposes",
    ]
    assert [level.number for level in Level] == [1, 2, 3, 4]


def test_where_nothing_was_recorded_nobody_was_asked():
    assert set(states(Story()).values()) == {"not asked"}


def test_a_level_that_the_form_does_not_name_is_not_chosen():
    assert states(Story().given("record,teaching")) == {
        "record": "accepted",
        "teaching": "accepted",
        "print": "not chosen",
        "internet": "not chosen",
    }


def test_print_does_not_imply_internet_nor_teaching():
    assert states(Story().given("print")) == {
        "record": "accepted",
        "teaching": "not chosen",
        "print": "accepted",
        "internet": "not chosen",
    }


def test_all_nine_answers_can_be_told_apart():
    cases = {
        "accepted": Story().given("teaching"),
        "declined": Story().given("record", "teaching"),
        "unknown": Story().then(EventType.GIVEN, _answering(LevelState.UNKNOWN)),
        "not asked": Story(),
        "not chosen": Story().given("record"),
        "withdrawn": Story().given("teaching").withdrawn(),
        "invalidated": Story().given("teaching").invalidated("event-1"),
        "refused": Story().refused(),
        "expired": Story().given("teaching", valid_to=date(2025, 3, 2)),
    }
    assert {name: story.state("teaching") for name, story in cases.items()} == {name: name for name in cases}
    assert set(cases) == {str(state) for state in LevelState}


def _answering(state):
    return p.Given(
        levels={Level.RECORD: LevelState.ACCEPTED, Level.TEACHING: state},
        requesting_clinician="Dr",
        discussed_on=date(2025, 3, 1),
        capacity=p.Capacity(answer=p.CapacityAnswer.YES),
    )


def test_a_withdrawal_of_one_level_leaves_the_others():
    story = Story().given("record,teaching,internet").withdrawn("internet")
    assert states(story) == {
        "record": "accepted",
        "teaching": "accepted",
        "print": "not chosen",
        "internet": "withdrawn",
    }


def test_a_later_consent_for_the_same_study_lifts_the_withdrawal():
    story = Story().given("record,teaching").withdrawn().given("record,teaching")
    assert states(story)["teaching"] == "accepted"
    assert states(story)["print"] == "withdrawn"


def test_a_wider_consent_does_not_lift_a_narrower_refusal():
    story = Story().refused("teaching", scope=Scope.study(STUDY)).given("record,teaching", scope=PATIENT)
    assert story.state("teaching") == "refused"


def test_a_narrower_consent_lifts_a_wider_refusal_for_its_own_study_only():
    story = Story().refused(scope=PATIENT).given("record,teaching", scope=Scope.study(STUDY))
    assert story.state("teaching") == "accepted"
    assert story.state("teaching", item=Item(study_uids=frozenset({OTHER_STUDY}))) == "refused"


def test_a_refusal_of_one_series_counts_for_its_study_and_a_consent_for_one_series_does_not():
    assert Story().given("teaching").refused("teaching", scope=SERIES).state("teaching") == "refused"
    assert Story().given("teaching", scope=SERIES).state("teaching") == "not asked"


def test_a_patient_wide_withdrawal_covers_every_study():
    story = Story().given("teaching", scope=Scope.study(OTHER_STUDY)).withdrawn(scope=PATIENT)
    assert story.state("teaching", item=Item(study_uids=frozenset({OTHER_STUDY}))) == "withdrawn"


def test_an_old_form_entered_after_the_withdrawal_does_not_lift_it():
    story = Story().given("teaching").withdrawn()
    story.given("teaching", at=START)
    assert story.state("teaching") == "withdrawn"


def test_at_the_very_same_moment_the_refusal_wins():
    story = Story().withdrawn(at=START).given("teaching", at=START)
    assert story.state("teaching") == "withdrawn"


def test_a_no_counts_from_the_moment_it_is_recorded_whatever_its_date_says():
    story = Story().given("teaching").withdrawn(at=START + timedelta(days=30))
    assert story.state("teaching", at=START + timedelta(days=29)) == "withdrawn"
    assert story.state("teaching", at=START + timedelta(days=31)) == "withdrawn"


def test_a_yes_that_is_dated_later_does_not_count_yet():
    story = Story().given("teaching", at=START + timedelta(days=30))
    assert story.state("teaching", at=START + timedelta(days=29)) == "not asked"
    assert story.state("teaching", at=START + timedelta(days=31)) == "accepted"


def test_an_amendment_changes_the_levels_it_names_and_no_others():
    story = Story().given("record,teaching", "print").amended("internet", about="event-1")
    assert states(story) == {"record": "accepted", "teaching": "accepted", "print": "declined", "internet": "accepted"}


def test_a_new_form_that_is_silent_on_a_level_ends_the_earlier_agreement_and_never_a_refusal():
    story = Story().given("record,teaching", "print").given("record")
    assert states(story)["teaching"] == "not chosen"
    assert states(story)["print"] == "declined"


def test_what_was_entered_in_error_no_longer_counts_and_the_earlier_record_does_again():
    story = Story().given("record,teaching").withdrawn().invalidated("event-2")
    assert story.state("teaching") == "accepted"


def test_a_representative_who_was_removed_cannot_agree():
    who = p.Representative(name="G. Example", kind=p.GrantorKind.DEPUTY)
    deputy = p.Grantor(kind=p.GrantorKind.DEPUTY, name="g. example ")
    story = Story().then(EventType.REPRESENTATIVE_ADDED, who).given("teaching", grantor=deputy)
    assert story.state("teaching") == "accepted"
    removed = Story().then(EventType.REPRESENTATIVE_REMOVED, who).given("teaching", grantor=deputy)
    assert removed.state("teaching") == "unknown"
    refused = Story().refused("teaching").then(EventType.REPRESENTATIVE_REMOVED, who).given("teaching", grantor=deputy)
    assert refused.state("teaching") == "refused"


def test_a_representative_removed_by_a_clock_that_was_ahead_cannot_agree_either():
    who = p.Representative(name="G. Example", kind=p.GrantorKind.DEPUTY)
    deputy = p.Grantor(kind=p.GrantorKind.DEPUTY, name="G. Example")
    ahead = START + timedelta(days=2)
    added = Story().then(EventType.REPRESENTATIVE_ADDED, who)
    removed = added.then(EventType.REPRESENTATIVE_REMOVED, who, at=ahead).given("teaching", grantor=deputy)
    assert removed.state("teaching") == "unknown"
    again = removed.then(EventType.REPRESENTATIVE_ADDED, who).given("teaching", grantor=deputy)
    assert again.state("teaching") == "accepted"
    assert again.given("teaching", grantor=deputy, at=ahead + timedelta(hours=1)).state("teaching") == "accepted"


def test_what_a_representative_said_before_being_removed_goes_on_counting():
    who = p.Representative(name="G. Example", kind=p.GrantorKind.DEPUTY)
    deputy = p.Grantor(kind=p.GrantorKind.DEPUTY, name="G. Example")
    story = Story().given("teaching", grantor=deputy).then(EventType.REPRESENTATIVE_REMOVED, who)
    assert story.state("teaching") == "accepted"


def test_consent_that_has_not_begun_does_not_count():
    story = Story().given("teaching", valid_from=date(2025, 7, 1))
    assert story.state("teaching", at=datetime(2025, 6, 30, 22, 30, tzinfo=UTC)) == "not chosen"
    assert story.state("teaching", at=datetime(2025, 6, 30, 23, 30, tzinfo=UTC)) == "accepted"


def test_the_last_day_ends_at_midnight_british_summer_time():
    story = Story().given("teaching", valid_to=date(2025, 7, 31))
    assert story.state("teaching", at=datetime(2025, 7, 31, 22, 59, tzinfo=UTC)) == "accepted"
    assert story.state("teaching", at=datetime(2025, 7, 31, 23, 1, tzinfo=UTC)) == "expired"


def test_the_last_day_ends_at_midnight_in_winter():
    story = Story().given("teaching", valid_to=date(2025, 12, 31))
    assert story.state("teaching", at=datetime(2025, 12, 31, 23, 59, tzinfo=UTC)) == "accepted"
    assert story.state("teaching", at=datetime(2026, 1, 1, 0, 1, tzinfo=UTC)) == "expired"


def test_a_parents_consent_waits_for_the_young_person_from_the_sixteenth_birthday():
    story = Story(birth_date=date(2010, 6, 15)).given("record,teaching", grantor=PARENT)
    assert story.state("teaching", at=datetime(2026, 6, 14, 22, 59, tzinfo=UTC)) == "accepted"
    after = datetime(2026, 6, 14, 23, 1, tzinfo=UTC)
    assert story.state("teaching", at=after) == "expired"
    assert story.state("record", at=after) == "accepted"
    assert story.status(at=after).maturity_review_due


def test_a_young_persons_own_consent_does_not_wait():
    story = Story(birth_date=date(2010, 6, 15)).given("record,teaching")
    assert story.state("teaching", at=datetime(2027, 1, 1, tzinfo=UTC)) == "accepted"


def test_a_parents_consent_without_a_date_of_birth_waits_too():
    assert Story(birth_date=None).given("teaching", grantor=PARENT).state("teaching") == "expired"


def test_a_daughters_consent_for_her_old_father_does_not_wait():
    daughter = p.Grantor(kind=p.GrantorKind.LASTING_POWER_OF_ATTORNEY, name="H. Example")
    assert Story(birth_date=date(1940, 1, 1)).given("teaching", grantor=daughter).state("teaching") == "accepted"


def test_an_episode_is_matched_by_its_number_and_an_unknown_one_only_by_refusals():
    episode = Scope(kind=ScopeKind.EPISODE, episode="E-7")
    inside = Item(study_uids=frozenset({STUDY}), episode="E-7")
    outside = Item(study_uids=frozenset({STUDY}), episode="E-8")
    assert Story().given("teaching", scope=episode).state("teaching", item=inside) == "accepted"
    assert Story().given("teaching", scope=episode).state("teaching", item=outside) == "not asked"
    assert Story().given("teaching", scope=episode).state("teaching") == "not asked"
    assert Story().refused("teaching", scope=episode).state("teaching") == "refused"


def test_a_span_of_dates_covers_the_studies_within():
    span = Scope(kind=ScopeKind.PATIENT, date_from=date(2024, 1, 1), date_to=date(2024, 12, 31))
    within = Item(study_uids=frozenset({STUDY}), study_date=date(2024, 6, 1))
    after = Item(study_uids=frozenset({STUDY}), study_date=date(2025, 6, 1))
    undated = Item(study_uids=frozenset({STUDY}))
    given, refused = Story().given("teaching", scope=span), Story().refused("teaching", scope=span)
    assert [given.state("teaching", item=item) for item in (within, after, undated)] == [
        "accepted",
        "not asked",
        "not asked",
    ]
    assert [refused.state("teaching", item=item) for item in (within, after, undated)] == [
        "refused",
        "not asked",
        "refused",
    ]


def test_under_the_same_accession_number_a_refusal_holds_for_another_study_and_a_grant_does_not():
    scope = Scope.study(OTHER_STUDY, "ACC-1")
    item = Item(study_uids=frozenset({STUDY}), accession="ACC-1")
    assert Story().refused("teaching", scope=scope).state("teaching", item=item) == "refused"
    assert Story().given("teaching", scope=scope).state("teaching", item=item) == "not asked"


@pytest.mark.parametrize("kind", [ScopeKind.STUDY, ScopeKind.SERIES, ScopeKind.INSTANCE, ScopeKind.EPISODE])
def test_a_scope_must_name_what_it_is_about(kind):
    with pytest.raises(ValueError, match="needs"):
        Scope(kind=kind)


def test_the_explanation_and_the_death_are_seen():
    story = Story().then(EventType.EXPLAINED, p.Explained(leaflet_version="1.2"))
    story.then(EventType.DECEASED_NOTED, p.DeceasedNoted())
    assert story.status().explained
    assert story.status().deceased


def test_the_young_persons_own_form_ends_the_wait_and_their_amendment_only_for_the_levels_it_names():
    born = date(2008, 6, 15)
    child, grown = datetime(2020, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    story = Story(born).given("record,teaching,print", grantor=PARENT, at=child).given("record,teaching", at=grown)
    assert not story.status().maturity_review_due
    assert (story.state("teaching"), story.state("print")) == ("accepted", "not chosen")
    story = Story(born).given("teaching,print", grantor=PARENT, at=child).amended("record,teaching", at=grown)
    assert (story.state("teaching"), story.state("print")) == ("accepted", "expired")


@pytest.mark.parametrize(
    ("born", "capacity", "stands"),
    [(1970, "no", "expired"), (2008, "yes", "expired"), (2008, "no", "accepted"), (2015, "yes", "accepted")],
)
def test_a_parent_decides_for_a_child_and_for_nobody_older(born, capacity, stands):
    found = p.Capacity(answer=p.CapacityAnswer(capacity))
    story = Story(date(born, 1, 1)).given("record,teaching", grantor=PARENT, capacity=found)
    assert story.state("teaching", at=START + timedelta(days=1)) == stands


def test_a_consent_that_has_not_begun_does_not_lift_a_withdrawal():
    story = Story().withdrawn().given("record,teaching", valid_from=date(2027, 1, 1))
    assert story.state("teaching") == "withdrawn"
