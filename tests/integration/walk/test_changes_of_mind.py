"""The patient changes their mind while the work is under way: the latest word wins."""

from pathlib import Path

import pytest

from tests.integration.walk.exporting import accepted, ask, fresh_study, settled
from tests.support.patience import until
from tests.support.stack import Stack

SAMPLE = "forearm-photograph"
TODAY = "2026-01-05"


def test_an_amendment_opens_the_internet_but_a_second_person_has_to_agree(stack: Stack) -> None:
    photograph = fresh_study(stack, SAMPLE)
    amended = stack.aoa(
        "consent", "amend", "--study", photograph.uid, "--levels", "record,teaching,internet",
        "--clinician", "Dr M. Ross", "--date", TODAY, "--reason", "Asked again for the website",
    )  # fmt: skip
    assert amended.returncode == 0, amended.stderr
    with stack.client("clinician") as orthanc:
        href = accepted(ask(orthanc, photograph.id, "internet"))
        state = settled(orthanc, href)
        package = orthanc.get(f"{href}/package")
    assert state["state"] == "held"
    assert state["reasons"]
    assert package.status_code in {403, 409}
    assert not package.content.startswith(b"PK")


def test_a_withdrawal_between_decision_and_hand_over_stops_the_release(stack: Stack) -> None:
    photograph = fresh_study(stack, SAMPLE)
    with stack.client("clinician") as orthanc:
        href = accepted(ask(orthanc, photograph.id))
        assert settled(orthanc, href)["state"] == "ready"
        withdrawn = stack.aoa(
            "consent", "withdraw", "--study", photograph.uid, "--reason", "The patient changed their mind"
        )
        assert withdrawn.returncode == 0, withdrawn.stderr
        package = orthanc.get(f"{href}/package")
        assert package.status_code == 410
        assert package.json()["reasons"]
        assert not package.content.startswith(b"PK")
        assert orthanc.get(href).json()["state"] == "recalled"
        refused = ask(orthanc, photograph.id)
    assert (refused.status_code, refused.json()["outcome"]) == (403, "deny")


def kept(stack: Stack, href: str) -> Path:
    """Return where the sealed package of a job lies while it waits."""
    return stack.home / "engine" / "packages" / href.rsplit("/", 1)[1]


WITHDRAWAL = ("consent", "withdraw", "--reason", "The patient changed their mind")
REFUSAL = (
    "consent", "amend", "--levels", "record", "--declined", "teaching", "--clinician", "Dr M. Ross",
    "--date", TODAY, "--reason", "Asked again, and said no",
)  # fmt: skip


@pytest.mark.parametrize("said", [WITHDRAWAL, REFUSAL], ids=["withdrawn", "declined in an amendment"])
def test_a_package_that_waits_is_destroyed_by_itself_when_the_patient_says_no(
    stack: Stack, said: tuple[str, ...]
) -> None:
    photograph = fresh_study(stack, SAMPLE)
    with stack.client("clinician") as orthanc:
        href = accepted(ask(orthanc, photograph.id))
        assert settled(orthanc, href)["state"] == "ready"
        assert kept(stack, href).exists()
        recorded = stack.aoa(*said, "--study", photograph.uid)
        assert recorded.returncode == 0, recorded.stderr
        until(lambda: not kept(stack, href).exists(), "the package to be destroyed though nobody asks")
        told = orthanc.get(href).json()
    assert (told["state"], told["collectable"]) == ("recalled", False)
    assert told["reasons"]


def test_whoever_asks_after_a_withdrawal_is_told_at_once_that_the_export_was_called_back(stack: Stack) -> None:
    photograph = fresh_study(stack, SAMPLE)
    with stack.client("clinician") as orthanc:
        href = accepted(ask(orthanc, photograph.id))
        assert settled(orthanc, href)["state"] == "ready"
        assert stack.aoa(*WITHDRAWAL, "--study", photograph.uid).returncode == 0
        until(lambda: orthanc.get(href).json()["state"] == "recalled", "the job to say that it was called back")
        assert orthanc.get(f"{href}/package").status_code == 410


def test_what_still_stands_goes_on_when_another_patient_says_no(stack: Stack) -> None:
    ours, other = fresh_study(stack, SAMPLE), fresh_study(stack, SAMPLE)
    with stack.client("clinician") as orthanc:
        hrefs = [accepted(ask(orthanc, one.id)) for one in (ours, other)]
        assert [settled(orthanc, href)["state"] for href in hrefs] == ["ready", "ready"]
        assert stack.aoa(*WITHDRAWAL, "--study", other.uid).returncode == 0
        until(lambda: orthanc.get(hrefs[1]).json()["state"] == "recalled", "the other's job to be called back")
        assert orthanc.get(hrefs[0]).json()["state"] == "ready"
        assert orthanc.get(f"{hrefs[0]}/package").status_code == 200
