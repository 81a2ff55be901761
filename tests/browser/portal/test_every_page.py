"""Every page of every role, as people see it: axe, narrow, zoomed, dark, on paper (assurance F8, F16)."""

import re
from io import BytesIO

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect
from pypdf import PdfReader

from consent_portal.database import Database
from consent_portal.ledger import payloads as p
from consent_portal.ledger.levels import Level
from consent_portal.registers import studies
from consent_portal.services import consent
from consent_portal.tasks import recalls
from tests.browser.portal.conftest import open_study, sign_in
from tests.support.patience import MILLISECONDS
from tests.support.recalls import age_recalls

pytestmark = pytest.mark.browser

PAGES = {
    "clinician": ["/", "/studies", "STUDY", "STUDY/request", "STUDY/withdraw", "/asks", "/reviews", "/releases",
                  "/recipients", "/policy", "/account/password", "ASK", "REVIEW", "/copies", "PUBLISHED"],
    "medical-illustration": ["STUDY", "STUDY/record", "STUDY/amend", "STUDY/withdrawn", "PATIENT", "/asks", "ASK",
                             "/recalls", "/releases", "/breaches", "/breaches/new", "BREACH", "STUDY/entries",
                             "STUDY/entries/refusal", "STUDY/entries/objection", "STUDY/entries/explanation",
                             "STUDY/entries/capacity", "STUDY/entries/representative", "STUDY/entries/maturity",
                             "STUDY/entries/representative-removed", "STUDY/entries/death", "STUDY/entries/receipt",
                             "STUDY/entries/signed-form", "ASK/no", "/entered-in-error"],
    "department-admin": ["/", "/department/notices", "/department/notices?kind=insert&language=en",
                         "/department/notices/settings", "/department/notices/versions",
                         "/department/notices/reviewers", "/department/displays", "/department/letters"],
    "caldicott-guardian": ["/", "/releases", "REVIEW", "/journal", "/ledger", "/recipients", "/recipients/new",
                           "/policy", "STUDY", "STUDY/entries", "/entered-in-error"],
    "trainer": ["/", "/teaching", "TEACHING", "/asks", "/releases", "/copies"],
    "administrator": ["/", "/users", "/users/1", "/system", "/ledger", "/asks", "/nothing-here"],
}  # fmt: skip
VIEWS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "320 pixels wide, which is 1280 at 400 %": {"color_scheme": "light", "viewport": {"width": 320, "height": 640}},
}


OF_COLOURS = ("color-contrast", "link-in-text-block")
LOOKED_AT = {view: OF_COLOURS if view == "dark" else () for view in VIEWS}
"""In which views a page is seen, and the rules of axe (none: all of them): the dark one has nothing new but colours."""


@pytest.fixture(scope="module")
def addresses(place, chromium):
    """Make work for every page: a release, a question of each kind of person, a held release, a recipient."""
    asked = place.engine.request("clinician", "clinician", "teaching")
    place.engine.release(place.ct, asked)
    place.engine.release(place.ct, place.engine.request("trainer", "trainer", "exam"))
    wanted = place.engine.request("medical-illustration", "medical-illustration", "internet")
    place.engine.ask(place.ct, wanted, job="job-1")
    question = place.engine.ask(place.photo, place.engine.request("clinician", "clinician", "print"))
    context = chromium.new_context()
    context.set_default_timeout(MILLISECONDS)
    page = context.new_page()
    sign_in(page, place, "caldicott-guardian")
    study = open_study(page, place, "ANNA")
    patient = page.get_attribute("text=All releases of this patient", "href")
    page.goto(f"{place.url}/reviews")
    review = page.get_attribute("tbody a", "href")
    page.goto(f"{place.url}/recipients/new")
    for field, text in (("#name", "City University"), ("#key", "city-university")):
        page.fill(field, text)
    page.select_option("#kind", "university")
    page.check("input[name=secure_environment][value=yes]")
    with page.expect_navigation():
        page.click("text=Add the recipient")
    taken_back = take_back(place, "teaching")
    page.goto(f"{place.url}/breaches")
    breach = page.get_attribute("tbody a", "href")
    context.close()
    return {
        "PUBLISHED": f"/releases/{taken_back.released_event}/published",
        "BREACH": breach,
        "STUDY": study,
        "TEACHING": study.replace("/studies", "/teaching"),
        "PATIENT": patient,
        "REVIEW": review,
        "ASK": (question["ask_url"] or "/asks").removeprefix(place.url),
    }


