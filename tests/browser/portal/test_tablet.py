"""A patient signs on a tablet with a finger, and the staff member sees it in the history."""

import pytest
from playwright.sync_api import expect

from consent_portal.web.tablet.words import words_in
from tests.browser.portal.conftest import open_study

pytestmark = pytest.mark.browser
TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_patient_answers_and_signs_by_hand(visit, place, somebody, language, tmp_path):
    staff = visit("clinician")
    study = open_study(staff, place, somebody)
    staff.goto(f"{place.url}{study}/tablet")
    staff.check("#right_patient")
    staff.select_option("#language", language)
    staff.fill("#requesting_clinician", "Dr Okafor")
    staff.check("input[name=grantor][value=patient]")
    staff.check("input[name=capacity][value=yes]")
    staff.click("text=Prepare the page")
    address = staff.locator("p.mono.wrap").inner_text().strip()
    words = words_in(language)

    patient = visit(**TABLET)
    patient.goto(address)
    assert patient.locator("input:checked").count() == 0
    expect(patient.locator("#signature-clear")).to_have_text(words.phrases["clear"])
    assert patient.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for name, answer in (("teaching", "yes"), ("print", "no"), ("internet", "later")):
        patient.check(f"input[name={name}][value={answer}]")
    box = patient.locator("#signature-pad").bounding_box()
    patient.mouse.move(box["x"] + 20, box["y"] + box["height"] * 0.7)
    patient.mouse.down()
    patient.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20, steps=8)
    patient.mouse.move(box["x"] + box["width"] - 20, box["y"] + box["height"] * 0.6, steps=8)
    patient.mouse.up()
    patient.screenshot(path=tmp_path / f"{language}.png", full_page=True)
    patient.click(f"text={words.phrases['send']}")
    expect(patient.locator("h1")).to_have_text(words.phrases["thanks"])

    staff.click("text=Has it been answered?")
    staff.click("text=See what was signed")
    signature = staff.locator("img.signature")
    expect(signature).to_be_visible()
    assert signature.evaluate("picture => picture.naturalWidth") > 0
    staff.goto(f"{place.url}{study}")
    expect(staff.locator(".timeline")).to_contain_text("Consent recorded")


def test_without_script_the_name_is_written_instead(visit, place, somebody):
    staff = visit("medical-illustration", java_script_enabled=False)
    study = open_study(staff, place, somebody)
    staff.goto(f"{place.url}{study}/tablet")
    staff.check("#right_patient")
    staff.fill("#requesting_clinician", "Dr Okafor")
    staff.check("input[name=grantor][value=patient]")
    staff.check("input[name=capacity][value=yes]")
    staff.click("text=Prepare the page")
    patient = visit(java_script_enabled=False)
    patient.goto(staff.locator("p.mono.wrap").inner_text().strip())
    assert not patient.locator("#signature-pad").is_visible()
    for name in ("teaching", "print", "internet"):
        patient.check(f"input[name={name}][value=no]")
    patient.fill("#name", "Anna")
    patient.click(f"text={words_in('en').phrases['send']}")
    expect(patient.locator("h1")).to_have_text(words_in("en").phrases["thanks"])
