"""An older copy of the ledger, or none, forgets no withdrawal: everything but care is closed (cases L1 and L2)."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.integration.walk.exporting import FreshStudy, accepted, ask, fresh_study
from tests.support.stack import Stack


def databases(stack: Stack) -> list[Path]:
    return list((stack.home / "portal").glob("portal.sqlite*"))


def copied(stack: Stack, copy: Path) -> None:
    """Copy the ledger while it is in use, as the guide says."""
    source, target = sqlite3.connect(stack.home / "portal" / "portal.sqlite"), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()


def closed_but_for_care(stack: Stack, study: FreshStudy, missing: str) -> None:
    assert "THE PORTAL STAYS CLOSED" in stack.output()
    assert missing in stack.output()
    with stack.client("clinician") as orthanc:
        refused = ask(orthanc, study.id)
        assert (refused.status_code, refused.json()["outcome"]) == (403, "deny")
        assert missing in refused.json()["reasons"][0]["text"]
        shown = orthanc.get(f"/consent/studies/{study.id}").json()
        assert shown["purposes"]["teaching"]["outcome"] == "deny"
        assert orthanc.get(f"/studies/{study.id}/archive").content.startswith(b"PK")
        accepted(ask(orthanc, study.id, "direct-care"))
    assert httpx.get(f"{stack.portal}/health/ready", trust_env=False).status_code == 503
    verified = stack.aoa("audit", "verify")
    assert (verified.returncode, missing in verified.stdout) == (1, True)


def test_neither_an_older_ledger_nor_none_forgets_a_withdrawal(new_stack: Callable[..., Stack], tmp_path: Path) -> None:
    stack = new_stack(demo=True).start().wait_until_ready()
    study = fresh_study(stack, "forearm-photograph")
    with stack.client("clinician") as orthanc:
        accepted(ask(orthanc, study.id))
        copied(stack, tmp_path / "copy")
        assert stack.aoa("consent", "withdraw", "--study", study.uid, "--reason", "no").returncode == 0
        assert ask(orthanc, study.id).status_code == 403
    assert stack.aoa("audit", "verify").returncode == 0
    stack.stop()

    for file in databases(stack):
        file.unlink()
    (stack.home / "portal" / "portal.sqlite").write_bytes((tmp_path / "copy").read_bytes())
    stack.start().wait_until_ready()
    closed_but_for_care(stack, study, "this home had reached event")
    stack.stop()

    for file in databases(stack):
        file.unlink()
    stack.start().wait_until_ready()
    closed_but_for_care(stack, study, "There is no ledger where [portal] database_url says")
    stack.stop()
    assert databases(stack) == []
