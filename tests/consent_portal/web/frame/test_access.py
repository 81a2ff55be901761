"""Deny by default: every route stands in this matrix, and no role opens what is not its own (assurance F1, F3, F4)."""

import pytest

from tests.consent_portal.web.conftest import tokens_of
from tests.consent_portal.web.routes import CLINICIAN, ILLUSTRATION, MATRIX, OPEN, TRAINER, addresses
from tests.support.portal import ROLES

PATIENT_PAGES = {"studies.show", "patients.releases", "consent.record", "consent.withdraw", "reviews.show"}


def test_every_route_stands_in_the_matrix(portal):
    assert {rule.endpoint for rule in portal.app.url_map.iter_rules()} == OPEN | set(MATRIX)


def _status(reader, method, address):
    if method == "GET":
        return reader.browser.get(address).status_code
    return reader.browser.post(address, data=tokens_of(reader.browser.get("/account/password"))).status_code


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_own_routes_and_no_others(portal, role):
    reader = portal.reader(role)
    for endpoint, roles in sorted(MATRIX.items()):
        if endpoint == "security.logout":
            continue
        for method, address in addresses(portal.app, endpoint):
            status = _status(reader, method, address)
            assert (status != 403) == (role in roles), (endpoint, method, status)
            assert status < 500, (endpoint, method, status)


def test_somebody_who_has_not_signed_in_is_sent_to_the_login_from_everywhere(portal):
    stranger = portal.stranger()
    for endpoint in MATRIX:
        for method, address in addresses(portal.app, endpoint):
            if method == "GET":
                answer = stranger.browser.get(address)
                assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login"), endpoint


def test_a_route_without_a_mark_can_be_opened_by_nobody(portal):
    portal.app.add_url_rule("/forgotten", "forgotten", lambda: "patient data")
    for role in ROLES:
        assert "patient data" not in portal.reader(role).open("/forgotten", expect=403).get_data(as_text=True)
    assert portal.stranger().browser.get("/forgotten").status_code == 302


@pytest.mark.parametrize("endpoint", sorted(PATIENT_PAGES))
def test_an_address_that_stands_for_nothing_is_not_found(portal, endpoint):
    reader = portal.reader(ILLUSTRATION)
    for method, address in addresses(portal.app, endpoint):
        if method == "GET":
            reader.open(address, expect=404)


def test_a_clinician_does_not_see_what_somebody_else_asked_for(portal, archive):
    asked = portal.engine.request("trainer", "trainer", "teaching")
    answer = portal.engine.ask(portal.subject(archive.photo), asked)
    page = answer["ask_url"].removeprefix(portal.home.url)
    portal.reader(TRAINER).open(page)
    portal.reader(ILLUSTRATION).open(page)
    portal.reader(CLINICIAN).open(page, expect=404)


def test_the_navigation_offers_nothing_that_is_refused(portal):
    for role in ROLES:
        reader = portal.reader(role)
        page = reader.open("/").get_data(as_text=True)
        for address in {part.split('"')[0] for part in page.split('href="')[1:]}:
            if not address.startswith(("/static", "#")):
                reader.open(address)
