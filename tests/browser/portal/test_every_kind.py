"""Each kind of event that policy.md names, through its real page with Chromium, on both databases."""

import secrets
import subprocess
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from consent_portal.database import Database
from consent_portal.ledger.events import EventType
from consent_portal.ledger.kinds import KINDS
from consent_portal.ledger.kinds.kind import Writer
from consent_portal.ledger.rows import EventRow
from consent_portal.orthanc import OrthancClient
from tests.browser.portal.conftest import open_study, place_of_its_own
from tests.browser.portal.test_entries import fill_in
from tests.browser.portal.test_recording import fill
from tests.consent_portal.doors.test_every_kind_has_its_doors import BY_ANOTHER_COMMAND, PAGES
from tests.consent_portal.web.consent.test_entries import filled
from tests.support.clocks import today
from tests.support.patience import until
from tests.support.portal import FAMILY, stop
from tests.support.ports import free_port
from tests.support.postgres import running_postgres
from tests.support.recalls import OUTSIDE, TAKEN_BACK

pytestmark = pytest.mark.browser
TITLES = {
    "refusal": "Consent refused",
    "objection": "Objection recorded",
    "capacity": "Capacity assessed",
    "representative": "Representative added",
    "representative-removed": "Representative removed",
    "explanation": "Use of images explained",
    "signed-form": "Signed form attached",
    "receipt": "Receipt given to the patient",
    "maturity": "Reviewed with the young person",
    "death": "Death noted",
}
BY_ENTRIES = {
    EventType.REFUSED, EventType.OBJECTION, EventType.CAPACITY_ASSESSED, EventType.REPRESENTATIVE_ADDED,
    EventType.REPRESENTATIVE_REMOVED, EventType.EXPLAINED, EventType.FORM_ATTACHED, EventType.RECEIPT_ISSUED,
    EventType.REVIEWED_AT_MATURITY, EventType.DECEASED_NOTED,
}  # fmt: skip
BY_OTHER_PAGES = {
    EventType.GIVEN, EventType.AMENDED, EventType.WITHDRAWN, EventType.INVALIDATED, EventType.PUBLISHED,
    EventType.RECALL_SENT, EventType.RECALL_CONFIRMED, EventType.POLICY_SIGNED, EventType.BREACH_OPENED,
    EventType.BREACH_NOTED, EventType.BREACH_CLOSED, EventType.ACCOUNT_CHANGED, EventType.NOTICE_STEP,
    EventType.PATIENTS_MERGED, EventType.PATIENTS_UNMERGED, EventType.IDENTITY_CONFIRMED, EventType.STUDY_SEPARATED,
}  # fmt: skip
BY_THE_SYSTEM = {EventType.RELEASED, EventType.EXPIRED, EventType.DETAILS_CHANGED}
"""A copy that leaves, a consent whose last day has passed, and details that the archive corrects."""
BY_NO_PAGE = {EventType.CONTINUITY_ACCEPTED}
"""That the ledger may go on after a loss: while it is lost no page records anything (ADR 0125)."""

SWITCHED_ON = "[site.switches]\nconsented_images_may_stay_identifiable = true"
"""So that the Guardian has something to sign."""


def later():
    """Return what is entered today about an entry before it."""
    return {
        "representative-removed": {"who": "1", "evidence": "Order 12 ended", "said_on": today().isoformat()},
        "signed-form": {"about": "1", "form_version": "CF-7", "scan": "form.pdf"},
        "receipt": {"about": "1", "format": "paper", "given_to": "The patient"},
        "maturity": {
            "outcome": "confirmed",
            "reviewed_by": "Dr Li",
            "said_on": today().isoformat(),
            "scope": "patient",
        },
    }


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request, tmp_path_factory):
    """A portal of its own on each database: a patient dies here."""
    with ExitStack() as started:
        own = {"database_url": started.enter_context(running_postgres())} if request.param == "postgresql" else {}
        yield started.enter_context(place_of_its_own(tmp_path_factory, extra=SWITCHED_ON, **own))


@pytest.fixture
def has_script(place):
    """Script on the one database, none on the other: each page is seen with and without."""
    return place.home.database_url.startswith("sqlite")


