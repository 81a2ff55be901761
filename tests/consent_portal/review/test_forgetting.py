"""Drafts and tickets go when their image is past its date; what somebody decided or still draws stays."""

from datetime import timedelta

from sqlalchemy import select

from consent_portal.clock import to_text, utc_now
from consent_portal.review import deciding, drafting, telling
from consent_portal.review.areas import Area
from consent_portal.review.drafting import DraftWanted
from consent_portal.review.forgetting import AT_ONCE, forget
from consent_portal.review.model import Outcome, State
from consent_portal.review.rows import HeldImageRow, ImageDraftRow
from consent_portal.services import consent
from tests.consent_portal.review.conftest import ANNE, SITE, images_of, told
from tests.consent_portal.review.test_standing import target
from tests.support.api import STUDY
from tests.support.consent import given as said
from tests.support.held_images import fingerprint, held_image

PAST, SOON = (to_text(utc_now() + timedelta(seconds=some)) for some in (-1, 3600))
NAME, NEW = Area(10, 10, 110, 30), Area(0, 0, 50, 20)
RELEASE = DraftWanted((NEW,), Outcome.RELEASE)


def draw(session, image):
    return drafting.save(session, image.study, image.id, RELEASE, image.draft.revision, ANNE, SITE).draft.revision


def pass_by(session, *names):
    """Let the date of images pass."""
    for row in session.scalars(select(HeldImageRow).where(HeldImageRow.image.in_(map(fingerprint, names)))):
        row.until = PAST
    session.flush()


def drafts(session):
    return session.scalars(select(ImageDraftRow.held)).all()


def test_what_is_past_its_date_leaves_no_draft_and_no_ticket_and_the_rest_stays(session):
    told(session, held_image("past"), held_image("live"))
    past, live = sorted(images_of(session), key=lambda one: one.image != fingerprint("past"))
    for image in (past, live):
        draw(session, image)
    pass_by(session, "past")
    assert forget(session) == 1
    assert forget(session) == 0
    assert drafts(session) == [live.id]
    assert {one.id: bool(one.ticket) for one in images_of(session)} == {past.id: False, live.id: True}


def test_what_was_held_anew_leaves_none_of_either(session):
    told(session, held_image())
    draw(session, images_of(session)[0])
    told(session, held_image(basis=fingerprint("another"), ticket="new"))
    assert forget(session) == 1
    assert drafts(session) == []
    assert set(session.scalars(select(HeldImageRow.ticket))) == {"", "new"}


def test_of_a_decided_image_one_state_is_kept_until_its_date_and_the_decision_for_good(session):
    told(session, held_image())
    for _ in range(3):
        draw(session, images_of(session)[0])
    (image,) = images_of(session)
    deciding.decide(session, image.study, {image.id: image.draft.revision}, ANNE, SITE)
    assert len(drafts(session)) == 1
    assert forget(session) == 0
    pass_by(session, "one")
    assert forget(session) == 1
    assert drafts(session) == []
    assert [one.areas for one in telling.answered(session, [STUDY]).decisions] == [(NEW,)]


def test_an_image_that_is_told_of_again_begins_with_what_was_decided_and_not_with_less(session):
    told(session, held_image())
    (image,) = images_of(session)
    deciding.decide(session, image.study, {image.id: draw(session, image)}, ANNE, SITE)
    pass_by(session, "one")
    forget(session)
    consent.record(session, target(session), said("record", declined="internet"), "illustrator")
    assert told(session, held_image(ticket="new"), until=SOON) == (fingerprint("one"),)
    (again,) = images_of(session)
    assert (again.state, again.ticket, again.draft.revision) == (State.WAITING, "new", 0)
    assert (again.draft.areas, again.draft.outcome) == ((NEW,), None)


def test_a_ticket_that_is_gone_is_replaced_though_it_holds_for_less_long(session):
    told(session, held_image())
    told(session, held_image(basis=fingerprint("another")))
    forget(session)
    told(session, held_image(ticket="new"), until=SOON)
    assert [(one.ticket, one.until) for one in images_of(session) if one.is_open] == [("new", SOON)]


def test_many_go_in_parts(session):
    told(session, held_image("one more"), until=PAST)
    told(session, *(held_image(str(number)) for number in range(AT_ONCE)), until=PAST)
    assert [forget(session) for _ in range(3)] == [AT_ONCE, 1, 0]
