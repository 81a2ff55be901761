"""The settings of a site: every fault is named at once, in words that say what to write instead."""

import copy
from pathlib import Path
from typing import Any

import pytest

from notices import Site, SiteError, render, render_text, web_page
from notices.language import languages
from notices.settings.colour import Colour, contrast
from notices.settings.local_text import LocalText
from notices.settings.theme import Theme

SIGNED = {"language": "cy", "reviewer": "A. Jones", "role": "Translator", "date": "2026-11-21", "wording": "0" * 64}


def _data(**changes: Any) -> dict[str, Any]:
    """Return the example's settings with some changed; a dotted name is written with two underscores."""
    data = copy.deepcopy(Site.default().data())
    for name, value in changes.items():
        *path, last = name.split("__")
        node = data
        for part in path:
            node = node[part]
        if value is ...:
            del node[last]
        else:
            node[last] = value
    return data


def _faults(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(SiteError) as raised:
        Site.parse(data)
    return {one.field: one.message for one in raised.value.faults}


def test_settings_go_through_json_and_toml_unchanged() -> None:
    assert Site.parse(Site.default().data()) == Site.default()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("organisation__name", "", "is empty: fill it in"),
        ("organisation__name", "   ", "is empty: fill it in"),
        ("organisation__name", ..., "is missing: add it"),
        ("organisation__name", "A" * 121, "is longer than 120 characters: shorten it"),
        ("organisation__name", "River\x07side", "signs that cannot be printed"),
        ("organisation__name", "River\u202eside", "signs that cannot be printed"),
        ("organisation__address", "", "is empty: fill it in"),
        ("organisation__phone", "call us", "is not a phone number: write digits and spaces"),
        ("organisation__email", "riverside", "is not an email address"),
        ("organisation__website", "javascript:alert(1)", "is not a web address: it starts with https://"),
        ("department__name", "", "is empty: write the text"),
        ("department__name", "A" * 121, "longer than 120 characters and does not fit on an insert: shorten it"),
        ("department__name", {"en": "Imaging", "cy": "A" * 121}, "longer than 120 characters"),
        ("department__name", {"xx": "Imaging"}, "no wording in the language xx"),
        ("department__name", {}, "write a text, or a table of texts by language code"),
        ("department__name", 7, "write a text, or a table of texts by language code"),
        ("department__place", "A" * 301, "longer than 300 characters: shorten it"),
        ("department__place", " ", "is empty: write the text"),
        ("department__phone", "", "is empty: fill it in"),
        ("department__surprise", 1, "is not a setting: check the spelling"),
        ("data_protection_officer__email", "", "is empty: fill it in"),
        ("notice_url", "", "is empty: fill it in"),
        ("notice_url", "riverside.example", "it starts with https://"),
        ("notice_url", "https://user:secret@riverside.example/", "it starts with https://"),
        ("notice_url", 'https://riverside.example/"><script>', "it starts with https://"),
        ("practice__nation", "france", "is not one of 'england', 'wales', 'scotland' or 'northern-ireland'"),
        ("practice__teaching", "perhaps", "must be true or false"),
        ("practice__removed", ["name", "soul"], "is not one of"),
        ("privacy__recipients", "everybody", "must be a list"),
        ("privacy__lawful_bases", ["because"], "is not one of"),
        ("privacy__retention__images", 0, "must be at least 1"),
        ("privacy__retention__images", 999, "must be at most 150"),
        ("privacy__retention__images", "long", "must be a whole number"),
        ("theme__primary", "#12345", "write the colour as # and six hexadecimal digits"),
        ("theme__primary", "red", "write the colour as # and six hexadecimal digits"),
        ("theme__primary", "url(http://x.example)", "write the colour as #"),
        ("logo", "logo.png", "is a file name: upload the picture itself"),
        ("reviews", [{**SIGNED, "date": "today"}], "is not a date: write it as 2026-11-21"),
        ("reviews", [{**SIGNED, "wording": "abc"}], "is not the fingerprint of a wording"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_says_what_to_write(name: str, value: Any, said: str) -> None:
    found = _faults(_data(**{name: value}))
    assert any(field.startswith(name.replace("__", ".").removesuffix("images")) for field in found)
    assert any(said in message for message in found.values()), found


@pytest.mark.parametrize(
    ("changes", "where", "said"),
    [
        ({"department__phone": ..., "department__email": ...}, "department", "give a phone number or an email address"),
        ({"data_protection_officer__phone": ..., "data_protection_officer__email": ...}, "data_protection_officer",
         "give the officer's email address or phone number"),
        ({"department__hours": [{"first": "mon", "opens": "17:00", "closes": "08:30"}]}, "department.hours.0",
         "closes must be later than opens"),
        ({"department__hours": [{"first": "mon", "opens": "8.30", "closes": "17:00"}]}, "department.hours.0.opens",
         "write it as 08:30"),
        ({"practice__removed": []}, "practice", "name what is taken off"),
        ({"practice__research": False, "practice__coded_research": True}, "practice", "switch both on, or both off"),
        ({"practice__research": False, "practice__companies": True}, "practice", "for research only"),
    ],
)  # fmt: skip
def test_settings_that_contradict_each_other_are_a_fault(changes: dict[str, Any], where: str, said: str) -> None:
    found = _faults(_data(**changes))
    assert [*found] == [where]
    assert said in found[where]


def test_every_fault_is_named_at_once() -> None:
    found = _faults(
        _data(organisation__name="", notice_url="x", theme__paper="paper", practice__nation="x", logo="a.png")
    )
    assert {*found} == {"organisation.name", "notice_url", "theme.paper", "practice.nation", "logo"}


@pytest.mark.parametrize(
    ("name", "colour", "said"),
    [
        ("primary", "#8fd3c8", "white letters on it is 1.7 to 1 and must be at least 7.0 to 1; choose a darker colour"),
        ("accent", "#104040", "choose a lighter colour"),
        ("paper", "#303030", "choose a"),
    ],
)
def test_a_colour_that_fails_contrast_says_by_how_much_and_which_way_to_go(name: str, colour: str, said: str) -> None:
    found = _faults(_data(**{f"theme__{name}": colour}))
    assert [*found] == ["theme"]
    assert "fails contrast" in found["theme"]
    assert said in found["theme"]


def test_contrast_is_that_of_wcag() -> None:
    black, white = Colour("#000000"), Colour("#ffffff")
    assert contrast(black, white) == contrast(white, black) == pytest.approx(21)
    assert contrast(Colour("#767676"), white) == pytest.approx(4.54, abs=0.01)
    assert all(ratio >= needed for _, ratio, needed, _ in Theme().contrasts())


def test_no_ink_of_a_print_shop_is_over_300_percent() -> None:
    for red in range(0, 256, 51):
        for green in range(0, 256, 51):
            for blue in range(0, 256, 51):
                inks = Colour(f"#{red:02x}{green:02x}{blue:02x}").cmyk
                assert sum(inks) <= 3.001
                assert all(0 <= ink <= 1 for ink in inks)


@pytest.mark.parametrize("name", ["A" * 120, "Imaging of the heart and lungs " * 3 + "and of everything else too"])
def test_a_department_name_of_120_characters_is_printed_whole_or_refused(name: str) -> None:
    from tests.support.notices import opened, words  # noqa: PLC0415

    data = render("insert", site=Site.parse(_data(department__name=name)), paper="third-a4")
    with opened(data) as pdf:
        assert len(pdf.pages) == 1
    printed = "".join(words(data).split()).replace("\u00ad", "")
    assert "".join(name.split()) in printed


def test_a_text_is_found_in_the_notices_language_or_else_in_the_one_that_there_is() -> None:
    text = LocalText.parse({"en": "Level  2", "cy": "Lefel 2"})
    assert [text.text(code) for code in ("en", "cy", "pl")] == ["Level 2", "Lefel 2", "Level 2"]
    assert LocalText.parse("Level 2").text("ar") == "Level 2"
    assert LocalText.parse({"cy": "Lefel 2"}).text("pl") == "Lefel 2"


def test_a_name_may_hold_the_joiners_that_its_script_needs() -> None:
    assert Site.parse(_data(department__name="ইমেজিং\u200c বিভাগ")).department.name.text("bn") == "ইমেজিং\u200c বিভাগ"


def test_a_setting_that_holds_markup_is_printed_as_text() -> None:
    site = Site.parse(_data(organisation__name='<script>alert("1")</script> & {{ site }}'))
    fragment = web_page(site=site).fragment
    assert "<script>alert" not in fragment
    assert "&lt;script&gt;" in fragment
    assert "{{ site }}" in fragment


@pytest.mark.parametrize("switch", ["teaching", "research", "safety", "planning", "internet"])
def test_a_switch_changes_what_the_notice_says(switch: str) -> None:
    off = Site.parse(
        _data(**{f"practice__{switch}": False, **({"practice__print": False} if switch == "internet" else {})})
    )
    assert web_page(site=off).fragment != web_page(site=Site.default()).fragment
    if switch != "internet":
        said = {"teaching": "teach", "research": "research", "safety": "check our", "planning": "plan services"}[switch]
        assert said in render_text(site=Site.default())
        assert said not in render_text(site=off)


def test_each_nation_has_its_own_opt_out() -> None:
    found = {}
    for nation in ("england", "wales", "scotland", "northern-ireland"):
        found[nation] = web_page(site=Site.parse(_data(practice__nation=nation))).fragment
        shown = [other for other in found if f"answer-opt_out_{other.replace('-', '_')}" in found[nation]]
        assert shown == [nation]


def test_recipients_retention_and_lawful_bases_are_printed_as_they_are_set() -> None:
    site = Site.parse(_data(
        privacy__recipients=["care_providers", "research_teams", "publishers"],
        privacy__recipient_names=["Riverside University"],
        privacy__lawful_bases=["legal_obligation"],
        privacy__retention={"images": 31, "teaching": 5, "research": 10, "consent": 8},
    ))  # fmt: skip
    after, before = (" ".join(web_page(site=one).fragment.split()) for one in (site, Site.default()))
    for text in ("Riverside University", "31 years"):
        assert text in after
        assert text not in before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "there is no such file"),
        (b"name = ", "is not a TOML file"),
        (b"\xff\xfe\x00", "is not a TOML file"),
        (b"", "is missing: add it"),
    ],
)
def test_a_file_that_is_not_there_or_is_not_toml_says_so(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "site.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SiteError, match=said):
        Site.load(path)


def _file(tmp_path: Path, logo: str) -> Path:
    path = tmp_path / "site.toml"
    example = Path(__file__).parents[3] / "notices" / "settings" / "example.toml"
    path.write_text(f'logo = "{logo}"\n' + example.read_text(encoding="utf-8"), encoding="utf-8")
    return path


def test_a_logo_stands_beside_the_settings(tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
    (tmp_path / "logo.svg").write_text(svg)
    assert Site.load(_file(tmp_path, "logo.svg")).logo is not None


@pytest.mark.parametrize(
    ("logo", "said"),
    [("nowhere.png", "cannot be read: put the file beside"), ("logo.png", "is not a PNG, JPEG or SVG picture")],
)
def test_a_logo_that_cannot_be_used_is_a_fault_of_the_settings(tmp_path: Path, logo: str, said: str) -> None:
    (tmp_path / "logo.png").write_text("#!/bin/sh\nrm -rf /")
    with pytest.raises(SiteError, match=said) as raised:
        Site.load(_file(tmp_path, logo))
    assert str(tmp_path) not in str(raised.value)


def test_a_review_counts_for_the_very_wording_that_was_signed() -> None:
    site = Site.parse(_data(reviews=[SIGNED]))
    assert site.review("cy", "0" * 64) is not None
    assert site.review("cy", "1" * 64) is None
    assert site.review("pl", "0" * 64) is None


def test_every_language_can_be_named_in_the_settings() -> None:
    assert Site.parse(_data(department__name=dict.fromkeys(languages(), "Imaging")))
