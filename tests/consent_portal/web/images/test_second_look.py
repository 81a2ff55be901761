"""The second reviewer sees what would leave, and approves just that or nothing."""

import re
import uuid

import pytest

from consent_portal.tasks import reviews
from tests.consent_portal.web.images.conftest import picture_of, pixels, text_of
from tests.support.looking import recording


@pytest.fixture(scope="module")
def objects():
    return [recording(frames=3), recording(frames=1), recording(frames=1)]


@pytest.fixture
def job(portal, archive):
    """A release to the internet, asked for by a clinician, that nobody has made yet."""
    name = str(uuid.uuid4())
    asked = portal.engine.request("clinician", "clinician", "internet")
    answer = portal.engine.ask(portal.subject(archive.ct), asked, job=name)
    assert answer["review"] == "pending"
    return name


@pytest.fixture
def made(looking, job, objects):
    """The same, made: two of its three objects would leave."""
    looking.seal(job, objects)
    return job


def review_of(portal, reader, job):
    """Return the address of a job's review."""
    with portal.parts.database.reading() as session:
        return f"/reviews/{next(one.id for one in reviews.waiting(session) if one.job == job)}"


def goes(portal, archive, job):
    asked = portal.engine.request("clinician", "clinician", "internet")
    return portal.engine.ask(portal.subject(archive.ct), asked, intent="hand-over", job=job)["outcome"]


def shown_on(page):
    return re.search(r'name="shown" value="([^"]*)"', text_of(page)).group(1)


def test_what_would_leave_is_shown_beside_what_was_answered_and_found(portal, guardian, made):
    page = guardian.open(review_of(portal, guardian, made))
    for words in ("What would leave", "The name was covered", "1 object: a report", "Is there an unusual finding",
                  "found nothing in them that holds them back", "Frame 1 of 3"):  # fmt: skip
        assert words in text_of(page)
    assert text_of(page).count('loading="lazy"') == 2
    assert pixels(guardian.browser.get(picture_of(page))).shape == (180, 240)
    assert "data-areas-form" not in text_of(page), "nothing is drawn on what leaves"


def test_it_is_approved_with_what_was_shown(portal, archive, guardian, made):
    address = review_of(portal, guardian, made)
    page = guardian.open(address)
    picture = picture_of(page)
    fields = {"outcome": "approve", "password": guardian.password}
    assert "Approved." in text_of(guardian.send(address, page=page, shown=shown_on(page), **fields))
    assert goes(portal, archive, made) == "permit"
    guardian.open(picture, expect=410)


@pytest.mark.parametrize("shown", ["", "0" * 64])
def test_it_is_not_approved_by_who_was_shown_nothing_or_something_else(portal, archive, guardian, made, shown):
    address = review_of(portal, guardian, made)
    fields = {"outcome": "approve", "password": guardian.password, "shown": shown}
    page = text_of(guardian.send(address, **fields))
    assert "look again" in page or "have not been shown" in page
    assert goes(portal, archive, made) == "ask"


def test_what_is_not_made_yet_can_be_refused_and_not_approved(portal, archive, guardian, job):
    address = review_of(portal, guardian, job)
    page = text_of(guardian.open(address))
    assert "What would leave cannot be shown now" in page
    assert 'value="approve"' not in page
    forced = text_of(guardian.send(address, outcome="approve", password=guardian.password))
    assert "have not been shown" in forced or "Choose whether" in forced or "not a valid choice" in forced.lower()
    assert goes(portal, archive, job) == "ask"
    guardian.send(address, outcome="refuse", note="Too late", password=guardian.password)
    assert goes(portal, archive, job) == "deny"


def test_a_picture_of_a_release_is_shown_to_its_reader_alone(portal, guardian, illustrator, made):
    address = review_of(portal, guardian, made)
    picture = picture_of(guardian.open(address))
    illustrator.open(picture, expect=403)
    held_back = re.sub(r"/1/frames", "/3/frames", picture)
    guardian.open(held_back, expect=410)
