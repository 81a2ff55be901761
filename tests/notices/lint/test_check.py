"""What the lint lets through, and what it stops with a message that says what to do."""

import copy
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from consent_portal.policy.load import load_policy
from notices import Site, check
from notices.content.details import ITEMS, details
from notices.errors import DoesNotFitError, FontError, PlanError, PolicyError
from notices.language import language
from notices.lint import InForce, Severity, looks, required
from notices.lint.grade import grade, syllables
from notices.lint.plan import in_force
from notices.lint.practice import SWITCHES, promises
from notices.lint.reading import AIM, LIMIT, texts
from notices.lint.translation import compared
from notices.making import Choices
from notices.outputs import Kind, Paper
from notices.settings.site import Removed
from notices.wording import wording
from notices.wording.model import Wording


def _site(**changes: Any) -> Site:
    """Return the example site with some settings changed; a dotted name is written with two underscores."""
    data = copy.deepcopy(Site.default().data())
    for name, value in changes.items():
        *path, last = name.split("__")
        node = data
        for part in path:
            node = node.setdefault(part, {})
        node[last] = value
    return Site.parse(data)


def _codes(site: Site, in_force: InForce | None = None, **more: Any) -> dict[str, str]:
    return {one.code: one.message for one in check(site, in_force=in_force, **more)}


