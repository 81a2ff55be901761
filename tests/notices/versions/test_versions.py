"""A version of the notices from draft to retirement: in order, by the right person, and never changed."""

import copy
import json
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest

from notices import Finding, Site, render_text
from notices.edition import fingerprint
from notices.errors import TransitionError
from notices.lint import InForce, Severity, looks
from notices.outputs import Kind, Paper
from notices.versions import Person, State, Version, approved, checked, draft, published, retired
from notices.versions.version import GUARDIAN

EDITOR, BOSS = Person("erin", "department-admin"), Person("gail", GUARDIAN)
FAULT = Finding("promise-not-kept", Severity.ERROR, "practice.removed", "take the promise out")
HINT = Finding("text-not-translated", Severity.WARNING, "department.place", "add 'cy'")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _clock() -> datetime:
    return NOON


def _draft(*languages: str) -> Version:
    return draft(3, Site.default(), languages or ("en",), EDITOR, _clock)


def _checked(*findings: Finding) -> Version:
    """Return a version as a check leaves it, without the seconds that setting every page takes."""
    one = _draft()
    step = replace(one.steps[0], state=State.CHECKED)
    return replace(one, steps=(*one.steps, step), findings=findings)


def _approved() -> Version:
    return approved(_checked(), BOSS, clock=_clock)


def _published() -> Version:
    return published(_approved(), EDITOR, _clock)


