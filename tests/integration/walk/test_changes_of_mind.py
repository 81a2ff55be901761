"""The patient changes their mind while the work is under way: the latest word wins."""

from tests.integration.walk.exporting import accepted, ask, fresh_study, settled
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
