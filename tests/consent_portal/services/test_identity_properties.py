"""Sequences of what people say and find, with wrong, shared and several numbers: nobody's words open another's study.

Each theme has to find the fault by itself when the rule that it stands for is taken out, so its sequences are of few
studies, which meet often: `shared` for what is set aside under a number of two people, `joined` for merges and the no
that is copied to each joined number, `late` for the head of the record that a form carries. That a form's token is used
once is held by tests/consent_portal/web/frame.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent_portal.ledger.checks import Refusal
from consent_portal.ledger.levels import Level, LevelState
from consent_portal.services import queries
from tests.consent_portal.services.world import MEANS, NUMBERS, PEOPLE, STUDIES, World

A_NUMBER, EITHER, SOMEBODY = st.sampled_from(NUMBERS), st.booleans(), st.sampled_from(PEOPLE)
ANNAS = ("1.1", "1.2", "1.3")


def say(uid):
    return st.tuples(st.just("say"), uid, EITHER, EITHER)


def shared(uid):
    """What is said under numbers that two people share, or that were wrong."""
    tell = st.tuples(st.just("tell"), uid, A_NUMBER)
    return st.one_of(tell, say(uid), st.tuples(st.just("say"), uid, st.just(True), st.just(True)), unnamed(uid))


def unnamed(uid):
    return st.tuples(st.just("unnamed"), uid)


def joined(uid):
    """What is said while numbers are one person's, and when they are taken apart again."""
    both = st.tuples(st.sampled_from(["merge", "unmerge"]), uid, uid)
    no_to_all = st.tuples(st.just("say"), uid, st.just(False), st.just(True))
    return st.one_of(both, both, no_to_all, say(uid))


def found(uid):
    """What is said of studies whose details are a slip, or another's, until somebody finds whose they are."""
    about = st.tuples(st.sampled_from(["confirm", "separate", "undo", "correct"]), uid)
    return st.one_of(about, about, shared(uid), joined(uid))


def late(uid):
    """Forms that are filled in and sent later, and the no that is said meanwhile."""
    fill_in = st.tuples(st.just("fill_in"), uid, st.sampled_from(sorted(MEANS)), EITHER)
    send = st.tuples(st.just("send"), SOMEBODY)
    return st.one_of(fill_in, send, send, st.tuples(st.just("say"), uid, st.just(False), EITHER))


EVERYONE = tuple(sorted(STUDIES))


@st.composite
def lives(draw, doings, uids):
    """Draw two or three studies, the number and the words with which each begins, and what happens then."""
    cast = draw(st.lists(st.sampled_from(uids), min_size=2, max_size=3, unique=True))
    numbers = NUMBERS * 2 if doings is joined else [draw(A_NUMBER) for _uid in cast]
    told = [("tell", uid, number) for uid, number in zip(cast, numbers, strict=False)]
    agreed = [("say", uid, True, False) for uid in cast if draw(EITHER)]
    merged = [("merge", *cast[:2])] if doings is joined and draw(EITHER) else []
    return [*told, *agreed, *merged, *draw(st.lists(doings(st.sampled_from(cast)), min_size=4, max_size=10))]


def lived(examples, doings, uids):
    """Give a test that many lives of a theme, of a few of the studies: few, so that one thing meets the other."""
    few = settings(max_examples=examples, suppress_health_check=[HealthCheck.function_scoped_fixture])
    return lambda test: few(given(sequence=lives(doings, uids))(test))


@lived(40, shared, EVERYONE)
def test_no_words_under_a_shared_or_wrong_number_open_another_persons_study(database, sequence):
    live_and_forget(database, sequence)


@lived(90, joined, ANNAS)
def test_no_merge_and_no_parting_opens_a_study_that_its_patient_refused(database, sequence):
    live_and_forget(database, sequence)


@lived(40, found, EVERYONE)
def test_no_finding_of_who_is_who_opens_a_study_that_its_patient_refused_or_was_not_asked_about(database, sequence):
    live_and_forget(database, sequence)


@lived(50, late, ANNAS)
def test_no_form_that_is_sent_late_opens_what_was_refused_meanwhile(database, sequence):
    live_and_forget(database, sequence)