def recorded(place):
    """Return the kinds that stand in the ledger; accounts only where somebody at a page opened one."""
    url = place.home.database_url
    found = Database(f"sqlite:///{place.home.folder}/portal/portal.sqlite" if url.startswith("sqlite") else url)
    with found.reading() as session:
        by_pages = ~((EventRow.type == str(EventType.ACCOUNT_CHANGED)) & (EventRow.recorded_by != "administrator"))
        kinds = {EventType(kind) for kind in session.scalars(select(EventRow.type).where(by_pages).distinct())}
    found.close()
    return kinds


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def record(page, place, study, **more):
    page.goto(f"{place.url}{study}/record")
    fill(page)
    for name, value in more.items():
        page.fill(f"#{name}", value)
    press(page, "Record this consent")


def amend(page, place, study):
    page.goto(f"{place.url}{study}/amend")
    fill(page)
    page.fill("#amend_reason", "Asked again")
    press(page, "Record the amendment")


def enter_each_kind(page, place, study):
    """Record for a patient for whom somebody else decides, so that every kind makes sense."""
    for slug, title in TITLES.items():
        page.goto(f"{place.url}{study}")
        before = page.locator(".timeline-title", has_text=title).count()
        page.click("text=Record something else")
        with page.expect_navigation():
            page.click(f"a[href$='/entries/{slug}']")
        fill_in(page, {**filled(), **later()}[slug])
        press(page, "Record it")
        assert page.url == f"{place.url}{study}", page.locator("#error-summary").inner_text()
        assert page.locator(".timeline-title", has_text=title).count() == before + 1


def record_for_another(page, place, study):
    page.goto(f"{place.url}{study}/record")
    fill(page)
    page.check("input[name=grantor][value=other]")
    page.fill("#grantor_name", "A. Parent")
    page.fill("#grantor_evidence", "Letter of 2024")
    press(page, "Record this consent")


def mark_as_entered_in_error(page, place, study):
    page.goto(f"{place.url}{study}")
    with page.expect_navigation():
        page.locator(".timeline a[href*='entered-in-error']").first.click()
    page.check("#never_said")
    page.fill("#reason", "Another patient's call")
    press(page, "Mark as entered in error")


def publish(page, place):
    page.goto(f"{place.url}/releases")
    with page.expect_navigation():
        page.locator("a[href$='/published']").first.click()
    page.fill("#where", "A journal of radiology")
    page.fill("#told_on", today().isoformat())
    press(page, "Record the publication")


def take_back(page, place, study):
    page.goto(f"{place.url}{study}/withdraw")
    for name, value in TAKEN_BACK.items():
        control = page.locator(f"input[name={name}][value='{value}'], textarea[name={name}], input#{name}").first
        if control.get_attribute("type") in {"radio", "checkbox"}:
            control.check()
        else:
            control.fill(value)
    press(page, "Withdraw this consent")


def register_outside(page, place):
    page.goto(f"{place.url}/recipients/new")
    page.fill("#name", OUTSIDE.name)
    page.fill("#key", OUTSIDE.key)
    page.select_option("#kind", str(OUTSIDE.kind))
    page.check("input[name=secure_environment][value=yes]")
    press(page, "Add the recipient")


def follow_up(page, place):
    for step in ("sent", "confirmed"):
        page.goto(f"{place.url}/recalls")
        with page.expect_navigation():
            page.locator(f"button[name=status][value={step}]").first.click()


def report_a_breach(page, place):
    page.goto(f"{place.url}/breaches/new")
    page.fill("#what", "A print was left on a desk")
    page.fill("#found_on", today().isoformat())
    press(page, "Record the breach")
    page.goto(f"{place.url}/breaches")
    with page.expect_navigation():
        page.locator("tbody a").first.click()
    page.fill("#done", "It was shredded")
    page.fill("#on", today().isoformat())
    press(page, "Note it")
    page.fill("#reason", "Nobody else saw it")
    press(page, "Close the breach")


def sign_the_policy(page, place):
    page.goto(f"{place.url}/policy")
    page.check("#read")
    page.fill("#password", place.home.passwords["caldicott-guardian"])
    press(page, "Sign the policy")


def open_an_account(page, place):
    page.goto(f"{place.url}/users")
    page.fill("#username", f"locum-{secrets.token_hex(3)}")
    page.select_option("#role", "trainer")
    page.fill("#password", secrets.token_urlsafe(16))
    press(page, "Add the user")


def draft_a_notice(page, place):
    page.goto(f"{place.url}/department/notices/versions")
    press(page, "Draft the version")


