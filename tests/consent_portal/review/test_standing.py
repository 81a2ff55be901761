"""How an image stands: whatever happens in whatever order, a decision counts for what was looked at alone."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent_portal.clock import to_text, utc_now
from consent_portal.contract import DecisionRequest
from consent_portal.database import sight_of_request
from consent_portal.ledger import payloads as p
from consent_portal.registers import studies
from consent_portal.registers.rows import StudyRow
from consent_portal.registers.sight import Sight
from consent_portal.review import deciding, drafting, lists, telling
from consent_portal.review.areas import Area
from consent_portal.review.drafting import DraftWanted
from consent_portal.review.model import Outcome, Reviewer, State
from consent_portal.review.refusals import NotPossible, Unknown
from consent_portal.services import consent, decisions, identity
from consent_portal.services.target import Target
from consent_portal.tasks.sight import narrow
from tests.consent_portal.review.conftest import ANNE, SITE, images_of, key_of, told
from tests.support.api import PHOTO, STUDY, a_decision_request, a_subject
from tests.support.consent import given as said
from tests.support.held_images import fingerprint, held_image

JOB = "22222222-2222-4222-8222-222222222222"
RELEASE = DraftWanted((Area(0, 0, 9, 9),), Outcome.RELEASE)


def decide(session, image, wanted=RELEASE, who=ANNE):
    saved = drafting.save(session, image.study, image.id, wanted, image.draft.revision, who, SITE)
    return deciding.decide(session, image.study, {image.id: saved.draft.revision}, who, SITE)


def target(session):
    study = studies.by_uid(session, STUDY)
    return Target.study(study.patient_key, study.study_uid)


def agreed(session):
    """Let the patient agree, and a job be permitted for teaching."""
    subject = a_subject(contents=(PHOTO,))
    asked = DecisionRequest.model_validate_json(json.dumps(a_decision_request("teaching", subject, job=JOB)))
    studies.register(session, asked.subjects[0])
    consent.record(session, target(session), said("record,teaching"), "illustrator")
    assert decisions.answer(session, asked, SITE).decision.outcome == "permit"


def test_the_same_again_changes_its_ticket_and_who_waits_and_nothing_else(session):
    told(session, held_image())
    (before,) = images_of(session)
    later = to_text(utc_now() + timedelta(days=40))
    told(session, held_image(ticket="a newer ticket", why="x", proposed=[]), job=JOB, until=later)
    (after,) = images_of(session)
    assert (after.id, after.why, after.proposed, after.told_at) == (
        before.id, before.why, before.proposed, before.told_at
    )  # fmt: skip
    assert (after.ticket, after.until) == ("a newer ticket", later)
    assert [one.job for one in after.waiters] == [*(one.job for one in before.waiters), JOB]


def test_past_its_date_it_waits_no_more_and_nobody_decides_it(session):
    told(session, held_image(), until=to_text(utc_now() - timedelta(seconds=1)))
    (image,) = images_of(session)
    assert image.state is State.ENDED
    assert telling.answered(session, [STUDY]).waiting == ()
    assert lists.work_list(session, SITE) == ()
    with pytest.raises(NotPossible, match="is past"):
        decide(session, image)


def test_a_withdrawal_while_somebody_draws_is_said_and_nothing_is_recorded(session):
    agreed(session)
    told(session, held_image(), job=JOB)
    (image,) = images_of(session)
    saved = drafting.save(session, image.study, image.id, RELEASE, 0, ANNE, SITE)
    consent.withdraw(session, target(session), p.Withdrawn(), "illustrator")
    with pytest.raises(NotPossible, match=r"not needed any more, and nothing of yours was recorded\. .*withdrew"):
        deciding.decide(session, image.study, {image.id: saved.draft.revision}, ANNE, SITE)
    assert images_of(session)[0].state is State.WITHDRAWN
    assert lists.work_list(session, SITE) == ()
    assert telling.answered(session, [STUDY]).decisions == ()


def test_the_work_list_counts_what_waits_by_study(session):
    told(session, held_image("a"), held_image("b", rule="face"), held_image("c", "1.2.3"))
    decide(session, images_of(session)[0], DraftWanted((), Outcome.WITHHOLD, reason="a name", no_face=True))
    listed = {one.study.study_uid: one for one in lists.work_list(session, SITE)}
    assert {uid: (one.waiting, one.decided) for uid, one in listed.items()} == {STUDY: (1, 1), "1.2.3": (1, 0)}
    assert [one.user for one in listed[STUDY].waiters] == ["dr-who"]
    assert lists.how_many_wait(session) == 2


def test_another_departments_images_are_not_there(place):
    database = place()
    narrow()
    with database.writing() as session:
        told(session, held_image("ours", "1.1"), held_image("theirs", "1.2"))
        for uid, of in (("1.1", "heart"), ("1.2", "skin")):
            row = session.get_one(StudyRow, key_of(session, uid))
            row.departments, row.departments_by = of, "now"
        ours, theirs = images_of(session, "1.1")[0], images_of(session, "1.2")[0]
        decide(session, theirs)
        told(session, held_image("theirs", "1.2", basis=fingerprint("new")))
    token = sight_of_request.set(Sight("anne", frozenset({"heart"}), "now"))
    try:
        with database.reading() as session:
            assert [one.study.study_uid for one in lists.work_list(session, SITE)] == ["1.1"]
            assert lists.of_study(session, theirs.study, SITE) == ()
            assert lists.one(session, theirs.study, theirs.id, SITE) is None
            assert lists.one(session, ours.study, ours.id, SITE).id == ours.id
            assert lists.how_many_wait(session) == 1
        with database.writing() as session, pytest.raises(Unknown):
            drafting.save(session, theirs.study, theirs.id, RELEASE, 0, Reviewer("anne", "clinician"), SITE)
    finally:
        sight_of_request.reset(token)
        database.close()


def test_a_study_found_to_be_another_persons_is_asked_about_again(session):
    told(session, held_image())
    decide(session, images_of(session)[0])
    assert telling.answered(session, [STUDY]).decisions
    finding = identity.Finding("The records office says so.", ("name", "birth-date"))
    identity.separate(session, studies.by_uid(session, STUDY), finding, "guardian")
    answered = telling.answered(session, [STUDY])
    assert (answered.decisions, answered.waiting) == ((), (fingerprint("one"),))


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("tell"), st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from(["writing", "face"])),
        st.tuples(st.just("decide"), st.integers(0, 3), st.integers(1, 9)),
        st.just(("record",)),
    ),
    max_size=14,
)


@settings(max_examples=20)
@given(acts=ACTS)
def test_a_decision_counts_for_its_own_basis_until_something_is_recorded(place, acts):
    database, stand = place(), {}
    with database.writing() as session:
        told(session, held_image("first"))
        for what, *how in acts:
            if what == "tell":
                name, basis, rule = how
                pair = fingerprint(name), fingerprint(f"{basis} {rule}")
                waiting = told(session, held_image(name, basis=pair[1], rule=rule))
                assert (waiting == ()) == (pair in stand)
            elif what == "decide":
                which, size = how
                waiting = [one for one in images_of(session) if one.is_open]
                for image in waiting[which : which + 1]:
                    decide(session, image, DraftWanted((Area(0, 0, size, size),), Outcome.RELEASE, no_face=True))
                    stand[image.image, image.basis] = size
            else:
                consent.refuse(session, target(session), p.Refused(levels=()), "illustrator")
                stand.clear()
            answered = telling.answered(session, [STUDY])
            told_now = {(one.image, one.basis): one.areas for one in answered.decisions}
            assert all(areas == (Area(0, 0, stand[pair], stand[pair]),) for pair, areas in told_now.items())
            live = {(one.image, one.basis): one.state for one in images_of(session)}
            assert {pair for pair, state in live.items() if state is State.DECIDED} == set(told_now)
            assert {image for (image, _basis), state in live.items() if state is State.WAITING} == set(answered.waiting)
    database.close()
