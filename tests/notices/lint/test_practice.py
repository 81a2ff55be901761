"""What the notice promises and tells is what the export profile and the department do."""

import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from notices import Site, check, render_html, render_text
from notices.errors import PlanError
from notices.lint import InForce, Severity
from notices.lint.plan import in_force
from notices.lint.practice import promises
from notices.settings.site import Removed
from notices.wording import wording
from tests.support.notices import CARE_ALONE, NO_RESEARCH, codes, site_with


@pytest.mark.parametrize("promise", Removed.__args__)  # type: ignore[attr-defined]
def test_a_promise_that_the_export_profile_does_not_keep_is_an_error(promise: str) -> None:
    site = site_with(practice__removed=[promise])
    for keyword in promises()[promise]:
        found = check(site, in_force=InForce(kept=frozenset({keyword, "Modality"})))
        assert [(one.code, one.severity) for one in found] == [("promise-not-kept", Severity.ERROR)]
        assert keyword in found[0].message
        assert "Modality" not in found[0].message


NOTHING_BUT_PRINT = dict.fromkeys(("teaching", "research", "safety", "planning", "internet"), False)


@pytest.mark.parametrize(
    "changes", [{"removed": ["address"]}, {"removed": [], **NOTHING_BUT_PRINT}], ids=["uses", "print"]
)
def test_the_name_that_every_wording_promises_to_take_off_is_held_to_the_profile_too(changes: dict[str, Any]) -> None:
    site = site_with(**{f"practice__{name}": value for name, value in changes.items()})
    for kept, found in ((frozenset({"PatientName"}), ["promise-not-kept"]), (frozenset(), [])):
        promised = [one for one in check(site, in_force=InForce(kept=kept)) if one.code == "promise-not-kept"]
        assert [one.code for one in promised] == found
        assert all("'name'" in one.message and "ask for a stricter profile" in one.message for one in promised)


def test_a_profile_that_keeps_what_nobody_promised_to_remove_is_no_fault() -> None:
    site = site_with(practice__removed=["name"])
    assert check(site, in_force=InForce(kept=frozenset({"PatientBirthDate", "StudyDate"}))) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"privacy__recipients": ["care_providers", "publishers"]}, "recipient-missing"),
        ({"privacy__recipients": ["care_providers", "research_teams"]}, "recipient-missing"),
        ({"practice__companies": True}, "recipient-missing"),
        ({"practice__research": False}, "recipient-unexplained"),
        ({"practice__print": False, "practice__internet": False}, "recipient-unexplained"),
    ],
)
def test_recipients_follow_from_what_is_done(changes: dict[str, Any], code: str) -> None:
    assert code in codes(site_with(**changes))


def test_research_is_not_mentioned_where_there_is_none() -> None:
    off = site_with(practice__nation="scotland", **NO_RESEARCH)  # England's national opt-out has the word in it
    assert check(off) == []
    for said in (render_text, render_html):
        assert "research" in said(site=Site.default()).lower()
        assert "research" not in said(site=off).lower()


def test_where_images_serve_care_alone_there_is_nothing_to_say_no_to_or_to_take_back() -> None:
    off = site_with(**CARE_ALONE)
    assert check(off) == []
    sheet = render_html(site=off).replace("\u00a0", " ")
    words = wording("en")
    for block in ("no", "undo", "undo_link", "ask", "removed", "uses"):
        assert words.blocks[block].question not in sheet
    assert all(words.details.retention[name] not in sheet for name in ("teaching", "research", "consent"))
    assert words.details.retention["images"] in sheet
    assert words.details.not_applicable_because["withdraw"] in sheet
    assert words.details.text["withdraw"] not in sheet


# --- the plan -------------------------------------------------------------------------------------------------------


@cache
def _plan() -> str:
    command = [sys.executable, "-c", "from orthanc_plugin.files.cli import plan; plan(['--level', 'teaching'])"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_teaching_profile_keeps_every_promise_that_a_notice_can_make() -> None:
    every = [*promises()]
    assert every == [*Removed.__args__]  # type: ignore[attr-defined]
    found = check(site_with(practice__removed=every), in_force=in_force(_plan()))
    assert [one.code for one in found if one.code == "promise-not-kept"] == []


def test_a_plan_that_lets_a_name_through_is_found_out() -> None:
    lines = _plan().splitlines()
    weaker = [f"{line.partition(':')[0]}: kept" if "(0010,0010)" in line else line for line in lines]
    assert weaker != lines
    assert "PatientName" in in_force("\n".join(weaker)).kept
    assert "promise-not-kept" in codes(Site.default(), in_force("\n".join(weaker)))


@pytest.mark.parametrize(
    ("fate", "stays"),
    [
        ("kept", True),
        ("kept where it is a number", True),
        ("kept, its items treated by the same rules", False),
        ("removed", False),
        ("emptied", False),
        ("only words known to be harmless stay; removed where nothing is left", False),
    ],
)
def test_what_stays_even_at_times_counts_as_kept(fate: str, stays: bool) -> None:
    assert (in_force(f"(0010,0010) Patient's Name: {fate}").kept == frozenset({"PatientName"})) is stays


@pytest.mark.parametrize("text", ["", "Patient's Name: removed", "usage: aoa plan"])
def test_what_is_no_plan_says_how_to_write_one(text: str) -> None:
    with pytest.raises(PlanError, match="aoa plan --level teaching"):
        in_force(text)
