"""A version of the notices: drafted, checked, approved, published, retired, each by its role."""

import re

import pytest

from consent_portal.ledger.events import EventType
from consent_portal.publishing import settings
from consent_portal.web.notices import site as leaflet
from notices import Site
from tests.consent_portal.web.notices.published import publish
from tests.support.patience import until

VERSIONS = "/department/notices/versions"
FIRST = f"{VERSIONS}/1"


@pytest.fixture
def department(portal):
    return portal.reader("department-admin")


@pytest.fixture
def guardian(portal):
    return portal.reader("caldicott-guardian")


def words(page):
    return page.get_data(as_text=True).replace("&#39;", "'")


def is_checked(reader):
    return reader.open(f"{FIRST}/state").get_json()["done"]


def test_a_version_goes_from_draft_to_the_public_page_over_a_finding_for_a_reason_only(portal, department, guardian):
    _without_a_recipient(portal)
    department.send(VERSIONS, languages=["en"])
    drafted = department.open(FIRST)
    assert "This version has not been checked." in words(drafted)
    department.send(f"{FIRST}/check", page=drafted)
    until(lambda: is_checked(department), "the check to end")
    checked = guardian.open(FIRST)
    assert "'research_teams' is not among the recipients" in words(checked)
    department.send(f"{FIRST}/approve", page=department.open(FIRST), expect=403, reason="It is fine")
    assert "Write the reason for approving it" in words(guardian.send(f"{FIRST}/approve", page=checked))
    assert "after that comes" in words(department.send(f"{FIRST}/publish", page=department.open(FIRST)))
    guardian.send(f"{FIRST}/approve", page=checked, reason="Agreed with the Board on 3 May")
    shown = department.send(f"{FIRST}/publish", page=department.open(FIRST))
    assert "Reason: Agreed with the Board on 3 May" in words(shown)
    assert "The version is published" in words(shown)
    code = re.search(r"1 \(([0-9a-f]{8})\)", words(shown)).group(1)
    assert code in portal.app.test_client().get("/notices/web").get_data(as_text=True)
    last = [one.payload for one in portal.events() if one.type is EventType.NOTICE_STEP][-2]
    assert (last.state, last.errors, last.reason) == ("approved", 1, "Agreed with the Board on 3 May")
    department.send(f"{FIRST}/retire", page=department.open(FIRST))
    assert code not in portal.app.test_client().get("/notices/web").get_data(as_text=True)


def _without_a_recipient(portal):
    """Save settings that lack a recipient which research needs."""
    data = Site.default().data()
    data["privacy"]["recipients"].remove("research_teams")
    with portal.parts.database.writing() as session:
        settings.save(session, Site.parse(data), "jo")


def test_a_version_is_drafted_in_one_language_at_least(department):
    page = department.send(VERSIONS)
    assert "Choose at least one language." in words(page)
    assert "There is no version yet." in words(page)


def test_what_is_published_is_not_checked_or_approved_again(portal, department, guardian):
    publish(portal)
    assert "approved already" in words(department.send(f"{FIRST}/check", page=department.open(FIRST)))
    again = guardian.send(f"{FIRST}/approve", page=guardian.open("/recipients/new"))
    assert "after that comes retired" in words(again)
    guardian.open(f"{VERSIONS}/2", expect=404)


def test_a_consent_names_the_published_leaflet_and_none_that_came_later(portal, said):
    version = publish(portal)
    illustrator = portal.reader("medical-illustration")
    address = f"/studies/{portal.photo.key}/record"
    given = {**said, "leaflet_version": version.label, "discussed_on": "2020-01-02"}
    assert "published after the date of the discussion" in words(illustrator.send(address, **given))
    assert "Enter which other leaflet" in words(illustrator.send(address, **{**said, "leaflet_other": ""}))
    today = version.steps[-1].at[:10]
    illustrator.send(address, **{**given, "discussed_on": today})
    recorded = [one.payload for one in portal.events() if one.type is EventType.GIVEN]
    assert [one.leaflet_version for one in recorded] == [version.label]


def test_a_reviewer_signs_the_present_wording_of_a_language(department):
    address = "/department/notices/reviewers"
    assert "Read on" in words(department.send(address, language="cy", reviewer="", role="Translator"))
    department.send(address, language="cy", reviewer="Non Example", role="Translator", date="2026-01-05")
    page = words(department.open(address))
    assert "Non Example, Translator, 5 January 2026" in page
    assert page.count("Awaits a reviewer") == len(leaflet.spoken()) - 2
