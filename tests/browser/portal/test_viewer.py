"""The viewer in a real browser, over the engine's own pictures: mouse, touch, keys, no script, narrow, dark."""

import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.portal.conftest import Place
from tests.browser.portal.test_every_page import VIEWS, grave
from tests.support.looking import Looking, recording, running, settings_of, tell
from tests.support.portal import PortalHome, engine_over_http, running_archive, served

pytestmark = pytest.mark.browser
TOKEN = "pictures" * 6
COLUMNS, ROWS = 240, 180
NARROW = VIEWS["320 pixels wide, which is 1280 at 400 %"]
FORCED = {"forced_colors": "active", "viewport": {"width": 1280, "height": 900}}
LOOKS = {"dark": VIEWS["dark"], "narrow": NARROW, "forced colours": FORCED}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with running_archive(tmp_path_factory.mktemp("orthanc")) as archive:
        looking = Looking(archive.orthanc, tmp_path_factory.mktemp("engine"), TOKEN)
        with running(looking):
            yield looking, archive


@pytest.fixture(scope="module")
def place(engine, tmp_path_factory):
    looking, archive = engine
    folder = tmp_path_factory.mktemp("portal") / "home"
    home = PortalHome(folder, archive.orthanc.url, archive.orthanc.auth, in_portal=settings_of(looking)).make()
    (home.folder / "secrets" / "pictures-token").write_text(TOKEN)
    with served(home.prepare()):
        yield Place(home, archive, engine_over_http(home), {}, {})


@pytest.fixture
def study(engine, place):
    """Two recordings of twelve frames with a name in them; gives the study's patient name."""
    looking, _archive = engine
    given = uuid.uuid4().hex[:8].upper()
    first = recording(frames=12, PatientName=f"QUIRKLEBY^{given}")
    same = {name: first[name].value for name in ("PatientName", "StudyInstanceUID", "SeriesInstanceUID")}
    looking.upload(recording(frames=12, InstanceNumber=2, **same))
    tell(place.home, looking.hold(looking.upload(first)))
    return given


@pytest.fixture(scope="module")
def known():
    """The cookies of those who have signed in, by role: once is enough for a module."""
    return {}


@pytest.fixture
def visit(visit, known):
    """As ever, but nobody signs in twice."""

    def as_role(role, **options):
        if role in known:
            return visit(storage_state=known[role], **options)
        page = visit(role, **options)
        known[role] = page.context.storage_state()
        return page

    return as_role


def open_first(page, place, study):
    """Open the first image of a study, by the pages."""
    page.goto(f"{place.url}/images")
    with page.expect_navigation():
        page.locator(f"tr:has-text('{study}') a").click()
    with page.expect_navigation():
        page.locator(".contact a").first.click()
    page.locator(".viewer").evaluate("viewer => viewer.scrollIntoView({ behavior: 'instant' })")


def on_the_picture(page, x, y):
    """Return where a stored pixel lies on the screen."""
    box = page.locator("[data-sheet]").bounding_box()
    return box["x"] + box["width"] * x / COLUMNS, box["y"] + box["height"] * y / ROWS


def area(page, number):
    """Return the numbers of an area in the list."""
    row = page.locator("[data-areas] > li").nth(number - 1)
    return [int(row.locator(f"[name={name}]").input_value()) for name in ("left", "top", "width", "height")]


def near(numbers, wanted, by=2):
    return all(abs(one - other) <= by for one, other in zip(numbers, wanted, strict=True))


def drag(page, begin, *through):
    page.mouse.move(*on_the_picture(page, *begin))
    page.mouse.down()
    for place in through:
        page.mouse.move(*on_the_picture(page, *place), steps=3)
    page.mouse.up()


def frame(page, number):
    return page.locator(f"[data-picture][data-frame='{number}']")


def test_by_mouse(visit, place, study):
    page = visit("medical-illustration", viewport={"width": 1280, "height": 1000})
    open_first(page, place, study)
    expect(page.locator(".viewer-rectangle")).to_have_count(1)
    drag(page, (100, 100), (120, 110), (140, 120))
    drawn = area(page, 2)
    assert near(drawn, [100, 100, 40, 20])
    drag(page, (120, 110), (130, 120))
    moved = area(page, 2)
    assert near(moved, [110, 110, 40, 20])
    assert moved[2:] == drawn[2:], "it is moved and not resized"
    handle = page.locator(".viewer-chosen .viewer-handle-se").bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(*on_the_picture(page, 180, 150), steps=4)
    page.mouse.up()
    assert area(page, 2)[:2] == moved[:2]
    assert near(area(page, 2)[2:], [70, 40], by=8), "it is resized"
    for expected in (moved, drawn):
        page.locator("[data-undo]").click()
        assert area(page, 2) == expected
    page.locator("[data-redo]").click()
    page.mouse.move(*on_the_picture(page, 60, 60))
    page.mouse.wheel(0, 100)
    expect(frame(page, 2)).to_be_visible()
    page.locator("[data-cover]").click()
    expect(page.locator("[data-picture][data-covered='yes']")).to_be_visible()
    expect(page.locator(".viewer-rectangle").first).to_be_hidden()
    page.locator("[data-cover]").click()
    expect(page.locator("[data-picture][data-covered='']")).to_be_visible()
    page.mouse.move(*on_the_picture(page, 60, 60))
    page.mouse.down(button="right")
    page.mouse.move(*on_the_picture(page, 90, 80), steps=4)
    page.mouse.up(button="right")
    assert float(page.locator("#window-width").input_value()) > 256
    page.get_by_role("button", name="Larger").click()
    expect(page.locator("[data-says]")).to_contain_text("125 per cent")
    page.get_by_label("It may leave, with the areas covered").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save and go to the next").click()
    expect(page.locator("h1")).to_contain_text("Image 2")


