"""The display register: what hangs where, its photograph, and what needs a visit (R85)."""

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from tests.consent_portal.web.notices.published import publish
from tests.support.clocks import today

REGISTER = "/department/displays"
LONG_AGO = date(2026, 1, 5)
HERE = {
    "place": "Waiting room, Level 2",
    "kind": "poster",
    "paper": "a3",
    "language": "en",
    "version": "1",
    "since": LONG_AGO.isoformat(),
    "review_by": (today() + timedelta(days=90)).isoformat(),
}


@pytest.fixture
def illustrator(portal):
    return portal.reader("medical-illustration")


@pytest.fixture(scope="module")
def clerk(lasting):
    """Somebody whose every attempt must fail, where a version is published."""
    publish(lasting)
    return lasting.reader("medical-illustration")


def words(page):
    return page.get_data(as_text=True).replace("&#39;", "'")


def a_photograph():
    held, notes = io.BytesIO(), Image.Exif()
    notes[0x010F], notes[0x0112] = "Camera of QUIRKLEBY", 6  # maker; turned to the right
    Image.new("RGB", (3000, 2000), "#406080").save(held, "JPEG", exif=notes)
    return held.getvalue()


def test_a_place_is_entered_with_a_photograph_that_holds_nothing_but_the_picture(portal, illustrator):
    publish(portal)
    illustrator.send(f"{REGISTER}/new", **HERE, photograph=(io.BytesIO(a_photograph()), "IMG_1.jpg"))
    page = words(illustrator.open(REGISTER))
    assert "Waiting room, Level 2" in page
    assert "Poster, A3, English" in page
    assert "Up to date" in page
    kept = portal.reader("caldicott-guardian").open(f"{REGISTER}/1/photograph.jpg").data
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (1067, 1600), {})
    assert b"QUIRKLEBY" not in kept
    other = io.BytesIO()
    Image.new("RGB", (40, 30)).save(other, "PNG")
    illustrator.send(f"{REGISTER}/1", **HERE, photograph=(io.BytesIO(other.getvalue()), "IMG_2.png"))
    assert illustrator.open(f"{REGISTER}/1/photograph.jpg").data != kept
    with portal.parts.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notice_photograph").scalar() == 1


def test_what_hangs_there_after_a_new_version_or_past_its_day_needs_a_visit(portal, illustrator):
    publish(portal)
    overdue = {**HERE, "place": "Ward 4", "review_by": (LONG_AGO + timedelta(days=1)).isoformat()}
    for one in (HERE, overdue):
        illustrator.send(f"{REGISTER}/new", **one)
    assert "1 place needs a visit" in words(illustrator.open(REGISTER))
    assert '<span class="count">1</span> is waiting' in words(illustrator.open("/"))
    publish(portal, phone="01632 960999")
    assert "2 places need a visit" in words(illustrator.open(REGISTER))
    early = illustrator.send(f"{REGISTER}/1", **HERE, taken_down="2026-01-01")
    assert "Taken down on: is before it was put up." in words(early)
    illustrator.send(f"{REGISTER}/1", **{**HERE, "version": "2"})
    illustrator.send(f"{REGISTER}/2", **overdue, taken_down=today().isoformat())
    page = words(illustrator.open(REGISTER))
    assert "needs a visit</h2>" not in page
    assert "Taken down" in page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"place": " "}, "Enter where it hangs."),
        ({"review_by": "2026-01-01"}, "must be after"),
        ({"since": "2999-01-01"}, "must be today or in the past"),
        ({"paper": "a5"}, "is made on"),
        ({"photograph": (io.BytesIO(b"GIF89a not a photograph"), "p.jpg")}, "is not a photograph"),
    ],
    ids=["no place", "looked at before", "tomorrow", "paper", "another file"],
)
def test_a_place_that_cannot_be_is_not_entered(clerk, change, message):
    assert message in words(clerk.send(f"{REGISTER}/new", **{**HERE, **change}))
    assert "The register is empty." in words(clerk.open(REGISTER))


def test_without_a_published_version_there_is_nothing_to_hang_up(illustrator):
    assert "Publish a version of the notices first" in words(illustrator.open(f"{REGISTER}/new"))
