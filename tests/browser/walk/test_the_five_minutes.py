"""The five minutes of the README in a real browser, on the real Orthanc, engine and portal."""

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.integration.walk.exporting import dicom_objects, fresh_study
from tests.support.patience import MILLISECONDS, PATIENCE
from tests.support.stack import AOA, CANARY, Stack

pytestmark = pytest.mark.browser


def at_orthanc(browser: Browser, stack: Stack, role: str) -> Page:
    """Open a page whose user signs in at Orthanc as `role`."""
    user, password = stack.login(role)
    context = browser.new_context(http_credentials={"username": user, "password": password}, accept_downloads=True)
    return _patient(context)


def at_portal(browser: Browser, stack: Stack, role: str) -> Page:
    """Sign in at the portal as `role`."""
    page = _patient(browser.new_context(accept_downloads=True))
    page.goto(stack.portal)
    user, password = stack.login(role)
    page.locator("input[name=username], input[name=email]").first.fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("main button[type=submit], main input[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(re.compile("sign in", re.I))
    return page


def _patient(context: BrowserContext) -> Page:
    context.set_default_timeout(MILLISECONDS)
    return context.new_page()


def send(button: Locator) -> None:
    """Send a form and wait for the page that answers it."""
    with button.page.expect_navigation():
        button.click()


def ask_for(page: Page, stack: Stack, study: str, purpose: str) -> None:
    """Fill in the export page and send it."""
    page.goto(f"{stack.orthanc}/export/new/{study}")
    page.check(f"input[name=purpose][value={purpose}]")
    for question in ("identifiable", "unusual_finding", "damage_or_distress"):
        page.check(f"input[name='attestations.{question}'][value=no], input[name={question}][value=no]")
    page.locator("input[type=radio][name*=motivated_intruder_checked]").first.check()
    page.locator("textarea[name=reason], input[name=reason]").fill("Teaching of registrars")
    send(page.locator("main button[type=submit]"))


def test_the_study_page_in_orthanc_shows_what_the_patient_agreed(stack: Stack, chromium: Browser) -> None:
    page = at_orthanc(chromium, stack, "clinician")
    page.goto(f"{stack.orthanc}/app/explorer.html#study?uuid={stack.study_id('head-ct')}")
    banner = page.get_by_text("What the patient agreed").locator("..")
    expect(banner).to_contain_text("Teaching, examination & other educational purposes")
    expect(banner).to_contain_text("Agreed")
    expect(page.locator("#study-anonymize")).to_be_hidden()


def test_a_clinician_takes_a_chest_ct_away_for_teaching(stack: Stack, chromium: Browser, tmp_path: Path) -> None:
    page = at_orthanc(chromium, stack, "clinician")
    ask_for(page, stack, stack.study_id("chest-ct"), "teaching")
    page.wait_for_url(re.compile("/export/[0-9a-f-]{36}$"))
    assert CANARY not in page.url
    fetch = page.locator("a[href$='/package'], button:has-text('Download')").first
    with page.expect_download() as download:
        fetch.click()
    download.value.save_as(tmp_path / "package.zip")
    assert CANARY.lower() not in download.value.suggested_filename.lower()
    content = (tmp_path / "package.zip").read_bytes()
    assert zipfile.is_zipfile(io.BytesIO(content))
    assert {dataset.PatientIdentityRemoved for dataset in dicom_objects(content)} == {"YES"}


def test_refused_amended_opened_withdrawn_and_closed(stack: Stack, chromium: Browser) -> None:
    photograph = fresh_study(stack, "forearm-photograph").id
    clinician = at_orthanc(chromium, stack, "clinician")
    ask_for(clinician, stack, photograph, "internet")
    expect(clinician.locator("main")).to_contain_text(re.compile("amended consent", re.I))
    question = clinician.locator(f"a[href^='{stack.portal}/asks/']").first.get_attribute("href")
    assert question

    illustrator = at_portal(chromium, stack, "medical-illustration")
    illustrator.goto(question)
    expect(illustrator.locator("main")).to_contain_text("Whom to ask")
    illustrator.get_by_role("link", name="Record amended consent").click()
    _fill_amendment(illustrator)
    send(illustrator.locator("main button[type=submit]").last)
    expect(illustrator.locator("main")).not_to_contain_text("There is a problem")
    ask_for(clinician, stack, photograph, "internet")
    clinician.wait_for_url(re.compile("/export/[0-9a-f-]{36}$"))
    expect(clinician.locator("main")).to_contain_text(re.compile("second", re.I))

    illustrator.goto(question)
    illustrator.get_by_role("link", name="Open the study").click()
    illustrator.get_by_role("link", name=re.compile("withdraw", re.I)).first.click()
    _fill_withdrawal(illustrator)
    send(illustrator.get_by_role("button", name="Withdraw this consent"))
    expect(illustrator.locator("main")).not_to_contain_text("There is a problem")
    ask_for(clinician, stack, photograph, "teaching")
    expect(clinician.locator("main")).to_contain_text(re.compile("withdr", re.I))
    assert "/export/" not in clinician.url.removeprefix(f"{stack.orthanc}/export") or clinician.url.endswith("/export")


def test_anybody_reads_the_notice_and_the_department_prints_it(stack: Stack, chromium: Browser, tmp_path: Path) -> None:
    visitor = _patient(chromium.new_context())
    answer = visitor.goto(f"{stack.portal}/notices/poster")
    assert answer is not None
    assert answer.status == 200
    assert visitor.locator("h1").count() == 1
    assert stack.portal in visitor.url
    for kind in ("poster", "insert"):
        out = tmp_path / f"{kind}.pdf"
        subprocess.run([AOA, "notice", "render", kind, "--out", out], check=True, timeout=PATIENCE)
        assert out.read_bytes().startswith(b"%PDF")


def _fill_amendment(page: Page) -> None:
    page.check("input[name=right_patient]")
    for level, answer in (("record", "yes"), ("teaching", "yes"), ("print", "not-chosen"), ("internet", "yes")):
        page.check(f"input[name=level_{level}][value={answer}]")
    page.fill("input[name=requesting_clinician]", "Dr M. Ross")
    page.fill("input[name=discussed_on]", "2026-01-05")
    for name, value in (("manner", "written"), ("grantor", "patient"), ("capacity", "yes"), ("scope", "study")):
        page.check(f"input[name={name}][value={value}]")
    page.fill("textarea[name=amend_reason]", "Asked again for the website")


def _fill_withdrawal(page: Page) -> None:
    page.check("input[name=right_patient]")
    choices = (("everything", "all"), ("told_by", "patient"), ("received", "in person"), ("scope", "study"))
    for name, value in choices:
        page.check(f"input[name={name}][value='{value}']")
    page.fill("input[name=told_on]", "2026-01-06")
    page.fill("textarea[name=reason]", "No reason given")
