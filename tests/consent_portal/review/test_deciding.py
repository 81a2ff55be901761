"""A person's decision about an image: one act, on one basis, until it is stale."""

import pytest

from consent_portal.ledger import payloads as p
from consent_portal.registers import studies
from consent_portal.review import deciding, drafting, lists, telling
from consent_portal.review.areas import Area
from consent_portal.review.drafting import DraftWanted
from consent_portal.review.model import Outcome, Reviewer, State
from consent_portal.review.refusals import NotPossible
from consent_portal.services import consent
from consent_portal.services.target import Target
from tests.consent_portal.review.conftest import ANNE, BEN, SITE, images_of, key_of, told
from tests.support.api import STUDY
from tests.support.consent import given as said
from tests.support.held_images import fingerprint, held_image

NAME, NEW = Area(10, 10, 110, 30), Area(0, 0, 50, 20)
RELEASE = DraftWanted((NAME, NEW), Outcome.RELEASE)


def draw(session, image, wanted=RELEASE, who=ANNE):
    return drafting.save(session, image.study, image.id, wanted, image.draft.revision, who, SITE)


def seen(session):
    return {one.id: one.draft.revision for one in images_of(session)}


def decide(session, who=ANNE):
    return deciding.decide(session, key_of(session), seen(session), who, SITE)


def test_what_the_machine_is_sure_of_is_drawn_and_the_rest_is_offered(session):
    assert told(session, held_image()) == (fingerprint("one"),)
    (image,) = images_of(session)
    assert image.draft.areas == (NAME,)
    assert [one.area for one in image.offered] == [Area(300, 400, 360, 420, 2)]
    assert (image.state, image.draft.revision) == (State.WAITING, 0)


def test_a_decision_reaches_the_engine_with_its_areas(session):
    told(session, held_image())
    draw(session, images_of(session)[0])
    act = decide(session)
    assert (act.released, act.withheld) == (1, 0)
    answered = telling.answered(session, [STUDY])
    assert answered.waiting == ()
    (one,) = answered.decisions
    assert (one.image, one.basis) == (fingerprint("one"), fingerprint("basis of one"))
    assert (one.outcome, one.areas, one.role) == ("release", (NEW, NAME), "clinician")
    assert told(session, held_image()) == ()


def test_it_never_counts_for_another_basis(session):
    told(session, held_image())
    draw(session, images_of(session)[0])
    decide(session)
    changed = held_image(basis=fingerprint("another"))
    assert told(session, changed) == (fingerprint("one"),)
    answered = telling.answered(session, [STUDY])
    assert (answered.decisions, answered.waiting) == ((), (fingerprint("one"),))


def test_what_another_rule_holds_of_the_image_waits_beside_what_was_decided(session):
    told(session, held_image())
    draw(session, images_of(session)[0])
    decide(session)
    face = held_image(basis=fingerprint("a face"), rule="face")
    assert told(session, face) == (fingerprint("one"),)
    answered = telling.answered(session, [STUDY])
    assert {one.basis for one in answered.decisions} == {fingerprint("basis of one")}
    assert answered.waiting == (fingerprint("one"),)
    assert [one.state for one in images_of(session)] == [State.DECIDED, State.WAITING]


def test_a_face_is_answered_for(session):
    told(session, held_image(rule="face"))
    draw(session, images_of(session)[0], DraftWanted((), Outcome.RELEASE))
    with pytest.raises(NotPossible, match="held for a face"):
        decide(session)
    draw(session, images_of(session)[0], DraftWanted((), Outcome.RELEASE, no_face=True))
    assert decide(session).released == 1


def test_what_is_recorded_of_the_consent_since_asks_again(session):
    told(session, held_image())
    draw(session, images_of(session)[0])
    decide(session)
    study = studies.by_uid(session, STUDY)
    consent.withdraw(session, Target.study(study.patient_key, study.study_uid), p.Withdrawn(), "illustrator")
    answered = telling.answered(session, [STUDY])
    assert (answered.decisions, answered.waiting) == ((), (fingerprint("one"),))
    (image,) = images_of(session)
    assert (image.state, image.decided.stale, image.draft.outcome) == (State.WAITING, True, None)