def test_by_keys_and_the_focus_is_never_lost(visit, place, study):
    page = visit("medical-illustration", **VIEWS["dark"])
    open_first(page, place, study)
    page.locator("[data-stage]").focus()
    for key, number in (("ArrowRight", 2), ("End", 12), ("Home", 1), ("PageDown", 11), ("Home", 1)):
        page.keyboard.press(key)
        expect(frame(page, number)).to_be_visible()
    page.keyboard.press("Enter")
    assert area(page, 2) == [96, 81, 48, 18]
    expect(page.locator(".viewer-rectangle").nth(1)).to_be_focused()
    for key in ("ArrowRight", "Control+ArrowDown", "Shift+ArrowRight"):
        page.keyboard.press(key)
    assert area(page, 2) == [98, 82, 50, 18]
    expect(page.locator("[data-says]")).to_contain_text("98 from the left, 82 from the top, 50 wide, 18 high")
    page.keyboard.press("Delete")
    expect(page.locator(".viewer-rectangle")).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.locator("[data-stage]")).to_be_focused()
    expect(page.get_by_text("Nothing will be covered.")).to_be_visible()
    page.keyboard.press("Control+z")
    assert area(page, 1) == [8, 6, 142, 18]
    page.locator("[data-areas] [name=left]").fill("20")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Area 1: 20 from the left, 6 from the top, 142 wide")).to_be_visible()
    page.get_by_role("button", name="Delete area 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Add an area")).to_be_focused()
    page.get_by_role("button", name="Cover it (place 2)").focus()
    page.keyboard.press("Enter")
    expect(frame(page, 3)).to_be_visible()
    assert area(page, 1) == [180, 150, 52, 20]


def swipe(page, *through):
    """Draw a finger over the picture."""
    finger = page.context.new_cdp_session(page)
    points = [on_the_picture(page, *one) for one in through]
    for at, (x, y) in enumerate(points):
        kind = "touchMove" if at else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_by_touch(visit, place, study):
    page = visit("medical-illustration", has_touch=True, is_mobile=True, viewport={"width": 412, "height": 800})
    open_first(page, place, study)
    drawing = page.locator("[data-draw]")
    expect(drawing).to_have_attribute("aria-pressed", "false")
    drawing.tap()
    swipe(page, (60, 80), (90, 100), (140, 130))
    expect(page.locator(".viewer-rectangle")).to_have_count(2)
    drawn = area(page, 2)
    assert near(drawn, [60, 80, 80, 50])
    swipe(page, (100, 105), (105, 110), (120, 125))
    assert near(area(page, 2), [drawn[0] + 20, drawn[1] + 20, *drawn[2:]]), "it is moved"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_without_script(visit, place, study):
    page = visit("medical-illustration", java_script_enabled=False, viewport={"width": 1280, "height": 900})
    open_first(page, place, study)
    with page.expect_navigation():
        page.get_by_role("link", name="Next frame").click()
    expect(page.locator("[data-at]")).to_have_text("Frame 2 of 12")
    with page.expect_navigation():
        page.get_by_role("button", name="Add an area").click()
    page.locator("[data-areas] [name=left]").nth(1).fill("30")
    with page.expect_navigation():
        page.get_by_role("button", name="Show as it would leave").click()
    assert "30.81.78.99.a" in page.locator("[data-picture]").get_attribute("src")
    expect(page.locator("[data-at]")).to_have_text("Frame 2 of 12")
    with page.expect_navigation():
        page.get_by_role("button", name="Take back the last save").click()
    assert area(page, 2)[0] == 96


def test_a_cine_plays_only_when_asked_and_stops(visit, place, study):
    page = visit("clinician", reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    open_first(page, place, study)
    expect(page.locator("[data-rate]")).to_have_value("1")
    page.locator("[data-rate]").select_option("30")
    page.get_by_role("button", name="Play").click()
    expect(page.locator("[data-at]")).not_to_have_text("Frame 1 of 12")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-says]")).to_contain_text("Stopped at frame")


@pytest.mark.parametrize("view", LOOKS)
def test_the_pages_of_images_are_accessible_and_fit(visit, place, study, view):
    page = visit("medical-illustration", **LOOKS[view])
    open_first(page, place, study)
    page.locator("[data-areas] button").first.focus()
    for one in page.locator("details").all():
        one.evaluate("details => { details.open = true; }")
    for address in (page.url, page.url.split("?")[0], f"{place.url}/images"):
        page.goto(address) if page.url != address else None
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        assert grave(page) == [], address


def test_the_second_reviewer_looks_and_cannot_draw(visit, place, engine):
    looking, archive = engine
    job = str(uuid.uuid4())
    subject = looking.subject(archive.ct)
    place.engine.ask(subject, place.engine.request("clinician", "clinician", "internet"), job=job)
    looking.seal(job, [recording(frames=3), recording(frames=1), recording(frames=1)])
    page = visit("caldicott-guardian", **NARROW)
    page.goto(f"{place.url}/reviews")
    with page.expect_navigation():
        page.locator("tbody a").first.click()
    page.locator("[data-stage]").focus()
    page.keyboard.press("ArrowRight")
    expect(frame(page, 2)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".viewer-rectangle")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert grave(page) == []
    page.get_by_label("Approve: it may be handed over").check()
    page.fill("#password", place.home.passwords["caldicott-guardian"])
    with page.expect_navigation():
        page.get_by_role("button", name="Record my decision").click()
    expect(page.locator(".flash")).to_contain_text("Approved.")
