"""What reviewers draw is carried where they say, taken back, and never lost to another without a word."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_portal.review import drafting
from consent_portal.review.areas import Area
from consent_portal.review.drafting import DraftWanted
from consent_portal.review.model import Outcome, Reviewer, Scope
from consent_portal.review.refusals import DraftMoved, NothingToUndo, NotPossible, Unknown
from consent_portal.review.standing import KEPT
from tests.consent_portal.review.conftest import ANNE, BEN, SITE, images_of, key_of, told
from tests.support.held_images import held_image

NAME, NEW, OF_FRAME = Area(10, 10, 110, 30), Area(0, 0, 50, 20), Area(5, 5, 9, 9, 2)


def save(session, image, wanted, who=ANNE):
    return drafting.save(session, image.study, image.id, wanted, image.draft.revision, who, SITE)


def undo(session, image, who=ANNE):
    return drafting.undo(session, image.study, image.id, image.draft.revision, who, SITE)


def series(session):
    """Three of one series, of which the last is smaller, and one like the first in another."""
    told(
        session,
        held_image("a", number=1),
        held_image("b", number=2),
        held_image("c", number=3, rows=100, columns=200),
        held_image("d", number=4, series_uid="1.2.3.5"),
    )
    return images_of(session)


def test_an_older_revision_is_refused_and_shown_what_stands_now(session):
    told(session, held_image())
    (opened,) = images_of(session)
    save(session, opened, DraftWanted((NEW,)), BEN)
    with pytest.raises(DraftMoved, match="changed by ben") as refused:
        save(session, opened, DraftWanted((NAME,)))
    assert refused.value.now.areas == (NEW,)
    assert images_of(session)[0].draft.areas == (NEW,)


def test_the_areas_of_a_frame_are_carried_to_every_frame(session):
    told(session, held_image())
    save(session, images_of(session)[0], DraftWanted((OF_FRAME, replace(NEW, frame=1)), scope=Scope.IMAGE, frame=2))
    assert images_of(session)[0].draft.areas == (Area(5, 5, 9, 9), replace(NEW, frame=1))


@pytest.mark.parametrize(
    ("scope", "reached"), [(Scope.SERIES, [True, False, False]), (Scope.LIKE, [True, False, True])]
)
def test_they_are_carried_to_the_images_that_are_meant_and_fit(session, scope, reached):
    first, *_others = series(session)
    saved = save(session, first, DraftWanted((NEW, NAME), Outcome.RELEASE, scope=scope))
    now = images_of(session)[1:]
    assert [NEW in one.draft.areas for one in now] == reached
    assert [one.draft.outcome is Outcome.RELEASE for one in now] == reached
    assert (saved.carried, saved.not_carried) == (sum(reached), 1 if scope is Scope.SERIES else 0)


def test_what_another_person_drew_or_decided_is_not_overwritten_by_carrying(session):
    first, second, *_rest = series(session)
    save(session, second, DraftWanted((OF_FRAME, NAME), Outcome.WITHHOLD, reason="a face"), BEN)
    save(session, first, DraftWanted((NEW,), Outcome.RELEASE, scope=Scope.SERIES))
    other = images_of(session)[1].draft
    assert set(other.areas) == {NAME, NEW, OF_FRAME}
    assert (other.outcome, other.reason) == (Outcome.WITHHOLD, "a face")


def test_what_somebody_moves_is_moved_wherever_they_carried_it(session):
    first, *_rest = series(session)
    save(session, first, DraftWanted((NEW,), scope=Scope.SERIES))
    save(session, images_of(session)[0], DraftWanted((replace(NEW, right=60),), scope=Scope.SERIES))
    assert images_of(session)[1].draft.areas == (replace(NEW, right=60),)


def test_undoing_takes_back_what_was_carried_but_nothing_that_came_after(session):
    first, *_rest = series(session)
    save(session, first, DraftWanted((NEW, NAME), scope=Scope.LIKE))
    save(session, images_of(session)[3], DraftWanted((OF_FRAME,)), BEN)
    undone = undo(session, images_of(session)[0])
    first, second, _third, fourth = images_of(session)
    assert (undone.carried, undone.not_carried) == (1, 0)
    assert first.draft.areas == second.draft.areas == (NAME,)
    assert fourth.draft.areas == (OF_FRAME,)
    with pytest.raises(NothingToUndo):
        undo(session, first)


def test_each_step_is_undone_as_far_as_the_history_goes(session):
    told(session, held_image())
    for number in range(KEPT + 5):
        save(session, images_of(session)[0], DraftWanted((Area(0, 0, number + 1, 1),)))
    for number in reversed(range(KEPT + 4)):
        (image,) = images_of(session)
        if not image.draft.undoable:
            break
        undo(session, image)
        assert images_of(session)[0].draft.areas == (Area(0, 0, number + 1, 1),)
    assert number < KEPT


@pytest.mark.parametrize(
    "area", [Area(0, 0, 641, 10), Area(5, 5, 5, 9), Area(-1, 0, 5, 5), Area(0, 0, 9, 9, 4), Area(9, 9, 2, 2)]
)
def test_an_area_outside_the_image_is_refused(session, area):
    told(session, held_image())
    with pytest.raises(NotPossible, match="outside the image"):
        save(session, images_of(session)[0], DraftWanted((area,)))


@pytest.mark.parametrize("role", ["caldicott-guardian", "trainer", "administrator", "department-admin", ""])
def test_nobody_without_direct_care_draws(session, role):
    told(session, held_image())
    with pytest.raises(NotPossible, match="Your role"):
        save(session, images_of(session)[0], DraftWanted(()), Reviewer("guardian", role))


def test_an_image_is_found_in_its_own_study_alone(session):
    told(session, held_image(), held_image("other", "1.2.3"))
    (image,) = images_of(session)
    with pytest.raises(Unknown):
        drafting.save(session, key_of(session, "1.2.3"), image.id, DraftWanted(()), 0, ANNE, SITE)


SOME = st.builds(
    lambda left, top, width, height, frame: Area(left, top, left + width, top + height, frame),
    st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20), st.sampled_from([None, 0, 3]),
)  # fmt: skip
ACTS = st.lists(
    st.tuples(
        st.sampled_from([ANNE, BEN]),
        st.integers(0, 3),
        st.frozensets(SOME, max_size=3),
        st.sampled_from(list(Scope)),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=20)
@given(acts=ACTS)
def test_two_at_once_never_lose_an_area_of_the_other_without_a_word(place, acts):
    """Each keeps the pages as they opened them; whatever lands is what they saw, plus what was carried."""
    database = place()
    with database.writing() as session:
        opened = dict.fromkeys((ANNE, BEN), series(session))
        for who, which, areas, scope, looks_again in acts:
            if looks_again:
                opened = {**opened, who: images_of(session)}
            before = {one.id: one for one in images_of(session)}
            image = opened[who][which]
            wanted = DraftWanted(tuple(areas), scope=scope)
            if image.draft.revision != before[image.id].draft.revision:
                with pytest.raises(DraftMoved):
                    save(session, image, wanted, who)
                assert {one.id: one.draft for one in images_of(session)} == {
                    key: one.draft for key, one in before.items()
                }
                continue
            save(session, image, wanted, who)
            for one in images_of(session):
                there = before[one.id].draft
                if one.id != image.id and there.by not in {"", who.user}:
                    assert set(there.areas) <= set(one.draft.areas)
    database.close()
