"""What the lint lets through, and what it stops with a message that says what to do."""

from typing import Any

import pytest

from notices import Site, check
from notices.content.details import ITEMS, details
from notices.edition import longest
from notices.errors import DoesNotFitError, FontError
from notices.language import language
from notices.lint import InForce, Severity, looks, required
from notices.lint.grade import grade, syllables
from notices.lint.reading import AIM, LIMIT, texts
from notices.lint.translation import compared
from notices.making import Choices
from notices.outputs import Kind, Paper
from notices.settings.site import Item
from notices.wording import wording
from notices.wording.model import Wording
from tests.support.notices import CARE_ALONE, codes, site_with


@pytest.fixture
def smallest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the lint set the notice on the smallest paper alone; every other is set by the tests of the outputs."""
    one = looks.outputs()[Kind.INSERT].model_copy(update={"papers": (Paper.THIRD_A4,)})
    monkeypatch.setattr(looks, "outputs", lambda: {Kind.INSERT: one})


@pytest.mark.usefixtures("smallest")
def test_the_example_site_is_clean_in_english_and_fits() -> None:
    assert check(Site.default(), fit=True) == []


def test_errors_come_before_warnings() -> None:
    found = check(site_with(notice_url="http://x.example/n", privacy__rights=["rectification"]))
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


@pytest.mark.parametrize("item", Item.__args__)  # type: ignore[attr-defined]
def test_the_reason_that_the_site_gives_is_the_answer_unless_the_item_applies(item: str) -> None:
    site = site_with(**CARE_ALONE, privacy__not_applicable={item: "our own reason."})
    answer = next(one for one in details(site, wording("en"), language("en")) if one.key == item)
    assert answer.lines == (f"{wording('en').details.not_applicable} our own reason.",)
    given = {"privacy__transfers": "To Ireland.", "privacy__automated": "Sorting.", "privacy__statutory": True}
    does = site_with(**CARE_ALONE, **given, privacy__not_applicable={item: "our own reason."})
    said = next(one for one in details(does, wording("en"), language("en")) if one.key == item)
    assert said.applies == (f"privacy__{item}" in given)


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
    found = [one for one in check(site_with(**changes)) if one.code == "item-missing"]
    assert [(one.where, one.severity) for one in found] == [(f"privacy.{item}", Severity.ERROR)]
    assert "fill it in, or say why" in found[0].message


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"privacy__lawful_bases": ["legitimate_interests"]}, "legitimate_interests"),
        ({"privacy__lawful_bases": ["consent"], "privacy__rights": ["access"]}, "rights"),
        ({"privacy__conditions": ["health_care"]}, "conditions"),
        ({"privacy__rights": ["rectification"]}, "rights"),
        ({"practice__research": False}, "conditions"),
        ({"privacy__not_applicable": {"withdraw": "we never ask."}}, "not_applicable.withdraw"),
    ],
)
def test_answers_that_contradict_each_other_are_errors(changes: dict[str, Any], where: str) -> None:
    found = [one for one in check(site_with(**changes)) if one.code == "item-contradicts"]
    assert [one.where for one in found] == [f"privacy.{where}"]


@pytest.mark.parametrize("kept", ["images", "teaching", "research"])
def test_a_time_that_is_not_given_is_an_error(kept: str) -> None:
    site = Site.default()
    retention = site.privacy.retention.model_copy(update={kept: None})
    forgetful = site.model_copy(update={"privacy": site.privacy.model_copy(update={"retention": retention})})
    assert [one.where for one in required.required(forgetful, "en")] == [f"privacy.retention.{kept}"]


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
    found = codes(site_with(notice_url=address), InForce(address="https://riverside.example/notices"))
    assert code in found


def test_a_code_that_leads_to_the_portals_own_page_is_fine() -> None:
    site = site_with(notice_url="https://riverside.example/notices/web")
    assert check(site, in_force=InForce(address="https://riverside.example/")) == []


TOO_MUCH = {
    "organisation__name": "Hospital " * 13,
    "department__email": "a" * 64 + "@" + "b" * 170 + ".example",
    "department__phone": None,
    "notice_url": "https://" + "x" * 90 + ".example/" + "y" * 90,
}


@pytest.mark.usefixtures("smallest")
def test_what_does_not_fit_on_one_side_is_said_with_paper_and_format() -> None:
    found = [*looks.fit(site_with(**TOO_MUCH), "en")]
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


def test_what_must_fit_is_the_published_notice_and_not_its_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = []
    monkeypatch.setattr(looks, "must_fit", lambda kind, site, choices: measured.append(choices["edition"]))
    assert [*looks.fit(Site.default(), "ur")] == []
    assert set(measured) == {longest(Site.default(), "ur")}


def test_what_does_not_fit_is_not_made() -> None:
    from notices import render  # noqa: PLC0415

    with pytest.raises(DoesNotFitError, match="does not fit on one side of third-a4 paper"):
        render("insert", site=site_with(**TOO_MUCH), paper="third-a4", large_print=True)


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
