"""The gate's pages and Orthanc Explorer in a real browser: usable, accessible, and free of anything foreign."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.integration.gate.conftest import CANARY, PASSWORD, basic
from tests.integration.gate.small_engine import JOB, SUMMARY
from tests.support.patience import MILLISECONDS, until

pytestmark = [pytest.mark.integration, pytest.mark.browser]

ASK = {
    "outcome": "ask",
    "reasons": [{"rule": "row 9", "text": "Print was not chosen, so the patient has to be asked.", "source": "S1 L24"}],
    "ask_url": "http://127.0.0.1:1/asks/7",
    "job": "5f0c1f5e-0000-4000-8000-000000000007",
    "href": "/export/5f0c1f5e-0000-4000-8000-000000000007",
}
READY = {"state": "ready", "progress": 1, "released": 12, "excluded": 1, "quarantined": 2, "reasons": []}


@pytest.fixture
def open_as(chromium, orthanc):
    """Open a window for a role; at the end, nothing it asked for may have been anywhere but at Orthanc."""
    contexts, asked, faults = [], [], []

    def open_window(role, **more):
        login = {"username": role, "password": PASSWORD}
        context = chromium.new_context(base_url=orthanc.url, http_credentials=login, **more)
        context.set_default_timeout(MILLISECONDS)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        contexts.append(context)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert {urlsplit(url).netloc for url in asked} <= {urlsplit(orthanc.url).netloc}
    assert not any(CANARY in url for url in asked)
    assert faults == []


def barriers(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{row['id']}: {row['nodes'][0]['html'][:120]}" for row in found]


def fill(page, study):
    page.goto(f"/export/new/{study}")
    page.check("#purpose-teaching")
    page.fill("#reason", "Lecture for registrars")
    for question, answer in (("identifiable", "no"), ("unusual_finding", "no"), ("damage_or_distress", "no")):
        page.check(f"#attestations-{question}-{answer}")
    page.check("#attestations-motivated_intruder_checked-true")


def test_a_wish_in_the_address_is_filled_in_and_nothing_else_of_it_is(open_as, study):
    page = open_as("clinician")
    page.goto(f"/export/new/{study}?purpose=teaching&recipient=city-university&reason=typed")
    expect(page.locator("#purpose-teaching")).to_be_checked()
    expect(page.locator("#recipient")).to_have_value("city-university")
    expect(page.locator("#reason")).to_have_value("")


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_an_export_is_asked_for_watched_and_collected(open_as, study, engine, javascript):
    page = open_as("clinician", java_script_enabled=javascript)
    fill(page, study)
    page.get_by_role("button", name="Ask for this export").click()
    page.wait_for_url(f"**/export/{JOB}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your export is being prepared")
    engine.say(job=[503, {"message": "starting anew"}])
    asked = len(engine.heard(f"/exports/{JOB}"))
    until(lambda: len(engine.heard(f"/exports/{JOB}")) > asked, "the page to look while the engine is away")
    engine.say(job=[200, READY])
    page.get_by_role("link", name="Collect the package").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Collect the package").click()
    assert download.value.suggested_filename == "teaching.zip"
    assert engine.heard("/exports")[-1]["body"] == {
        "studies": [study],
        "purpose": "teaching",
        "recipient": "self",
        "format": "dicom-zip",
        "reason": "Lecture for registrars",
        "attestations": {
            "identifiable": "no",
            "unusual_finding": "no",
            "damage_or_distress": "no",
            "motivated_intruder_checked": True,
        },
        "context": {},
    }


@pytest.mark.parametrize(
    ("state", "says", "offered"),
    [
        ({"state": "ready"}, "Your export is ready", "Collect the package"),
        ({"state": "ready", "collectable": True}, "Your export is ready", "Collect the package"),
        ({"state": "ready", "collectable": False}, "There is nothing left to collect", None),
        ({"state": "held"}, "Your export is being held", "Look again"),
        ({"state": "held", "released": 0}, "Nothing of your export can leave", None),
        (
            {"state": "held", "released": 0, "question": "http://127.0.0.1:1/asks/7"},
            "Your export waits for the patient’s answer",
            "Look again",
        ),
        (
            {"state": "held", "released": 0, "waiting_images": 2},
            "Your export waits until a person has looked at its images",
            "Look again",
        ),
        ({"state": "recalled"}, "Your export was called back", None),
    ],
)
def test_the_page_of_an_export_offers_only_what_can_still_happen(orthanc, engine, state, says, offered):
    engine.say(job=[200, {**READY, **state}])
    with orthanc.client("clinician", headers={"Accept": "text/html"}) as client:
        page = client.get(f"/export/{JOB}").text
    assert f"<h1>{says}</h1>" in page
    for link in ("Collect the package", "Look again"):
        assert (link in page) == (link == offered)
    assert ("<dt>Released</dt>" in page) == (state["state"] == "ready")


def test_who_may_look_at_images_is_led_to_them_and_is_told_what_waits_beside_a_package(orthanc, engine):
    with orthanc.client("clinician", headers={"Accept": "text/html"}) as client:
        engine.say(job=[200, {**READY, "state": "held", "released": 0, "waiting_images": 2}])
        waits = client.get(f"/export/{JOB}").text
        engine.say(job=[200, {**READY, "waiting_images": 1}])
        ready = client.get(f"/export/{JOB}").text
    assert '/images" class="button">Look at the images</a>' in waits
    assert "goes on by itself" in waits
    assert "1 image is not part of this package" in ready
    assert "begin a new export to get it" in ready


def test_while_nobody_tells_of_an_export_its_page_says_that_it_goes_on_and_looks_again(orthanc, engine):
    engine.say(job=[503, {"message": "starting anew"}])
    with orthanc.client("clinician", headers={"Accept": "text/html"}) as client:
        answer = client.get(f"/export/{JOB}")
    assert answer.status_code == 503
    assert "goes on by itself" in answer.text
    assert '<meta http-equiv="refresh"' in answer.text


def test_a_label_and_the_reports_are_asked_for_in_so_many_words(open_as, study, engine):
    page = open_as("clinician")
    fill(page, study)
    page.check("#purpose-send-out")
    page.check("#reports-yes")
    page.get_by_text("Sending label, for direct care elsewhere").click()
    page.fill("#label", "23 02210 -1-943 476 5919")
    page.get_by_role("button", name="Ask for this export").click()
    page.wait_for_url(f"**/export/{JOB}")
    asked = engine.heard("/exports")[-1]["body"]
    assert (asked["reports"], asked["label"]) == (True, "23 02210 -1-943 476 5919")


def test_the_form_shows_what_was_agreed_for_each_purpose_and_why(open_as, study):
    page = open_as("clinician")
    page.goto(f"/export/new/{study}")
    assert "✕ Not permitted" in page.locator("label[for=purpose-internet]").inner_text()
    assert "? Ask first" in page.locator("label[for=purpose-print]").inner_text()
    why = page.locator(".choice", has=page.locator("#purpose-internet")).locator("details")
    why.locator("summary").click()
    expect(why.get_by_text(SUMMARY["purposes"]["internet"]["reasons"][0]["text"])).to_be_visible()


def test_only_a_role_with_direct_care_sees_whose_study_it_is(open_as, study):
    clinician, trainer = open_as("clinician"), open_as("trainer")
    clinician.goto(f"/export/new/{study}")
    trainer.goto(f"/export/new/{study}")
    assert f"{CANARY} Jane" in clinician.locator(".who").inner_text()
    assert CANARY not in trainer.content()


def test_a_refusal_says_why_and_whom_to_ask(open_as, study, engine):
    engine.say(export=[403, ASK])
    page = open_as("clinician")
    fill(page, study)
    page.get_by_role("button", name="Ask for this export").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please ask first")
    expect(page.locator("main")).to_contain_text(ASK["reasons"][0]["text"])
    expect(page.get_by_role("link", name="Open the page for asking")).to_have_attribute("href", ASK["ask_url"])
    expect(page.get_by_role("link", name="Look at the export that waits")).to_have_attribute("href", ASK["href"])
    expect(page.locator("main")).to_contain_text("You do not have to ask again.")
    assert barriers(page) == []


def test_faults_stand_at_their_fields_and_nothing_that_was_filled_in_is_lost(open_as, study, engine):
    faults = [{"field": "attestations.identifiable", "message": "Please answer this question."}]
    engine.say(export=[400, {"faults": [*faults, {"field": "passphrase", "message": "it is too short"}]}])
    page = open_as("clinician")
    fill(page, study)
    page.get_by_role("button", name="Ask for this export").click()
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_role("alert").get_by_role("link", name="Could anyone recognise").click()
    expect(page).to_have_url(re.compile("#attestations-identifiable$"))
    expect(page.locator("#passphrase")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#reason")).to_have_value("Lecture for registrars")
    expect(page.locator("#purpose-teaching")).to_be_checked()
    assert barriers(page) == []


def test_with_the_engine_dead_the_form_says_that_care_is_not_affected(open_as, study, engine):
    engine.kill()
    page = open_as("clinician")
    page.goto(f"/export/new/{study}")
    assert "Images for direct care are not affected" in page.locator("main").inner_text()
    assert barriers(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_barriers_that_axe_finds(open_as, study, engine, scheme):
    page = open_as("clinician", color_scheme=scheme)
    fill(page, study)
    for summary in page.locator("summary").all():
        summary.click()
    assert barriers(page) == []
    over = {"collectable": False, "released": 0}
    states = [("queued", {}), ("running", {}), ("ready", {}), ("ready", over), ("held", {}), ("held", over)]
    for state, more in (*states, ("failed", {}), ("recalled", {})):
        engine.say(job=[200, {**READY, "state": state, "progress": 0.25, "reasons": ASK["reasons"], **more}])
        page.goto(f"/export/{JOB}")
        assert barriers(page) == []


def test_the_form_fits_a_window_of_320_pixels_which_is_400_percent_zoom(open_as, study):
    page = open_as("clinician", viewport={"width": 320, "height": 640})
    page.goto(f"/export/new/{study}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_form_is_filled_in_by_keyboard_alone(open_as, study, engine):
    page = open_as("clinician")
    page.goto(f"/export/new/{study}")
    page.locator("#purpose-teaching").focus()
    page.keyboard.press("Space")
    for _ in range(60):
        if page.evaluate("document.activeElement.type") == "submit":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/export/{JOB}")
    assert engine.heard("/exports")[-1]["body"]["purpose"] == "teaching"


def test_the_study_page_of_orthanc_explorer_shows_what_was_agreed_and_leads_to_the_form(open_as, study):
    page = open_as("clinician")
    page.goto(f"/app/explorer.html#study?uuid={study}")
    banner = page.locator("#aoa-consent")
    banner.get_by_role("link", name="Export as agreed").wait_for()
    rows = banner.locator("li").all_inner_texts()
    assert rows == [
        "✓ Agreed Record only",
        "✓ Agreed Teaching, examination & other educational purposes",
        "? Not chosen Publication in printed materials",
        "✕ Declined Publication on the internet for educational purposes",
    ]
    expect(page.locator("#study-archive")).to_be_visible()
    expect(page.locator("#study-anonymize")).to_be_hidden()
    banner.get_by_role("link", name="Export as agreed").click()
    page.wait_for_url(f"**/export/new/{study}")


def test_orthanc_explorer_offers_nothing_that_the_gate_would_refuse(open_as, study):
    page = open_as("trainer")
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.goto(f"/app/explorer.html#study?uuid={study}")
    page.locator("#aoa-consent").get_by_role("link", name="Export as agreed").wait_for()
    for button in ("anonymize", "store", "delete", "archive", "media"):
        expect(page.locator(f"#study-{button}")).to_be_hidden()
    assert CANARY not in page.content()


def test_a_state_or_a_message_from_the_engine_is_shown_as_text_and_never_run(open_as, study, engine):
    nasty = '<img src=x onerror="window.bad=1">'
    engine.say(
        consent=[404, {"message": nasty}],
        export=[403, {**ASK, "reasons": [{"text": nasty, "source": nasty, "rule": nasty}]}],
    )
    page = open_as("clinician")
    page.goto(f"/app/explorer.html#study?uuid={study}")
    page.locator("#aoa-consent").get_by_text("onerror").wait_for()
    assert page.evaluate("window.bad") is None
    page.goto(f"/export/new/{study}")
    assert nasty in page.locator("main").inner_text()
    assert page.evaluate("window.bad") is None


def test_every_page_forbids_foreign_content_framing_and_caching(orthanc, study):
    with orthanc.client("clinician", headers={"Accept": "text/html"}) as client:
        for path in (f"/export/new/{study}", f"/export/{JOB}", "/export/new/unknown", "/export/unknown!"):
            headers = client.get(path).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["cache-control"] == "no-store"


def test_a_form_posted_by_another_site_is_refused(orthanc, study, engine):
    before = len(engine.heard("/exports"))
    with orthanc.client("clinician", headers={"Accept": "text/html"}) as client:
        for foreign in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = client.post("/export", data={"studies": study, "purpose": "teaching"}, headers=foreign)
            assert answer.status_code == 403
    assert len(engine.heard("/exports")) == before


def test_a_form_that_is_none_is_refused_with_a_page(orthanc):
    headers = {
        "Accept": "text/html",
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": basic("clinician"),
    }
    with orthanc.client("clinician") as client:
        for body in (b"\xff\xfe", b"&".join(b"a=%d" % number for number in range(500))):
            answer = client.post("/export", content=body, headers=headers)
            assert answer.status_code == 400
            assert "is not the form of this page" in answer.text
