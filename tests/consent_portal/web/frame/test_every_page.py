"""Every page of every role opens and is well made."""

import pytest

PAGES = {
    "clinician": [
        "/", "/studies", "/asks", "/images", "/reviews", "/releases", "/recipients", "/policy", "/account/password",
    ],
    "medical-illustration": [
        "/", "/studies", "/asks", "/images", "/reviews", "/releases", "/recalls", "/recipients", "/policy",
    ],
    "department-admin": [
        "/", "/department/notices", "/department/notices/settings", "/department/notices/versions",
        "/department/displays", "/department/letters", "/department/notices/reviewers",
    ],
    "caldicott-guardian": [
        "/", "/studies", "/asks", "/images", "/reviews", "/releases", "/recalls", "/journal", "/ledger", "/recipients",
        "/recipients/new", "/policy", "/department/notices", "/department/notices/versions", "/department/displays",
    ],
    "trainer": ["/", "/teaching", "/asks", "/releases", "/recipients", "/policy"],
    "administrator": ["/", "/users", "/account-changes", "/system", "/ledger"],
}  # fmt: skip


@pytest.mark.parametrize("role", PAGES)
def test_every_page_of_a_role_opens_and_is_well_made(portal, role):
    reader = portal.reader(role)
    for address in PAGES[role]:
        reader.open(address)


@pytest.mark.parametrize("role", ["clinician", "medical-illustration", "caldicott-guardian"])
def test_the_pages_of_a_study_open_for_those_who_see_patients(portal, role, archive):
    reader = portal.reader(role)
    study = portal.photo
    page = reader.open(f"/studies/{study.key}").get_data(as_text=True)
    assert "QUIRKLEBY, BRENDAN" in page
    assert "Publication in printed materials" in page
    reader.open(f"/studies/{study.key}/withdraw")
    reader.open(f"/patients/{study.patient_key}/releases")
