"""The department sets up its notices and sees the real pages: with script while typing, without at a button."""

import pytest
from playwright.sync_api import expect

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