def live_and_forget(database, sequence):
    with database.writing() as session:
        live(session, sequence)
        session.rollback()


def do(world, act, *operands):
    """Do one thing that people do; what the rules refuse leaves everything as it was."""
    named = [uid for uid in operands if isinstance(uid, str) and uid in STUDIES]
    if act == "tell" or all(world.study(uid) for uid in named):
        getattr(world, act)(*operands)


OPENING = [("tell", "1.1", "X"), ("tell", "1.2", "X"), ("tell", "1.4", "Y"), ("say", "1.1", True, False)]
"""So that what follows has something to lose."""


def live(session, sequence):
    """Do one thing after the other; whatever is refused on the way, no study is open against its own patient."""
    world = World(session)
    for act in sequence:
        try:
            do(world, *act)
        except Refusal:
            continue
        finally:
            world.check()
    return world


SHARED = [("tell", "1.1", "X"), ("tell", "1.4", "X")]
TOLD = [
    [*SHARED, ("say", "1.4", True, True)],
    [("tell", "1.4", "X"), ("say", "1.4", True, True), ("tell", "1.1", "X"), ("tell", "1.2", "X")],
    [*SHARED, ("say", "1.1", True, False), ("tell", "1.1", "Y"), ("tell", "1.4", "Y")],
    [("tell", "1.1", "X"), ("tell", "1.2", "Y"), ("say", "1.2", True, False), ("merge", "1.1", "1.2"),
     ("say", "1.1", False, True), ("unmerge", "1.1", "1.2")],
    [("tell", "1.1", "X"), ("say", "1.1", True, True), ("tell", "1.6", "X")],
    [*SHARED, ("separate", "1.4"), ("say", "1.4", True, True), ("undo", "1.4")],
    [*SHARED, ("unnamed", "1.4"), ("separate", "1.4")],
    [*SHARED, ("unnamed", "1.4"), ("tell", "1.4", "Y")],
    [("tell", "1.1", "X"), ("unnamed", "1.1"), ("tell", "1.6", "X")],
    [("tell", "1.1", "X"), ("say", "1.1", True, True), ("tell", "1.4", "X"), ("tell", "1.3", "X"), ("confirm", "1.3")],
    [("tell", "1.4", "X"), ("tell", "1.7", "X"), ("say", "1.7", True, False), ("correct", "1.7"), ("confirm", "1.7")],
    [("tell", "1.1", "X"), ("tell", "1.2", "Y"), ("tell", "1.7", "X"), ("merge", "1.1", "1.2"),
     ("say", "1.1", True, True), ("separate", "1.7"), ("tell", "1.7", "Y")],
    [("tell", "1.1", "X"), ("tell", "1.2", "X"), ("tell", "1.1", "Y"), ("say", "1.2", True, False),
     ("say", "1.1", False, True), ("tell", "1.1", "X")],
    [*OPENING, ("fill_in", "1.1", "record", False), ("say", "1.1", False, False), ("send", PEOPLE[0])],
    [("tell", "1.1", "X"), ("tell", "1.2", "Y"), ("say", "1.2", True, False), ("merge", "1.1", "1.2"),
     ("say", "1.1", False, True)],
]  # fmt: skip


@pytest.mark.parametrize("sequence", TOLD)
def test_what_went_wrong_once_stays_right(database, sequence):
    with database.writing() as session:
        live(session, sequence)


@pytest.mark.parametrize("no", [("say", "1.1", False, False), ("say", "1.2", False, True)])
@pytest.mark.parametrize("means", ["record", "amend"])
def test_a_yes_from_before_a_no_is_refused_and_one_from_after_it_opens(database, means, no):
    again, send = ("fill_in", "1.1", means, False), ("send", PEOPLE[0])
    with database.writing() as session:
        late = live(session, [*OPENING, again, no, send])
        assert queries.status(session, late.study("1.1")).state(Level.TEACHING) is not LevelState.ACCEPTED
        after = live(session, [again, send])
        assert queries.status(session, after.study("1.1")).state(Level.TEACHING) is LevelState.ACCEPTED