@pytest.fixture
def smallest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the lint set the notice on the smallest paper alone; every other is set by the tests of the outputs."""
    one = looks.outputs()[Kind.INSERT].model_copy(update={"papers": (Paper.THIRD_A4,)})
    monkeypatch.setattr(looks, "outputs", lambda: {Kind.INSERT: one})


@pytest.mark.usefixtures("smallest")
def test_the_example_site_is_clean_in_english_and_fits() -> None:
    assert check(Site.default(), fit=True) == []


def test_errors_come_before_warnings() -> None:
    found = check(_site(notice_url="http://x.example/n", privacy__rights=["rectification"]))
    assert [one.severity for one in found] == sorted((one.severity for one in found), key=lambda one: one != "error")
    assert {one.severity for one in found} == {Severity.ERROR, Severity.WARNING}


# --- the regulator's list -------------------------------------------------------------------------------------------


def test_every_item_of_the_regulators_list_is_answered_or_says_why_it_does_not_apply() -> None:
    found = details(Site.default(), wording("en"), language("en"))
    assert [one.key for one in found] == [*ITEMS]
    assert all(line.strip() for one in found for line in one.lines)
    not_applying = [one for one in found if not one.applies]
    assert not_applying
    assert all(one.lines[0].startswith(wording("en").details.not_applicable) for one in not_applying)


@pytest.mark.parametrize(
    ("changes", "item"),
    [
        ({"privacy__recipients": [], "practice__research": False, "practice__print": False,
          "practice__internet": False}, "recipients"),
        ({"privacy__lawful_bases": []}, "lawful_basis"),
        ({"privacy__conditions": []}, "condition"),
        ({"privacy__rights": []}, "rights"),
    ],
)  # fmt: skip
def test_an_item_without_an_answer_is_an_error_that_names_it(changes: dict[str, Any], item: str) -> None:
    found = [one for one in check(_site(**changes)) if one.code == "item-missing"]
    assert [(one.where, one.severity) for one in found] == [(f"privacy.{item}", Severity.ERROR)]
    assert "fill it in, or say why" in found[0].message


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"privacy__lawful_bases": ["legitimate_interests"]}, "legitimate_interests"),
        ({"privacy__lawful_bases": ["consent"], "privacy__rights": ["access"]}, "rights"),
        ({"privacy__conditions": ["health_care"]}, "conditions"),
        ({"privacy__rights": ["rectification"]}, "rights"),
    ],
)
def test_answers_that_contradict_each_other_are_errors(changes: dict[str, Any], where: str) -> None:
    found = [one for one in check(_site(**changes)) if one.code == "item-contradicts"]
    assert [one.where for one in found] == [f"privacy.{where}"]


@pytest.mark.parametrize("kept", ["images", "teaching", "research"])
def test_a_time_that_is_not_given_is_an_error(kept: str) -> None:
    site = Site.default()
    retention = site.privacy.retention.model_copy(update={kept: None})
    forgetful = site.model_copy(update={"privacy": site.privacy.model_copy(update={"retention": retention})})
    assert [one.where for one in required.required(forgetful, "en")] == [f"privacy.retention.{kept}"]


# --- practice and promises ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("promise", Removed.__args__)  # type: ignore[attr-defined]
def test_a_promise_that_the_export_profile_does_not_keep_is_an_error(promise: str) -> None:
    site = _site(practice__removed=[promise])
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
    site = _site(**{f"practice__{name}": value for name, value in changes.items()})
    for kept, found in ((frozenset({"PatientName"}), ["promise-not-kept"]), (frozenset(), [])):
        promised = [one for one in check(site, in_force=InForce(kept=kept)) if one.code == "promise-not-kept"]
        assert [one.code for one in promised] == found
        assert all("'name'" in one.message and "ask for a stricter profile" in one.message for one in promised)


def test_a_profile_that_keeps_what_nobody_promised_to_remove_is_no_fault() -> None:
    site = _site(practice__removed=["name"])
    assert check(site, in_force=InForce(kept=frozenset({"PatientBirthDate", "StudyDate"}))) == []


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("said", [True, False])
def test_what_the_notice_says_and_the_policy_allows_must_agree(switch: str, said: bool) -> None:
    site = Site.default()
    told = site.model_copy(update={"practice": site.practice.model_copy(update={switch: said})})
    for allowed in (True, False):
        found = [
            one for one in check(told, in_force=InForce(allowed={switch: allowed})) if one.code == "practice-differs"
        ]
        assert [one.where for one in found] == ([] if said == allowed else [f"practice.{switch}"])


def test_a_policy_that_names_no_practice_of_ours_is_refused_and_not_passed_over() -> None:
    with pytest.raises(PolicyError, match="no practice 'teachign'"):
        check(Site.default(), in_force=InForce(allowed={"teachign": False}))


SWITCHES_OF_THE_POLICY = frozenset(load_policy().switches)
UNTOUCHED = {"coded_without_contract", "not_chosen_para10_permitted"}


@pytest.mark.parametrize("switch", sorted(SWITCHES_OF_THE_POLICY))
def test_a_relaxed_policy_that_makes_the_wording_untrue_is_an_error(switch: str) -> None:
    found = check(Site.default(), in_force=InForce(switches=[switch]))
    assert [one.code for one in found] == ([] if switch in UNTOUCHED else ["statement-not-kept"])
    assert all(one.severity == Severity.ERROR and repr(switch) in one.message for one in found)


def test_approval_of_studies_is_no_promise_where_there_is_no_research() -> None:
    off = _site(practice__research=False, privacy__recipients=["care_providers", "publishers", "trainees"])
    assert check(off, in_force=InForce(switches=["research_secondary_exempt_from_ethics"])) == []


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
    assert code in _codes(_site(**changes))


def test_research_is_not_mentioned_where_there_is_none() -> None:
    from notices import render_text  # noqa: PLC0415

    off = _site(practice__research=False, privacy__recipients=["care_providers", "publishers", "trainees"])
    assert check(off) == []
    assert "research" in render_text(site=Site.default()).lower()
    assert "research" not in render_text(site=off).lower()


# --- the plan -------------------------------------------------------------------------------------------------------


@cache
def _plan() -> str:
    command = [sys.executable, "-c", "from orthanc_plugin.deid.cli import plan; plan(['--level', 'teaching'])"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_teaching_profile_keeps_every_promise_that_a_notice_can_make() -> None:
    every = [*promises()]
    assert every == [*Removed.__args__]  # type: ignore[attr-defined]
    found = check(_site(practice__removed=every), in_force=in_force(_plan()))
    assert [one.code for one in found if one.code == "promise-not-kept"] == []


def test_a_plan_that_lets_a_name_through_is_found_out() -> None:
    lines = _plan().splitlines()
    weaker = [f"{line.partition(':')[0]}: kept" if "(0010,0010)" in line else line for line in lines]
    assert weaker != lines
    assert "PatientName" in in_force("\n".join(weaker)).kept
    assert "promise-not-kept" in _codes(Site.default(), in_force("\n".join(weaker)))


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


# --- reading age ----------------------------------------------------------------------------------------------------


def test_the_grade_is_that_of_kincaids_formula() -> None:
    text = "The cat sat on the mat. It was happy."  # 9 words, 2 sentences, 10 syllables
    assert grade(text) == pytest.approx(0.39 * 9 / 2 + 11.8 * 10 / 9 - 15.59)


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("happy", 2), ("radiology", 5), ("X-rays", 2), ("We’re", 1), ("pictures", 2), ("blorbify", 3)],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_a_text_for_specialists_is_above_the_limit_and_a_plain_one_below_the_aim() -> None:
    hard = (
        "Pseudonymisation of identifiable radiological information necessitates proportionate organisational controls."
    )
    assert grade(hard) > LIMIT > AIM > grade("We take X-rays and scans. We keep them safe.")
    assert grade("") == grade("...") == 0.0


def test_a_list_is_not_read_as_many_short_sentences() -> None:
    assert grade("We take these details off: name. birth date. home.") > grade("We do. We did. We will. They all went.")


def test_a_block_in_hard_words_is_an_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from notices.content import page  # noqa: PLC0415

    english = wording("en")
    hard = "Notwithstanding organisational responsibilities, interdisciplinary radiological documentation accumulates."
    block = english.blocks["care"].model_copy(update={"short": hard})
    other = english.model_copy(update={"blocks": {**english.blocks, "care": block}})
    monkeypatch.setattr(page, "wording", lambda code: other)
    found = [one for one in check(Site.default()) if one.code == "reading-age"]
    assert [(one.where, one.severity) for one in found] == [("wording en, blocks.care.short", Severity.ERROR)]
    assert "shorten the sentences" in found[0].message


def test_every_length_of_a_block_is_read() -> None:
    from notices import edition  # noqa: PLC0415
    from notices.content.page import page  # noqa: PLC0415
    from notices.outputs import job  # noqa: PLC0415

    site = Site.default()
    sheet = page(job("information-sheet"), site, edition.draft(site, "en"))
    assert all(set(texts(card)) == {"short", "full", "easy"} and all(texts(card).values()) for card in sheet.cards)


# --- looks ----------------------------------------------------------------------------------------------------------


def test_a_colour_that_slipped_past_the_settings_is_found_by_the_lint() -> None:
    site = Site.default()
    pale = site.theme.model_copy(update={"primary": site.theme.accent})
    found = [one for one in check(site.model_copy(update={"theme": pale})) if one.code == "contrast"]
    assert {one.where for one in found} == {"theme.primary"}
    assert all("choose another colour" in one.message for one in found)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://riverside.example/n", "qr-unsafe"),
        ("https://localhost/n", "qr-unreachable"),
        ("https://127.0.0.1:8443/n", "qr-unreachable"),
        ("https://10.1.2.3/n", "qr-unreachable"),
        ("https://pacs/n", "qr-unreachable"),
        ("https://riverside.example/" + "n" * 170, "qr-too-fine"),
        ("https://elsewhere.example/n", "qr-elsewhere"),
    ],
)
def test_a_code_that_a_phone_cannot_use_is_found(address: str, code: str) -> None:
    found = _codes(_site(notice_url=address), InForce(address="https://riverside.example/notices"))
    assert code in found


def test_a_code_that_leads_to_the_portals_own_page_is_fine() -> None:
    site = _site(notice_url="https://riverside.example/notices/web")
    assert check(site, in_force=InForce(address="https://riverside.example/")) == []


TOO_MUCH = {
    "organisation__name": "Hospital " * 13,
    "department__email": "a" * 64 + "@" + "b" * 170 + ".example",
    "department__phone": None,
    "notice_url": "https://" + "x" * 90 + ".example/" + "y" * 90,
}


@pytest.mark.usefixtures("smallest")
def test_what_does_not_fit_on_one_side_is_said_with_paper_and_format() -> None:
    found = [*looks.fit(_site(**TOO_MUCH), "en")]
    assert {(one.code, one.severity) for one in found} == {("does-not-fit", Severity.ERROR)}
    assert "insert third-a4, large print" in [one.where for one in found]
    assert all("does not fit on one side of third-a4 paper" in one.message for one in found)
    assert all("shorten" in one.message and "or choose larger paper" in one.message for one in found)


@pytest.mark.usefixtures("smallest")
def test_an_insert_without_room_for_a_name_is_said_before_a_letter_run_finds_out(monkeypatch) -> None:
    must_fit = looks.must_fit

    def crowded(kind: Kind, site: Site, choices: Choices) -> None:
        if choices.get("for_person") and choices["easy_read"]:
            raise DoesNotFitError("It does not fit.")
        must_fit(kind, site, choices)

    monkeypatch.setattr(looks, "must_fit", crowded)
    found = [*looks.fit(Site.default(), "en")]
    assert [(one.code, one.severity, one.where) for one in found] == [
        ("no-room-for-a-name", Severity.WARNING, "insert third-a4, large print, easy read")
    ]


def test_what_does_not_fit_is_not_made() -> None:
    from notices import render  # noqa: PLC0415

    with pytest.raises(DoesNotFitError, match="does not fit on one side of third-a4 paper"):
        render("insert", site=_site(**TOO_MUCH), paper="third-a4", large_print=True)


def test_a_missing_font_is_a_finding_and_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **more: object) -> bytes:
        raise FontError("The notice needs the Noto fonts: install fonts-noto-core.")

    monkeypatch.setattr(looks, "render", refuse)
    assert [one.code for one in looks.letters(Site.default(), "en")] == ["font-missing"]


# --- translations ---------------------------------------------------------------------------------------------------


def _changed(words: Wording, **texts: str) -> Wording:
    return words.model_copy(update={"contact": words.contact.model_copy(update=texts)})


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({"heading": ""}, "translation-missing"),
        ({"heading": "Gofynnwch {name}"}, "translation-placeholder"),
    ],
)
def test_a_text_that_is_missing_or_filled_in_differently_is_an_error(texts: dict[str, str], code: str) -> None:
    english = wording("en")
    found = [*compared(english, _changed(english, **texts), "cy")]
    assert (code, "wording cy, contact.heading") in {(one.code, one.where) for one in found}


def test_a_sentence_left_in_english_is_an_error() -> None:
    english = wording("en")
    found = {one.where for one in compared(english, english, "cy") if "still English" in one.message}
    assert "wording cy, blocks.care.short" in found


def test_a_wording_that_holds_more_than_english_is_an_error() -> None:
    english = wording("en")
    lists = english.lists.model_copy(update={"uses": {**english.lists.uses, "sales": "sell them"}})
    found = [*compared(english, english.model_copy(update={"lists": lists}), "en")]
    assert [(one.code, one.where) for one in found] == [("translation-extra", "wording en, lists.uses.sales")]
