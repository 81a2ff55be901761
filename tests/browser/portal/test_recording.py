"""A person records consent: by keyboard alone, without script, and with something forgotten."""

import pytest
from playwright.sync_api import expect

from tests.browser.portal.conftest import open_study, sign_in

pytestmark = pytest.mark.browser

ANSWERS = {
    "level_record": "yes",
    "level_teaching": "yes",
    "level_print": "not-chosen",
    "level_internet": "no",
    "manner": "written",
    "grantor": "patient",
    "capacity": "yes",
}
LONGEST_WAY = 120
"""Presses of Tab after which a control counts as out of reach."""


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def tab_to(page, wanted):
    """Go on by Tab until `wanted` (an id, a name or a text) has the focus; every stop on the way must be visible."""
    for _ in range(LONGEST_WAY):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => { const e = document.activeElement, b = e.getBoundingClientRect(), s = getComputedStyle(e);
               return {id: e.id, name: e.name || '', text: e.textContent.trim(), size: b.width * b.height,
                       ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2}; }"""
        )
        assert here["size"] > 0, here
        assert here["ring"], f"no visible focus at {here}"
        if wanted in (here["id"], here["name"], here["text"]):
            return
    raise AssertionError(f"{wanted} cannot be reached by Tab")


def go(page):
    """Press Enter and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def choose(page, name, value):
    """Choose a radio button by arrow keys, as a keyboard user does."""
    tab_to(page, name)
    page.keyboard.press("Space")
    for _ in range(6):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} cannot be chosen by keyboard")


def test_consent_is_recorded_by_keyboard_alone(visit, place, somebody):
    page = visit()
    page.goto(f"{place.url}/login")
    tab_to(page, "username")
    page.keyboard.type("medical-illustration")
    tab_to(page, "password")
    page.keyboard.type(place.home.passwords["medical-illustration"])
    go(page)
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    tab_to(page, "Find a study")
    go(page)
    tab_to(page, "name")
    page.keyboard.type(f"QUIRKLEBY, {somebody}")
    go(page)
    tab_to(page, "Open study 1")
    go(page)
    tab_to(page, "Record consent")
    go(page)
    tab_to(page, "right_patient")
    page.keyboard.press("Space")
    for level in ("level_record", "level_teaching", "level_print", "level_internet"):
        choose(page, level, ANSWERS[level])
    tab_to(page, "requesting_clinician")
    page.keyboard.type("Dr Okafor")
    tab_to(page, "discussed_on")
    page.keyboard.type("05062025")
    for rest in ("manner", "grantor", "capacity"):
        choose(page, rest, ANSWERS[rest])
    tab_to(page, "Record this consent")
    go(page)
    expect(page.locator("text=The consent is recorded.")).to_be_visible()
    expect(page.locator(".level-yes")).to_have_count(2)
    expect(page.locator(".level-no")).to_have_count(1)


def fill(page):
    page.check("#right_patient")
    for name, value in ANSWERS.items():
        page.check(f"input[name={name}][value='{value}']")
    page.fill("#requesting_clinician", "Dr Okafor")
    page.fill("#discussed_on", "2025-06-05")


def test_everything_works_without_script(visit, place, somebody):
    page = visit("medical-illustration", java_script_enabled=False)
    study = open_study(page, place, somebody)
    page.click("text=Record consent")
    fill(page)
    page.click("text=Record this consent")
    expect(page.locator("text=The consent is recorded.")).to_have_count(1)
    page.locator("summary", has_text="Publication in print").click()
    expect(page.locator("details[open] .reasons")).to_be_visible()
    page.goto(f"{place.url}{study}/amend")
    fill(page)
    page.fill("#amend_reason", "Asked again")
    page.click("text=Record the amendment")
    expect(page.locator("text=The amendment is recorded.")).to_have_count(1)
    page.click("text=Sign out")
    page.wait_for_url(f"{place.url}/login*")


def test_a_forgotten_answer_is_found_from_the_summary(visit, place, somebody):
    page = visit("medical-illustration")
    open_study(page, place, somebody)
    page.goto(f"{page.url}/withdraw")
    page.fill("#reason", "No reason given")
    page.click("text=Withdraw this consent")
    expect(page.locator("#error-summary")).to_be_focused()
    page.click("#error-summary a[href='#right_patient']")
    expect(page.locator("#right_patient")).to_be_focused()
    expect(page.locator("#reason")).to_have_value("No reason given")


def test_a_double_click_records_consent_once(visit, place, somebody):
    page = visit("medical-illustration")
    study = open_study(page, place, somebody)
    before = page.locator(".timeline > li").count()
    page.goto(f"{place.url}{study}/withdraw")
    page.check("#right_patient")
    for name, value in (("everything", "all"), ("told_by", "patient"), ("received", "in person"), ("scope", "study")):
        page.check(f"input[name={name}][value='{value}']")
    page.fill("#reason", "No reason given")
    page.dblclick("text=Withdraw this consent")
    page.wait_for_url("**/withdrawn")
    page.goto(f"{place.url}{study}")
    expect(page.locator(".timeline > li")).to_have_count(before + 1)


def test_the_back_button_after_signing_out_shows_no_patient(visit, place, somebody):
    page = visit("clinician")
    open_study(page, place, somebody)
    with page.expect_navigation(url="**/login"):
        page.click("text=Sign out")
    page.go_back()
    expect(page.locator("#username")).to_be_visible()
    assert "QUIRKLEBY" not in page.content()
    sign_in(page, place, "clinician")