def photographs(place, *details):
    """Store a photograph for each of these details, and return under which name each is found."""
    names = [secrets.token_hex(6).upper() for _one in details]
    for name, one in zip(names, details, strict=True):
        place.archive.photograph_of(PatientName=f"{FAMILY}^{name}", AccessionNumber=name, **one)
    return names


def say_what_was_found(page, button, **chosen):
    for name, value in chosen.items():
        page.check(f"input[name={name}][value='{value}']")
    for one in ("name", "birth-date"):
        page.check(f"input[name=compared][value={one}]")
    page.fill("#reason", "The records office says so")
    press(page, button)


def join_and_part(page, place):
    one, other = (
        open_study(page, place, name) for name in photographs(place, {"PatientID": "J-1"}, {"PatientID": "J-2"})
    )
    page.goto(f"{place.url}/identity{one}/join/{other.removeprefix('/studies/')}")
    say_what_was_found(page, "Join: they are one person")
    page.fill("input[name=reason]", "Two people after all")
    with page.expect_navigation():
        page.get_by_role("button", name="Take apart again").first.click()


def confirm_and_separate(page, place):
    same_number = {"PatientID": "W-1"}
    names = photographs(place, same_number, {**same_number, "PatientBirthDate": "19700101"})
    one, other = (open_study(page, place, name) for name in names)
    page.goto(f"{place.url}/identity{other}")
    say_what_was_found(page, "Record what I found", finding="same", same_as=one.removeprefix("/studies/"))
    page.goto(f"{place.url}/identity{other}")
    say_what_was_found(page, "Record what I found", finding="other")


def let_the_archive_correct(page, place):
    (name,) = photographs(place, {"PatientID": "C-1"})
    study = open_study(page, place, name)
    (subject,) = OrthancClient(place.archive.orthanc.url, *place.archive.orthanc.auth).find_studies(
        {"AccessionNumber": name}
    )
    place.archive.correct(subject.orthanc_id, PatientBirthDate="19700101")
    page.goto(f"{place.url}{study}")
    assert page.locator(".timeline-title", has_text="Details changed by the archive").count() == 1


def let_it_expire(place):
    """Start another portal on the same ledger: at its start it notes what has run out."""
    environment = {**place.home.environment, "AOA_PORTAL_PORT": str(free_port())}
    other = subprocess.Popen(place.home.command(), env=environment, stderr=subprocess.DEVNULL)
    try:
        until(lambda: EventType.EXPIRED in recorded(place), "what has run out to be noted")
    finally:
        stop(other)


def test_each_kind_is_recorded_through_its_page(visit, place, somebody, has_script):
    page = visit("medical-illustration", java_script_enabled=has_script)
    guardian = visit("caldicott-guardian", java_script_enabled=has_script)
    study = open_study(page, place, somebody)
    record_for_another(page, place, study)
    amend(page, place, study)
    enter_each_kind(page, place, study)
    mark_as_entered_in_error(page, place, study)
    photograph = open_study(page, place, f"{FAMILY}, Brendan")
    record(page, place, photograph, valid_to="2025-07-01")
    record(page, place, photograph)
    asked = place.engine.request("medical-illustration", "medical-illustration", "teaching")
    place.engine.release(place.photo, asked)
    publish(page, place)
    register_outside(guardian, place)
    place.engine.release(place.photo, {**asked, "recipient": OUTSIDE.key})
    take_back(page, place, photograph)
    follow_up(page, place)
    report_a_breach(guardian, place)
    sign_the_policy(guardian, place)
    join_and_part(page, place)
    confirm_and_separate(page, place)
    let_the_archive_correct(page, place)
    draft_a_notice(visit("department-admin", java_script_enabled=has_script), place)
    open_an_account(visit("administrator", java_script_enabled=has_script), place)
    let_it_expire(place)
    assert recorded(place) >= BY_ENTRIES | BY_OTHER_PAGES | BY_THE_SYSTEM


def test_no_kind_is_left_out():
    assert len(BY_ENTRIES) == len(TITLES)
    assert {KINDS[kind].title for kind in BY_ENTRIES} == set(TITLES.values())
    assert set(KINDS) == BY_ENTRIES | BY_OTHER_PAGES | BY_THE_SYSTEM | BY_NO_PAGE
    assert set(PAGES) == BY_ENTRIES | BY_OTHER_PAGES
    assert set(BY_ANOTHER_COMMAND) - set(PAGES) == BY_NO_PAGE
    assert {kind for kind in BY_THE_SYSTEM if KINDS[kind].writer is Writer.PERSON} == set()
