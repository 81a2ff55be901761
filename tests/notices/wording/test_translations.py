"""Every language says what English says, in its own script, and keeps numbers as they are dialled and cited."""

import re
from datetime import date

import pytest

from notices import Site, check, edition
from notices.content import values
from notices.language import language, languages
from notices.lint.translation import compared
from notices.markup import tied
from notices.numbers import settled
from notices.wording import wording

OTHERS = [code for code in languages() if code != "en"]
_MARKS = "\u200e\u2060"
_ENGLISH_BY_NAME = re.compile(
    r"nhs\.uk/your-nhs-data-matters|national data opt-out|opt-out|Health and Care|UK GDPR|NHS|CHI|\(\w\)|\{\w+\}"
)
_OWN_SCRIPT = {"ar": "\u0600-\u06ff", "ur": "\u0600-\u06ff", "bn": "\u0980-\u09ff", "pa": "\u0a00-\u0a7f"}
_DANDA = "\u0964"


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_missing_left_in_english_or_filled_in_differently(code: str) -> None:
    assert [str(one) for one in compared(wording("en"), wording(code), code)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_each_text_has_as_many_lines_and_sentences_to_choose_from_as_in_english(code: str) -> None:
    for name, block in wording("en").blocks.items():
        other = wording(code).blocks[name]
        assert (len(other.full), len(other.easy)) == (len(block.full), len(block.easy)), name
        assert bool(other.brief) == bool(block.brief), name


@pytest.mark.parametrize("code", _OWN_SCRIPT)
def test_a_language_of_another_script_holds_no_latin_word_but_names(code: str) -> None:
    for path, text in wording(code).texts():
        rest = _ENGLISH_BY_NAME.sub("", text)
        assert not re.findall(r"[A-Za-z]+", rest), path
        foreign = [c for c in rest if c.isalpha() and not re.match(f"[{_OWN_SCRIPT[code]}{_DANDA}]", c)]
        assert foreign == [], path


@pytest.mark.parametrize("code", OTHERS)
def test_phone_number_address_and_articles_are_those_of_english(code: str) -> None:
    kept = re.compile(r"0300 303 5678|nhs\.uk/\S+?(?=[\s.]|$)|\d+(?:\(\w\))+|\b30\b")
    theirs = dict(wording(code).texts())
    for path, text in wording("en").texts():
        assert sorted(kept.findall(theirs[path])) == sorted(kept.findall(text)), path


def test_you_can_say_no_is_not_read_as_you_cannot_say() -> None:
    """The Urdu word for *no* is also *not*: *you no say can* would tell a patient the opposite."""
    for path, text in wording("ur").texts():
        assert not re.search(r"نہیں کہہ سکت|نہیں کہیں", text), path


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_is_marked_until_a_named_reviewer_signs_this_very_wording(code: str) -> None:
    assert "translation-not-reviewed" in {one.code for one in check(Site.default(), code)}
    data = Site.default().data()
    review = {"language": code, "reviewer": "A. Reader", "role": "Translator", "date": "2026-05-03"}
    data["reviews"] = [{**review, "wording": wording(code).fingerprint}]
    assert "translation-not-reviewed" not in {one.code for one in check(Site.parse(data), code)}
    data["reviews"] = [{**review, "wording": "0" * 64}]
    assert "translation-not-reviewed" in {one.code for one in check(Site.parse(data), code)}


def test_each_language_has_its_own_days_whichever_is_asked_first() -> None:
    """Babel 2.18 hands the names that one language borrowed to all that ask after it."""
    hours = Site.default().department.hours[0]
    found = {code: values.opening(hours, language(code)) for code in ("ur", *languages())}
    assert found == {
        "en": "Monday–Friday, 08:30–17:00",
        "cy": "Dydd Llun – Dydd Gwener, 08:30–17:00",
        "ga": "Dé Luain – Dé hAoine, 08:30–17:00",
        "pl": "Poniedziałek–piątek, 08:30–17:00",
        "ro": "Luni–vineri, 08:30–17:00",
        "pt": "Segunda-feira – sexta-feira, 08:30–17:00",
        "ar": "الاثنين–الجمعة، 08:30–17:00",
        "ur": "پیر–جمعہ، 08:30–17:00",
        "bn": "সোমবার–শুক্রবার, 08:30–17:00",
        "pa": "ਸੋਮਵਾਰ–ਸ਼ੁੱਕਰਵਾਰ, 08:30–17:00",
    }


def test_dates_and_lists_follow_the_wording_and_years_are_written_out() -> None:
    assert values.day(date(2026, 5, 3), language("pt")) == "3 de maio de 2026"
    assert values.day(date(2026, 5, 3), language("en")) == "3 May 2026"
    assert values.joined(["enw", "cyfeiriad", "trefnu"], language("cy")) == "enw, cyfeiriad a threfnu"
    assert values.joined(["name", "address", "number"], language("en")) == "name, address and number"
    kept = Site.default().privacy.retention
    assert [years for _, years in values.years(kept, wording("ga"), language("ga"))][:2] == ["8 mbliana", "5 bliana"]


@pytest.mark.parametrize("code", languages())
def test_no_version_has_a_longer_label_than_the_one_that_must_fit(code: str) -> None:
    site, words, spoken = Site.default(), wording(code), language(code)
    longest = edition.longest(site, code).label(words, spoken)
    assert f"99{spoken.comma} " in longest
    for month in range(1, 13):
        label = edition.Edition(edition.draft(site, code).code, 12, date(2026, month, 28)).label(words, spoken)
        assert len(label) <= len(longest)


def test_no_line_ends_with_a_word_of_one_letter_where_the_language_forbids_it() -> None:
    polish = tied("Z domu i w pracy, a potem u lekarza na wizycie", language("pl").clinging)
    assert polish == "Z\u00a0domu i\u00a0w\u00a0pracy, a\u00a0potem u\u00a0lekarza na\u00a0wizycie"
    assert tied("It is a picture of you", language("en").clinging) == "It is a picture of\u00a0you"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0300 303 5678", "\u200e0300\u00a0303\u00a05678\u200e"),
        ("+44 1632 960123", "\u200e+44\u00a01632\u00a0960123\u200e"),
        ("+44 (0)1632 960123 ext. 4", "\u200e+44\u00a0(0)1632\u00a0960123 ext. 4\u200e"),
        ("6(1)(e)", "\u200e6(1)\u2060(e)\u200e"),
        ("EX1 2AB", "EX1 2AB"),
        ("08:30–17:00", "08:30–17:00"),
    ],
)
def test_from_right_to_left_numbers_keep_their_order(text: str, shown: str) -> None:
    assert settled(text, rtl=True) == shown
    assert settled(text, rtl=False) == shown.replace("\u200e", "")
