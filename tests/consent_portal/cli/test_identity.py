"""`aoa consent merge|unmerge` and how far `withdraw` reaches: one person under two numbers, beside a real Orthanc."""

import pytest

from consent_portal.database import Database
from consent_portal.migrations.run import migrate
from consent_portal.registers import studies
from tests.consent_portal.ledger.conftest import a_subject

BASIC = ("--clinician", "Dr A. Example", "--date", "2025-03-01")
ONE, TWO, THREE = "1.2.840.1", "1.2.840.2", "1.2.840.3"


@pytest.fixture
def two_numbers(lonely):
    """A home that knows three studies of one person, under two numbers, all agreed to."""
    database = Database(f"sqlite:///{lonely.home.folder}/portal/portal.sqlite")
    migrate(database)
    with database.writing() as session:
        for uid, number in ((ONE, "HOSP-77"), (TWO, "9434765919"), (THREE, "hosp 77")):
            studies.register(session, a_subject(uid, patient=number, accession=uid))
    database.close()
    for uid in (ONE, TWO, THREE):
        lonely("consent", "record", "--study", uid, "--levels", "record,teaching", *BASIC)
    return lonely


def state(aoa, study):
    return aoa("consent", "show", "--study", study, "--json").stdout.split('"teaching": "')[1].split('"')[0]


def test_a_withdrawal_says_what_of_the_person_stays_agreed(two_numbers):
    run = two_numbers("consent", "withdraw", "--study", ONE, "--reason", "changed her mind")
    assert "1 study of this patient stays agreed to" in run.output
    assert "1 other number may be this patient's" in run.output
    assert [state(two_numbers, uid) for uid in (ONE, TWO, THREE)] == ["withdrawn", "accepted", "accepted"]
    wide = two_numbers("consent", "withdraw", "--study", ONE, "--scope", "patient", "--reason", "all of them")
    assert "agreed to" not in wide.output
    assert [state(two_numbers, uid) for uid in (ONE, TWO, THREE)] == ["withdrawn", "accepted", "withdrawn"]


def test_numbers_are_merged_and_unmerged_with_a_reason(two_numbers):
    both = ("--study", ONE, "--other-study", TWO)
    two_numbers("consent", "merge", *both, expect=2)
    merged = two_numbers("consent", "merge", *both, "--reason", "The records office says so.")
    assert "Joined, as event" in merged.output
    assert "HOSP" not in merged.output
    two_numbers("consent", "withdraw", "--study", ONE, "--scope", "patient", "--reason", "all of them")
    assert [state(two_numbers, uid) for uid in (ONE, TWO, THREE)] == ["withdrawn"] * 3
    again = two_numbers("consent", "merge", *both, "--reason", "Twice.", expect=1)
    assert "one patient already" in again.output
    two_numbers("consent", "unmerge", *both, "--reason", "They are two people.")
    assert [state(two_numbers, uid) for uid in (ONE, TWO, THREE)] == ["withdrawn"] * 3
    none = two_numbers("consent", "unmerge", *both, "--reason", "Twice.", expect=1)
    assert "No merge joins" in none.output
    two_numbers("audit", "verify")


def test_a_merge_of_people_whose_details_do_not_agree_needs_what_was_compared(two_numbers):
    database = Database(f"sqlite:///{two_numbers.home.folder}/portal/portal.sqlite")
    with database.writing() as session:
        studies.register(session, a_subject("1.2.840.9", patient="OTHER-1", birth="19900930"))
    database.close()
    both = ("--study", ONE, "--other-study", "1.2.840.9", "--reason", "The same person.")
    refused = two_numbers("consent", "merge", *both, expect=1)
    assert "at least two identifiers" in refused.output
    two_numbers("consent", "merge", *both, "--compared", "address", "--compared", "number")
