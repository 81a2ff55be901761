"""Finding studies: by whom one may, without a trace in any address, and for trainers without a name."""

import re

import pytest

from tests.support.patience import PATIENCE
from tests.support.portal import CT, FAMILY, HEALTH_AND_CARE_NUMBER, NHS_NUMBER, PHOTO

RANDOM = re.compile(r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=name="csrf_token" value=")[^"]+')
"""Keys and tokens, in which a year stands by chance now and then."""
WAYS = {
    "the number": {"number": NHS_NUMBER},
    "the number in groups": {"number": "943 476 5919"},
    "the hospital number": {"hospital_number": NHS_NUMBER},
    "the family name": {"name": "quirkleby, anna"},
    "the given name, with an accent": {"name": "Ánna"},
    "the date of birth": {"birth_date": "1961-02-14"},
    "the accession number": {"accession": "RAD0012345"},
    "the dates": {"from_date": "2024-03-01", "to_date": "2024-03-31"},
    "the modality": {"modality": "CT"},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_study_is_found_by(portal, way):
    page = portal.reader("clinician").send("/studies", **WAYS[way]).get_data(as_text=True)
    assert "1 study found" in page
    assert "QUIRKLEBY, ANNA (MRS)" in page
    assert "943 476 5919" in page
    assert "14 February 1961" in page


def test_the_number_of_northern_ireland_is_shown_as_what_it_is(portal):
    study = portal.photo
    page = portal.reader("clinician").open(f"/studies/{study.key}").get_data(as_text=True)
    assert "Health and Care number" in page
    number = HEALTH_AND_CARE_NUMBER
    assert f"{number[:3]} {number[3:6]} {number[6:]}" in page


def test_a_wrong_check_digit_is_warned_of_and_the_search_made_all_the_same(portal):
    reader = portal.reader("clinician")
    wrong = reader.send("/studies", number="943 476 5918").get_data(as_text=True)
    assert "check digit" in wrong
    assert "0 studies found" in wrong
    right = reader.send("/studies", number="943 476 5919").get_data(as_text=True)
    assert "check digit" not in right


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Enter at least one thing to search for."),
        ({"from_date": "2024-05-01", "to_date": "2024-04-01"}, "must be on or after"),
        ({"from_date": "yesterday"}, "must be a real date"),
        ({"modality": "XX"}, "Not a valid choice"),
    ],
)
def test_a_search_that_cannot_be_made_says_why(portal, typed, message):
    page = portal.reader("clinician").send("/studies", **typed).get_data(as_text=True)
    assert message in page.replace("&#39;", "'")


@pytest.mark.parametrize("year", ["20x4", "24", "²⁰²⁴"])
def test_a_year_that_is_none_is_said_to_the_trainer_at_its_field(portal, year):
    page = portal.reader("trainer").send("/teaching", year=year).get_data(as_text=True)
    assert 'href="#year"' in page
    assert "must be four digits, such as 2024" in page


def test_a_filter_of_what_left_that_cannot_be_is_said_at_its_field(portal):
    page = portal.reader("caldicott-guardian").open("/releases?from_date=2026-13-01").get_data(as_text=True)
    assert 'href="#from_date"' in page


def test_no_address_on_any_page_holds_an_identifier(portal):
    reader = portal.reader("medical-illustration")
    study = portal.ct
    pages = [
        reader.send("/studies", name="QUIRK"),
        reader.open(f"/studies/{study.key}"),
        reader.open(f"/patients/{study.patient_key}/releases"),
        reader.open("/releases"),
    ]
    secrets = [FAMILY, NHS_NUMBER, "943%20476", CT["AccessionNumber"], study.study_uid, "1961"]
    for page in pages:
        words = RANDOM.sub("", page.get_data(as_text=True))
        addresses = [part.split('"')[0] for part in words.split('href="')[1:]]
        assert not [one for one in addresses if any(secret.casefold() in one.casefold() for secret in secrets)]


def test_a_trainer_sees_modality_body_part_and_year_and_nobody(portal, archive):
    reader = portal.reader("trainer")
    pages = [
        reader.send("/teaching"),
        reader.send("/teaching", modality="CT", body_part="chest", year="2024"),
        reader.open(f"/teaching/{portal.ct.key}"),
        reader.open(f"/teaching/{portal.photo.key}"),
    ]
    portal.engine.release(portal.subject(archive.ct), portal.engine.request("trainer", "trainer", "teaching"))
    asked = portal.engine.ask(portal.subject(archive.photo), portal.engine.request("trainer", "trainer", "teaching"))
    question = asked["ask_url"].removeprefix(portal.home.url)
    pages += [reader.open(address) for address in ("/releases", "/asks", question)]
    assert "CT: chest, 2024" in pages[1].get_data(as_text=True)
    assert "1 study found" in pages[1].get_data(as_text=True)
    told = [FAMILY, "ANNA", "BRENDAN", NHS_NUMBER, "943 476", "321 ", "1961", "1988", "RAD0012345"]
    told += [CT["StudyDescription"], PHOTO["StudyDescription"], "12 March"]
    for page in pages:
        words = RANDOM.sub("", page.get_data(as_text=True))
        assert not [one for one in told if one in words]


def test_a_look_at_a_study_is_written_down_for_the_guardian(portal):
    study = portal.photo
    portal.reader("clinician").open(f"/studies/{study.key}")
    page = portal.reader("caldicott-guardian").open("/journal").get_data(as_text=True)
    assert "Study and consent opened in the portal" in page
    assert "clinician" in page


def test_orthanc_away_gives_a_page_that_says_so_and_finds_what_the_portal_has_seen(portal):
    reader = portal.reader("clinician")
    known = portal.ct
    away = type(portal.parts.orthanc)("http://127.0.0.1:9", "u", "p", timeout=PATIENCE)
    portal.parts.orthanc._client = away._client
    page = reader.send("/studies", name=FAMILY).get_data(as_text=True)
    assert "Orthanc does not answer" in page
    assert "1 study found" in page
    assert f"/studies/{known.key}" in page
    away_page = portal.reader("trainer").send("/teaching", expect=503, modality="CT").get_data(as_text=True)
    assert "Orthanc is not answering" in away_page