def take_back(place, level):
    """Withdraw a level of the CT, so that its copies are asked back, in vain for weeks; return one of the recalls."""
    database = Database(f"sqlite:///{place.home.folder}/portal/portal.sqlite")
    with database.writing() as session:
        study = studies.by_uid(session, place.ct["study_uid"])
        target = consent.Target.study(study.patient_key, study.study_uid)
        consent.withdraw(session, target, p.Withdrawn(levels=(Level(level),)), "medical-illustration")
        found = next(recall for recall in recalls.waiting(session) if recall.requested_by == "clinician")
    age_recalls(database, 30)
    database.close()
    return found


def look(page, view):
    """Turn an open page to another view of it."""
    page.emulate_media(color_scheme=VIEWS[view]["color_scheme"])
    page.set_viewport_size(VIEWS[view]["viewport"])


def grave(page, rules=()):
    """Return what axe finds that is serious or critical: the rule, and where it is broken; of all rules or of these."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        """async rules => (await axe.run({
            resultTypes: ["violations"], ...(rules.length ? { runOnly: { type: "rule", values: rules } } : {}),
        })).violations.map(one => [one.impact, one.id, one.nodes.slice(0, 3).map(node => node.html)])""",
        list(rules),
    )
    return [(rule, where) for impact, rule, where in found if impact in {"serious", "critical"}]


def _address(word, addresses):
    name = re.match("[A-Z]*", word).group()
    return word.replace(name, addresses[name], 1) if name else word


@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_accessible_and_fits(visit, place, addresses, role):
    page = visit(role, reduced_motion="reduce")  # else a colour is still on its way when axe looks
    for word in PAGES[role]:
        page.goto(place.url + _address(word, addresses))
        for one in page.locator("details").all():
            one.evaluate("details => { details.open = true; }")
        for view, rules in LOOKED_AT.items():
            look(page, view)
            wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert wide <= window, f"{word} scrolls sideways, {view}: {wide} of {window}"
            assert grave(page, rules) == [], f"{word}, {view}"


@pytest.mark.parametrize("view", VIEWS)
def test_the_login_and_its_errors_are_accessible(visit, place, view):
    page = visit(**VIEWS[view])
    page.goto(f"{place.url}/login")
    with page.expect_navigation():
        page.click("main button[type=submit]")
    expect(page).to_have_title(re.compile("^Error: Sign in"))
    found = grave(page)
    assert found == []


def test_the_form_with_all_its_errors_is_accessible(visit, place):
    page = visit("medical-illustration", color_scheme="dark")
    open_study(page, place, "ANNA")
    page.goto(f"{page.url}/record")
    with page.expect_navigation():
        page.click("text=Record this consent")
    found = grave(page)
    assert found == []


def test_the_public_notice_opens_without_a_login_or_cookie_and_is_accessible(visit, place):
    page = visit()
    for kind in ("web", "poster", "information-sheet"):
        page.goto(f"{place.url}/notices/{kind}")
        assert "Riverside Hospitals" in page.content()
        found = grave(page)
        assert found == []
    assert page.context.cookies() == []


def test_the_print_out_of_a_patient_is_one_page_without_controls(visit, place, addresses):
    page = visit("caldicott-guardian")
    page.goto(place.url + addresses["PATIENT"])
    assert page.locator("text=What left about this patient").count() == 1
    page.emulate_media(media="print")
    hidden = page.locator("nav.nav, .masthead-user, button, .actions")
    assert not [one for one in hidden.all() if one.is_visible()]
    assert page.locator("table").is_visible()
    assert len(PdfReader(BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages) == 1


def test_text_set_to_twice_its_size_fits(visit, place, addresses):
    page = visit("clinician", viewport={"width": 1024, "height": 768})
    for word in ("/", "STUDY", "/releases"):
        page.goto(place.url + _address(word, addresses))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
