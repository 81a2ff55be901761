"""Recipients, users and error pages."""

import re

import pytest

from consent_portal.web.frame.access import CARE, allowed

NEW_PLACE = {"name": "City University", "key": "city-university", "kind": "university", "secure_environment": "no"}


def test_a_recipient_is_added_used_and_ended(portal, archive):
    guardian = portal.reader("caldicott-guardian")
    guardian.send("/recipients/new", **NEW_PLACE)
    assert "Current" in guardian.open("/recipients").get_data(as_text=True)
    asked = portal.engine.request("clinician", "clinician", "lecture", recipient="city-university")
    assert portal.engine.ask(portal.subject(archive.ct), asked)["outcome"] == "permit"
    guardian.send("/recipients/city-university/end", page=guardian.open("/recipients"))
    assert "Ended" in guardian.open("/recipients").get_data(as_text=True)
    assert portal.engine.ask(portal.subject(archive.ct), asked)["outcome"] == "deny"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": "self"}, "other than"),
        ({"key": "City University"}, "small letters, digits and hyphens"),
        ({"name": " "}, "Enter the full name."),
        ({"kind": ""}, "Choose what it is."),
        ({"contract_start": "2026-02-01", "contract_end": "2026-01-01"}, "must be after"),
        ({"keep_until_days": "a year"}, "whole number"),
    ],
)
def test_a_recipient_that_cannot_be_is_not_added(portal, change, message):
    guardian = portal.reader("caldicott-guardian")
    page = guardian.send("/recipients/new", **{**NEW_PLACE, **change}).get_data(as_text=True)
    assert message in page.replace("&#39;", "'")
    assert "The register is empty." in guardian.open("/recipients").get_data(as_text=True)


def test_the_department_administrator_keeps_the_register_and_the_guardian_says_what_opens_more(portal):
    keeper, guardian = portal.reader("department-admin"), portal.reader("caldicott-guardian")
    company = {**NEW_PLACE, "kind": "company", "country": "US"}
    assert "Only the Caldicott Guardian" in text(
        keeper.send("/recipients/new", **{**company, "secure_environment": "yes"})
    )
    keeper.send("/recipients/new", **company)
    assert "United States" in text(keeper.open("/recipients"))
    place = "/recipients/city-university"
    page = keeper.open(place)
    assert 'value="US" selected' in text(page)
    for opening in ({"kind": "nhs"}, {"secure_environment": "yes"}):
        said = keeper.send(place, page=page, **{**company, **opening, "seen": seen(page)})
        assert "Only the Caldicott Guardian" in text(said)
    keeper.send(place, page=page, **{**company, "steward": "A. Steward", "seen": seen(page)})
    again = guardian.open(place)
    assert 'value="A. Steward"' in text(again)
    guardian.send(place, page=again, **{**company, "kind": "nhs", "seen": seen(again)})
    assert "Another NHS" in text(keeper.open("/recipients"))
    keeper.send(f"{place}/end", page=keeper.open("/recipients"))
    keeper.open(place, expect=404)


def test_a_recipient_that_was_changed_meanwhile_is_not_overwritten(portal):
    keeper, guardian = portal.reader("department-admin"), portal.reader("caldicott-guardian")
    guardian.send("/recipients/new", **NEW_PLACE)
    place = "/recipients/city-university"
    first, second = keeper.open(place), guardian.open(place)
    guardian.send(place, page=second, **{**NEW_PLACE, "contract_end": "2026-01-31", "seen": seen(second)})
    late = keeper.send(place, page=first, **{**NEW_PLACE, "steward": "A. Steward", "seen": seen(first)})
    assert "changed this recipient meanwhile" in text(late)
    assert 'value="A. Steward"' in text(late)
    assert 'value="2026-01-31"' in text(guardian.open(place))


def text(page):
    return page.get_data(as_text=True)


def seen(page):
    return re.search(r'name="seen"[^>]* value="([^"]*)"', text(page))[1]


def test_a_user_is_added_and_signs_in_with_the_role(portal):
    system = portal.reader("administrator")
    system.send("/users", username="dr-okafor", role="clinician", password="three random words")
    again = system.send("/users", username="Dr-Okafor", role="clinician", password="three random words")
    assert "small letters" in again.get_data(as_text=True)
    taken = system.send("/users", username="dr-okafor", role="trainer", password="three random words")
    assert "already a user of that name" in taken.get_data(as_text=True)
    short = system.send("/users", username="dr-li", role="trainer", password="short")
    assert "at least 12 characters" in short.get_data(as_text=True)
    person = portal.stranger()
    person.send("/login", username="dr-okafor", password="three random words")
    person.open("/studies")


def test_an_administrator_cannot_change_the_own_role_or_close_the_own_account(portal):
    system = portal.reader("administrator")
    page = system.open("/users").get_data(as_text=True)
    number = page.split(">administrator</th>")[1].split('href="/users/')[1].split('"')[0]
    own = system.open(f"/users/{number}")
    assert "This is your own account." in own.get_data(as_text=True)
    for what, fields in (("role", {"role": "caldicott-guardian"}), ("active", {"active": "no"})):
        page = system.open("/users")  # the own account's page has no form to send, so another page's
        system.send(f"/users/{number}/{what}", page=page, expect=403, **fields)


def test_a_failure_shows_a_reference_and_nothing_of_the_patient_on_the_page_or_in_the_log(portal, capsys, caplog):
    portal.app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken():
        raise RuntimeError("QUIRKLEBY 9434765919")

    portal.app.view_functions["studies.find"] = allowed(*CARE)(broken)
    page = portal.reader("clinician").open("/studies", expect=500).get_data(as_text=True)
    assert "Something went wrong" in page
    assert "QUIRKLEBY" not in page
    said = capsys.readouterr()
    assert "QUIRKLEBY" not in said.out + said.err + caplog.text
    assert '"page failed"' in said.err or "page failed" in said.out


@pytest.mark.parametrize("role", ["clinician", "department-admin"])
def test_an_unknown_address_is_a_page_that_helps(portal, role):
    reader = portal.reader(role)
    places = ("/nothing-here", "/studies/not-a-key", "/asks/1", "/notices/x/y/z", f"/department/displays/{2**40}")
    for address in places:
        page = reader.open(address, expect=404).get_data(as_text=True)
        assert "Page not found" in page
        assert "Go to the home page" in page


def test_health_shows_the_parts_and_no_patient(portal):
    page = portal.reader("administrator").open("/system").get_data(as_text=True)
    assert page.count("Answers") == 2
    assert "Up to date" in page
