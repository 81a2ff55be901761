"""The department sets up its notices and sees the real pages: with script while typing, without at a button."""

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.support.patience import MILLISECONDS

pytestmark = pytest.mark.browser
SETTINGS = "/department/notices/settings"


def test_a_changed_name_is_seen_in_the_preview_by_itself_and_by_the_button(visit, place):
    seen = {}
    for script in (True, False):
        page = visit("department-admin", java_script_enabled=script)
        page.goto(place.url + SETTINGS)
        picture = page.locator("#preview-pages img")
        before = picture.get_attribute("src")
        shown = page.request.get(place.url + before).body()
        page.fill("#department_name", "Clinical Photography Service")
        if not script:
            page.get_by_role("button", name="Show preview").first.click()
        expect(picture).not_to_have_attribute("src", before, timeout=MILLISECONDS)
        seen[script] = page.request.get(place.url + picture.get_attribute("src")).body()
        assert seen[script] != shown
        expect(page.locator("#department_name")).to_have_value("Clinical Photography Service")
    assert seen[True] == seen[False]


def test_a_notice_goes_from_draft_to_letters_and_is_taken_down_again(visit, place):
    """The whole life of a version as its people see it: each step on the page that the step before leads to."""
    clerk, guardian = visit("department-admin"), visit("caldicott-guardian")
    clerk.goto(f"{place.url}/department/notices/versions")
    clerk.get_by_role("button", name="Draft the version").click()
    clerk.get_by_role("button", name="Check this version").click()
    expect(clerk.get_by_role("heading", name="Approval")).to_be_visible(timeout=MILLISECONDS)  # by its own script
    version = clerk.url
    expect(clerk.get_by_role("button", name="Approve")).to_have_count(0)
    guardian.goto(version)
    reason = guardian.locator("#reason")
    if reason.count():
        reason.fill("Read aloud with two patients")
    guardian.get_by_role("button", name="Approve").click()
    expect(guardian.get_by_text("The version is approved.")).to_be_visible(timeout=MILLISECONDS)
    clerk.reload()
    clerk.get_by_role("button", name="Publish this version").click()
    expect(clerk.get_by_text("The version is published")).to_be_visible(timeout=MILLISECONDS)

    clerk.goto(f"{place.url}/department/letters")
    rows = b"name,language,format\nAnna Quirkleby,English,\nBrendan Quirkleby,cy,\n"
    clerk.locator("#letters").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": rows})
    clerk.get_by_role("button", name="Make the letters").click()
    download = clerk.get_by_role("button", name="Download the letters")
    expect(download).to_be_visible(timeout=MILLISECONDS)
    expect(clerk.get_by_role("listitem").filter(has_text="Row 3: the published version")).to_be_visible()
    with clerk.expect_download() as handed_over:
        download.click()
    pages = PdfReader(handed_over.value.path()).pages
    assert ["Anna Quirkleby" in page.extract_text() for page in pages] == [True]

    clerk.goto(f"{place.url}/department/displays")
    clerk.get_by_role("link", name="Enter a place").click()
    for field, text in (("#place", "Waiting room, Level 2"), ("#since", "2026-01-05"), ("#review_by", "2099-01-05")):
        clerk.fill(field, text)
    clerk.get_by_role("button", name="Save").click()
    expect(clerk.get_by_role("cell", name="Up to date")).to_be_visible(timeout=MILLISECONDS)
    clerk.goto(version)
    clerk.get_by_text("Take it out of use").click()
    clerk.get_by_role("button", name="Retire this version").click()
    expect(clerk.get_by_text("The version is retired.")).to_be_visible(timeout=MILLISECONDS)
    clerk.goto(f"{place.url}/department/displays")
    expect(clerk.get_by_role("heading", name="1 place needs a visit")).to_be_visible()
    expect(clerk.get_by_role("listitem").filter(has_text="take it down")).to_be_visible()
    clerk.goto(f"{place.url}/department/letters")
    expect(clerk.get_by_text("No version of the notices is published")).to_be_visible()