@pytest.fixture
def smallest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the check set the notice on the smallest paper alone; every other is set by the tests of the outputs."""
    one = looks.outputs()[Kind.INSERT].model_copy(update={"papers": (Paper.THIRD_A4,)})
    monkeypatch.setattr(looks, "outputs", lambda: {Kind.INSERT: one})


@pytest.mark.usefixtures("smallest")
def test_a_version_goes_from_draft_to_retirement_and_each_step_is_written_down() -> None:
    one = checked(_draft(), EDITOR, clock=_clock)
    one = approved(one, BOSS, clock=_clock)
    one = published(one, EDITOR, _clock)
    one = retired(one, EDITOR, _clock)
    assert [step.state for step in one.steps] == ["draft", "checked", "approved", "published", "retired"]
    assert [step.user for step in one.steps] == ["erin", "erin", "gail", "erin", "erin"]
    assert {step.at for step in one.steps} == {NOON.isoformat()}
    assert one.findings == ()


@pytest.mark.usefixtures("smallest")
def test_a_check_keeps_what_it_found_of_practice_and_promises() -> None:
    in_force = InForce(kept=frozenset({"PatientName"}), allowed={"research": False})
    found = checked(_draft(), EDITOR, in_force)
    assert {one.code for one in found.errors} == {"promise-not-kept", "practice-differs"}
    with pytest.raises(TransitionError, match="The check found 2 errors"):
        approved(found, BOSS)


_MADE: dict[State, Callable[[], Version]] = {
    State.DRAFT: _draft,
    State.CHECKED: _checked,
    State.APPROVED: _approved,
    State.PUBLISHED: _published,
    State.RETIRED: lambda: retired(_published(), EDITOR, _clock),
}
_STEPS: dict[State, Callable[[Version], Version]] = {
    State.CHECKED: lambda one: checked(one, EDITOR),
    State.APPROVED: lambda one: approved(one, BOSS, reason="looked at"),
    State.PUBLISHED: lambda one: published(one, EDITOR),
    State.RETIRED: lambda one: retired(one, EDITOR),
}
_ALLOWED = {
    (State.DRAFT, State.CHECKED),
    (State.CHECKED, State.CHECKED),
    (State.CHECKED, State.APPROVED),
    (State.APPROVED, State.PUBLISHED),
    (State.APPROVED, State.RETIRED),
    (State.PUBLISHED, State.RETIRED),
}


@pytest.mark.usefixtures("smallest")
@pytest.mark.parametrize("before", _MADE, ids=str)
@pytest.mark.parametrize("after", _STEPS, ids=str)
def test_only_the_next_step_can_be_taken(before: State, after: State) -> None:
    one = _MADE[before]()
    if (before, after) in _ALLOWED:
        assert _STEPS[after](one).state == after
    else:
        with pytest.raises(TransitionError, match=f"Version 3 is {before}; after that comes .*, not {after}"):
            _STEPS[after](one)


@pytest.mark.parametrize("role", ["department-admin", "clinician", "administrator", "trainer", ""])
def test_nobody_but_the_guardian_approves(role: str) -> None:
    with pytest.raises(TransitionError, match="Only the Caldicott Guardian approves"):
        approved(_checked(), Person("mallory", role), reason="because")


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_an_error_bars_approval_without_a_reason(reason: str) -> None:
    with pytest.raises(TransitionError, match="found 1 errors: put them right, or write the reason"):
        approved(_checked(FAULT, HINT), BOSS, reason=reason)


def test_the_guardians_reason_for_setting_an_error_aside_is_kept_for_good() -> None:
    one = approved(_checked(FAULT), BOSS, reason=" The new profile starts on Monday. ")
    assert one.steps[-1].reason == "The new profile starts on Monday."
    assert published(one, EDITOR).findings == (FAULT,)
    assert published(one, EDITOR).steps[-2].reason == "The new profile starts on Monday."


def test_a_warning_does_not_bar_approval() -> None:
    assert approved(_checked(HINT), BOSS).state == State.APPROVED


@pytest.mark.parametrize("step", [State.APPROVED, State.PUBLISHED])
def test_a_wording_that_changed_since_the_draft_is_neither_approved_nor_published(step: State) -> None:
    one = replace(_checked() if step == State.APPROVED else _approved(), fingerprint="0" * 64)
    with pytest.raises(TransitionError, match=r"The wording has changed .* draft and check a new one"):
        _STEPS[step](one)


def test_a_version_needs_a_language() -> None:
    with pytest.raises(TransitionError, match="at least one language"):
        draft(1, Site.default(), (), EDITOR)


def test_no_step_changes_the_version_that_was_there_before() -> None:
    before = _checked()
    kept = copy.deepcopy(before.as_dict())
    approved(before, BOSS)
    assert before.as_dict() == kept
    assert before.state == State.CHECKED


def test_a_version_cannot_be_changed_from_outside() -> None:
    settings = Site.default().data()
    one = replace(_draft(), settings=settings)
    settings["notice_url"] = "https://elsewhere.example"
    assert one.site == Site.default()
    with pytest.raises(FrozenInstanceError):
        one.number = 4  # type: ignore[misc]
    for change in (
        lambda: one.settings.update(notice_url="x"),
        lambda: one.settings["department"].__setitem__("phone", "1"),
        lambda: one.settings.pop("logo", None),
        lambda: one.settings["department"]["hours"].append({}),
        lambda: one.settings["department"]["hours"].__setitem__(0, {}),
        one.settings["practice"]["removed"].clear,
    ):
        with pytest.raises(TypeError, match="A version never changes"):
            change()
    assert one.site == Site.default()


def test_what_a_version_hands_out_can_be_changed_without_changing_it() -> None:
    one = _draft()
    for handed in (one.as_dict()["settings"], copy.deepcopy(one.settings)):
        handed["department"]["hours"].clear()
        handed["notice_url"] = "https://elsewhere.example"
    assert one.site == Site.default()


def test_a_version_goes_through_json_and_pickle_unchanged() -> None:
    one = approved(_checked(FAULT, HINT), BOSS, reason="Seen.")
    assert Version.from_dict(json.loads(json.dumps(one.as_dict()))) == one
    assert pickle.loads(pickle.dumps(one)) == one
    assert json.loads(json.dumps(one.settings)) == Site.default().data()


def test_the_version_is_printed_on_the_page_once_it_is_approved() -> None:
    code = _draft().fingerprint[:8]
    assert f"Draft ({code})" in render_text(site=Site.default(), edition=_draft().edition())
    assert f"Draft ({code})" in render_text(site=Site.default(), edition=_checked().edition())
    for one in (_approved(), _published()):
        assert f"Version 3, 21 November 2026 ({code})" in render_text(site=one.site, edition=one.edition())
        assert one.label == f"3 ({code})"


def test_other_settings_or_languages_are_another_fingerprint() -> None:
    data = Site.default().data()
    data["department"]["phone"] = "01632 960999"
    found = {
        fingerprint(Site.default(), ("en",)),
        fingerprint(Site.default(), ("en", "cy")),
        fingerprint(Site.parse(data), ("en",)),
    }
    assert len(found) == 3
    assert fingerprint(Site.parse(Site.default().data()), ("en",)) in found