def test_a_yes_to_more_asks_nobody_again_and_a_yes_to_less_does_for_good(session):
    told(session, held_image())
    study = studies.by_uid(session, STUDY)
    target = Target.study(study.patient_key, study.study_uid)
    consent.record(session, target, said("record,teaching"), "illustrator")
    draw(session, images_of(session)[0])
    decide(session)
    consent.record(session, target, said("record,teaching,print"), "illustrator")
    assert len(telling.answered(session, [STUDY]).decisions) == 1
    assert images_of(session)[0].state is State.DECIDED
    consent.record(session, target, said("record,print"), "illustrator")
    assert telling.answered(session, [STUDY]).decisions == ()
    consent.record(session, target, said("record,teaching,print"), "illustrator")
    assert telling.answered(session, [STUDY]).decisions == ()
    assert images_of(session)[0].state is State.WAITING


def test_an_image_that_another_decided_is_not_decided_again(session):
    told(session, held_image())
    draw(session, images_of(session)[0])
    before = seen(session)
    decide(session, BEN)
    with pytest.raises(NotPossible, match="ben decided this image meanwhile: release"):
        deciding.decide(session, key_of(session), before, ANNE, SITE)


def test_an_image_that_changed_is_not_decided_as_it_was(session):
    told(session, held_image())
    draw(session, images_of(session)[0])
    before = seen(session)
    told(session, held_image(basis=fingerprint("another")))
    with pytest.raises(NotPossible, match="changed since it was held"):
        deciding.decide(session, key_of(session), before, ANNE, SITE)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (DraftWanted((), Outcome.WITHHOLD), "Say why"),
        (DraftWanted((), Outcome.RELEASE, recognisable=True), "recognisable"),
        (DraftWanted((), None), "no image has an outcome"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_recorded(session, wanted, says):
    told(session, held_image())
    draw(session, images_of(session)[0], wanted)
    with pytest.raises(NotPossible, match=says):
        decide(session)
    assert telling.answered(session, [STUDY]).decisions == ()


def test_a_decision_that_is_taken_back_counts_no_more_and_the_image_waits_again(session):
    told(session, held_image())
    (image,) = images_of(session)
    draw(session, image)
    decide(session)
    deciding.take_back(session, image.study, image.id, reason="a name was overlooked", reviewer=BEN, site=SITE)
    answered = telling.answered(session, [STUDY])
    assert (answered.decisions, answered.waiting) == ((), (fingerprint("one"),))
    assert told(session, held_image()) == (fingerprint("one"),)
    (again,) = images_of(session)
    assert (again.state, again.draft.outcome, again.draft.reason) == (State.WAITING, None, "")
    assert again.draft.areas == (NEW, NAME)
    assert lists.how_many_wait(session) == 1
    draw(session, again, who=BEN)
    decide(session, BEN)
    assert [one.outcome for one in telling.answered(session, [STUDY]).decisions] == ["release"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_a_decision_is_taken_back_with_a_reason_alone(session, reason):
    told(session, held_image())
    (image,) = images_of(session)
    draw(session, image)
    decide(session)
    with pytest.raises(NotPossible):
        deciding.take_back(session, image.study, image.id, reason=reason, reviewer=BEN, site=SITE)
    assert len(telling.answered(session, [STUDY]).decisions) == 1


def test_nobody_takes_back_what_nobody_decided_or_what_their_role_does_not_decide(session):
    told(session, held_image())
    (image,) = images_of(session)
    with pytest.raises(NotPossible, match="Nothing stands"):
        deciding.take_back(session, image.study, image.id, reason="why", reviewer=BEN, site=SITE)
    draw(session, image)
    decide(session)
    guardian = Reviewer("carol", "caldicott-guardian")
    with pytest.raises(NotPossible, match="role"):
        deciding.take_back(session, image.study, image.id, reason="why", reviewer=guardian, site=SITE)
