"""A no to a question, and what was entered in error, through their real pages with Chromium."""

import pytest
from playwright.sync_api import expect

from tests.browser.portal.conftest import open_study, place_of_its_own
from tests.browser.portal.test_every_page import VIEWS, grave
from tests.consent_portal.web.consent.test_entries import filled, pdf
from tests.support.clocks import today

pytestmark = pytest.mark.browser


def fill_in(page, fields):
    """Fill in whatever control each field is."""
    page.check("#right_patient")
    for name, value in fields.items():
        control = page.locator(f"[name={name}]").first
        kind = control.get_attribute("type") or control.evaluate("element => element.tagName.toLowerCase()")
        if kind in {"radio", "checkbox"}:
            for one in value if isinstance(value, list) else [value]:
                page.check(f"input[name={name}][value='{one}']")
        elif kind == "select":
            control.select_option(index=int(value)) if value else None
        elif kind == "file":
            control.set_input_files({"name": value, "mimeType": "application/pdf", "buffer": pdf(2)})
        else:
            control.fill(value)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A portal of this module's own: a patient dies here."""
    with place_of_its_own(tmp_path_factory) as made:
        yield made


def test_a_question_goes_from_the_no_to_whoever_asked(visit, place):
    request = place.engine.request("clinician", "clinician", "lecture")
    request["attestations"] = {**request["attestations"], "unusual_finding": "yes"}
    question = place.engine.ask(place.photo, request)["ask_url"]
    answers = visit("medical-illustration")
    answers.goto(question)
    with answers.expect_navigation():
        answers.click("text=The answer was no: record it")
    fill_in(answers, {"said_by": "patient", "requesting_clinician": "Dr Okafor", "said_on": today().isoformat()})
    with answers.expect_navigation():
        answers.click("text=Record the no")
    expect(answers.locator("text=What was recorded")).to_be_visible()
    asker = visit("clinician", **VIEWS["320 pixels wide, which is 1280 at 400 %"])
    told = asker.locator("section", has_text="Answered since you asked")
    expect(told).to_contain_text("Declined")
    assert grave(asker) == []
    assert asker.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with asker.expect_navigation():
        told.get_by_role("button", name="Seen").click()
    expect(asker.locator("text=Answered since you asked")).to_have_count(0)
    again = place.engine.ask(place.photo, place.engine.request("clinician", "clinician", "lecture"))
    assert again["outcome"] == "deny"


@pytest.mark.parametrize("view", VIEWS)
def test_what_was_entered_in_error_is_marked_and_listed(visit, place, somebody, view):
    page = visit("medical-illustration", **VIEWS[view])
    study = open_study(page, place, somebody)
    page.goto(f"{place.url}{study}/entries/objection")
    fill_in(page, filled()["objection"])
    with page.expect_navigation():
        page.get_by_role("button", name="Record it").click()
    with page.expect_navigation():
        page.locator(".timeline a[href*='entered-in-error']").first.click()
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.check("#never_said")
    page.fill("#reason", f"Another patient's call, seen {view}")
    with page.expect_navigation():
        page.click("text=Mark as entered in error")
    expect(page.locator(".timeline", has_text=f"seen {view}")).to_have_count(1)
    page.goto(f"{place.url}/entered-in-error")
    expect(page.locator("table", has_text=f"seen {view}")).to_have_count(1)
